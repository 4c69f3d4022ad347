import LedgerDomain

/// The drawdown stop went from one phase to another, or its cooldown was extended (`from` = `to`).
public struct DrawdownChanged: Event, Hashable {
    public static let type = EventType.drawdownChanged
    public static let layout = Layout(
        size: 72,
        [
            .init("from", 20, .names(DrawdownPhase.names)),
            .init("to", 21, .names(DrawdownPhase.names)), .init("days", 22, .u16),
            .init("equity", 24, .money), .init("peak", 40, .money),
            .init("drawdown", 56, .price), .init("until", 64, .time),
        ], texts: ["day", "actor", "reason"])

    public var from: DrawdownPhase
    public var to: DrawdownPhase
    /// Trading days from the trigger to `until`, extensions counted in; 0 in NORMAL.
    public var days: UInt16
    public var equity: Money
    public var peak: Money
    /// (peak − equity) / peak as a share of 1, rounded half to even to 10^-9. The comparison itself
    /// is made with the unrounded values.
    public var drawdown: Price
    /// The end of the cooldown or of the ramp-up: a session's open. 1970 in NORMAL.
    public var until: Timestamp
    /// The trading day by the account's calendar, such as 2020-02-27: a daily bar's time is the midnight
    /// after it.
    public var day: String
    public var actor: String
    public var reason: String

    public init(
        from: DrawdownPhase, to: DrawdownPhase, days: UInt16, equity: Money, peak: Money,
        drawdown: Price, until: Timestamp, day: String, actor: String, reason: String
    ) {
        (self.from, self.to, self.days) = (from, to, days)
        (self.equity, self.peak, self.drawdown) = (equity, peak, drawdown)
        (self.until, self.day, self.actor, self.reason) = (until, day, actor, reason)
    }

    public var texts: [String] { [day, actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(from.rawValue, 20)
        writer.store(to.rawValue, 21)
        writer.store(days, 22)
        writer.money(equity, 24)
        writer.money(peak, 40)
        writer.price(drawdown, 56)
        writer.store(until.nanoseconds, 64)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        from = try record.value(20)
        to = try record.value(21)
        days = record.load(22)
        equity = record.money(24)
        peak = record.money(40)
        drawdown = record.price(56)
        until = Timestamp(nanoseconds: record.load(64))
        let texts = try record.texts(from: 72, count: 3)
        (day, actor, reason) = (texts[0], texts[1], texts[2])
    }
}

/// The peak from which drawdown is measured became the present equity. The only way in which it falls
/// without a withdrawal.
public struct PeakRebased: Event, Hashable {
    public static let type = EventType.peakRebased
    public static let layout = Layout(
        size: 56, [.init("from", 24, .money), .init("to", 40, .money)],
        texts: ["actor", "reason"])

    public var from: Money
    public var to: Money
    public var actor: String
    public var reason: String

    public init(from: Money, to: Money, actor: String, reason: String) {
        (self.from, self.to, self.actor, self.reason) = (from, to, actor, reason)
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.money(from, 24)
        writer.money(to, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        from = record.money(24)
        to = record.money(40)
        let texts = try record.texts(from: 56, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// The checks before trading resumes (D05).
public struct HealthChecked: Event, Hashable {
    public static let type = EventType.healthChecked
    private static let answers = ["failed", "passed"]
    public static let layout = Layout(
        size: 32,
        [
            .init("reconciliation", 20, .names(answers)), .init("dataQuality", 21, .names(answers)),
            .init("noDuplicateIntents", 22, .names(answers)),
            .init("strategiesEnabled", 23, .names(answers)),
            .init("canResume", 24, .names(answers)),
        ], texts: ["actor", "reason"])

    /// The last reconciliation passed, or none is asked for.
    public var reconciliation: Bool
    /// Data are younger than the staleness limit.
    public var dataQuality: Bool
    /// None in 24 hours.
    public var noDuplicateIntents: Bool
    /// At least one.
    public var strategiesEnabled: Bool
    public var actor: String
    public var reason: String

    public init(
        reconciliation: Bool, dataQuality: Bool, noDuplicateIntents: Bool,
        strategiesEnabled: Bool, actor: String, reason: String
    ) {
        (self.reconciliation, self.dataQuality) = (reconciliation, dataQuality)
        (self.noDuplicateIntents, self.strategiesEnabled) = (noDuplicateIntents, strategiesEnabled)
        (self.actor, self.reason) = (actor, reason)
    }

    public var canResume: Bool {
        reconciliation && dataQuality && noDuplicateIntents && strategiesEnabled
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        let answers = [reconciliation, dataQuality, noDuplicateIntents, strategiesEnabled]
        for (index, answer) in answers.enumerated() {
            writer.store(UInt8(answer ? 1 : 0), 20 + index)
        }
        writer.store(UInt64(canResume ? 1 : 0), 24)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        func answer(_ offset: Int) -> Bool { record.load(offset, as: UInt8.self) != 0 }
        reconciliation = answer(20)
        dataQuality = answer(21)
        noDuplicateIntents = answer(22)
        strategiesEnabled = answer(23)
        let texts = try record.texts(from: 32, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// A price too far from the last one: it does not move equity until the next one confirms it.
public struct MarkHeld: Event, Hashable {
    public static let type = EventType.markHeld
    public static let layout = Layout(
        size: 40, [.init("price", 24, .price), .init("mark", 32, .price)])

    public var instrument: InstrumentID
    public var price: Price
    /// What equity goes on with.
    public var mark: Price

    public init(instrument: InstrumentID, price: Price, mark: Price) {
        (self.instrument, self.price, self.mark) = (instrument, price, mark)
    }

    public func encode(into writer: inout RecordWriter) {
        writer.price(price, 24)
        writer.price(mark, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        price = record.price(24)
        mark = record.price(32)
    }
}
