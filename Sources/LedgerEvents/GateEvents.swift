import LedgerDomain

/// A latch blocks what its effect says from here on, until `LatchCleared`.
public struct LatchEngaged: Event, Hashable {
    public static let type = EventType.latchEngaged
    public static let layout = Layout(
        size: 64,
        [
            .init("strategy", 20, .strategy), .init("source", 22, .names(LatchSource.names)),
            .init("scope", 23, .names(LatchScope.names)),
            .init("effect", 24, .names(LatchEffect.names)),
            .init("clears", 25, .names(ClearRule.names)), .init("limit", 32, .money),
            .init("value", 48, .money),
        ], texts: ["actor", "reason"])

    /// None unless the scope is a symbol.
    public var instrument: InstrumentID
    /// None unless the scope is a strategy.
    public var strategy: StrategyID
    public var source: LatchSource
    public var scope: LatchScope
    public var effect: LatchEffect
    public var clears: ClearRule
    /// What was compared, where something was; in the unit of the source.
    public var limit: Money
    public var value: Money
    public var actor: String
    public var reason: String

    public init(
        _ source: LatchSource, scope: LatchScope = .global, instrument: InstrumentID = .none,
        strategy: StrategyID = .none, effect: LatchEffect = .blockEntries, clears: ClearRule,
        limit: Money = .zero, value: Money = .zero, actor: String, reason: String
    ) {
        (self.source, self.scope, self.instrument) = (source, scope, instrument)
        (self.strategy, self.effect, self.clears) = (strategy, effect, clears)
        (self.limit, self.value, self.actor, self.reason) = (limit, value, actor, reason)
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(source.rawValue, 22)
        writer.store(scope.rawValue, 23)
        writer.store(UInt64(effect.rawValue) | UInt64(clears.rawValue) << 8, 24)
        writer.money(limit, 32)
        writer.money(value, 48)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        source = try record.value(22)
        scope = try record.value(23)
        effect = try record.value(24)
        clears = try record.value(25)
        limit = record.money(32)
        value = record.money(48)
        let texts = try record.texts(from: 64, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// The latch of this source and scope blocks nothing any more.
public struct LatchCleared: Event, Hashable {
    public static let type = EventType.latchCleared
    public static let layout = Layout(
        size: 24,
        [
            .init("strategy", 20, .strategy), .init("source", 22, .names(LatchSource.names)),
            .init("scope", 23, .names(LatchScope.names)),
        ], texts: ["actor", "reason"])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var source: LatchSource
    public var scope: LatchScope
    public var actor: String
    public var reason: String

    public init(
        _ source: LatchSource, scope: LatchScope = .global, instrument: InstrumentID = .none,
        strategy: StrategyID = .none, actor: String, reason: String
    ) {
        (self.source, self.scope, self.instrument) = (source, scope, instrument)
        (self.strategy, self.actor, self.reason) = (strategy, actor, reason)
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(source.rawValue, 22)
        writer.store(scope.rawValue, 23)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        source = try record.value(22)
        scope = try record.value(23)
        let texts = try record.texts(from: 24, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

public struct ModeChanged: Event, Hashable {
    public static let type = EventType.modeChanged
    public static let layout = Layout(
        size: 24,
        [
            .init("from", 20, .names(TradingMode.names)),
            .init("to", 21, .names(TradingMode.names)),
            .init("hard", 22, .names(["no", "yes"])),
        ], texts: ["actor", "reason"])

    public var from: TradingMode
    public var to: TradingMode
    /// A halt that stops orders that reduce risk too.
    public var isHard: Bool
    public var actor: String
    public var reason: String

    public init(
        from: TradingMode, to: TradingMode, isHard: Bool = false, actor: String, reason: String
    ) {
        (self.from, self.to, self.isHard) = (from, to, isHard)
        (self.actor, self.reason) = (actor, reason)
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(from.rawValue, 20)
        writer.store(to.rawValue, 21)
        writer.store(UInt8(isHard ? 1 : 0), 22)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        from = try record.value(20)
        to = try record.value(21)
        isHard = record.load(22, as: UInt8.self) != 0
        let texts = try record.texts(from: 24, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// A limit or a multiplier made an entry smaller.
public struct SizeAdjusted: Event, Hashable {
    public static let type = EventType.sizeAdjusted
    public static let layout = Layout(
        size: 72,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("reason", 23, .names(RejectionReason.names)), .init("from", 24, .quantity),
            .init("to", 32, .quantity), .init("limit", 40, .money), .init("value", 56, .money),
        ])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    /// The rule, its limit and the value that the order would have had.
    public var refusal: Refusal
    public var from: Quantity
    public var to: Quantity

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal,
        from: Quantity, to: Quantity
    ) {
        (self.instrument, self.strategy, self.side) = (instrument, strategy, side)
        (self.refusal, self.from, self.to) = (refusal, from, to)
    }

    public var quantities: (Quantity, Quantity) { (from, to) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(refusal.reason.rawValue, 23)
        writer.quantity(from, 24)
        writer.quantity(to, 32)
        writer.money(refusal.limit, 40)
        writer.money(refusal.value, 56)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        side = try record.value(22)
        from = record.quantity(24)
        to = record.quantity(32)
        refusal = Refusal(
            try record.value(23), limit: record.money(40), value: record.money(56))
    }
}

/// Something that a person should know of: one for each episode.
public struct AlertRaised: Event, Hashable {
    public static let type = EventType.alertRaised
    public static let layout = Layout(
        size: 56,
        [
            .init("severity", 20, .names(AlertSeverity.names)),
            .init("kind", 21, .names(AlertKind.names)), .init("strategy", 22, .strategy),
            .init("value", 24, .money), .init("threshold", 40, .money),
        ], texts: ["text"])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var severity: AlertSeverity
    public var kind: AlertKind
    public var value: Money
    public var threshold: Money
    public var text: String

    public init(
        _ severity: AlertSeverity, _ kind: AlertKind, instrument: InstrumentID = .none,
        strategy: StrategyID = .none, value: Money = .zero, threshold: Money = .zero, text: String
    ) {
        (self.severity, self.kind, self.instrument) = (severity, kind, instrument)
        (self.strategy, self.value, self.threshold, self.text) = (strategy, value, threshold, text)
    }

    public var texts: [String] { [text] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(severity.rawValue, 20)
        writer.store(kind.rawValue, 21)
        writer.store(strategy.number, 22)
        writer.money(value, 24)
        writer.money(threshold, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        severity = try record.value(20)
        kind = try record.value(21)
        strategy = StrategyID(record.load(22))
        value = record.money(24)
        threshold = record.money(40)
        text = try record.texts(from: 56, count: 1)[0]
    }
}
