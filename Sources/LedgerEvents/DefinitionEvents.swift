import LedgerDomain

public enum JournalKind: UInt8, Sendable, CaseIterable {
    /// Inputs only: an imported data set or a recorded feed.
    case tape = 1
    case backtest = 2
    case paper = 3
    case live = 4
    /// Created by hand, not yet used by any driver.
    case general = 5
}

/// The first event of every journal.
public struct JournalOpened: Event, Hashable {
    public static let type = EventType.journalOpened
    public static let layout = Layout(
        size: 24,
        [.init("kind", 20, .names(["unknown", "tape", "backtest", "paper", "live", "general"]))],
        texts: ["name", "build"])

    public var kind: JournalKind
    public var name: String
    public var build: String

    public init(kind: JournalKind, name: String, build: String) {
        self.kind = kind
        self.name = name
        self.build = build
    }

    public var texts: [String] { [name, build] }

    public func encode(into writer: inout RecordWriter) { writer.store(kind.rawValue, 20) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        kind = try record.value(20)
        let texts = try record.texts(from: 24, count: 2)
        (name, build) = (texts[0], texts[1])
    }
}

/// The effective settings of what follows; secrets stand as fingerprints.
public struct ConfigurationLoaded: Event, Hashable {
    public static let type = EventType.configurationLoaded
    public static let layout = Layout(
        size: 40, [.init("seed", 24, .u64), .init("digest", 32, .hex64)],
        texts: ["build", "settings"])

    public var seed: UInt64
    public var build: String
    /// One `key = value` a line, sorted by key.
    public var settings: String

    public init(seed: UInt64, build: String, settings: String) {
        self.seed = seed
        self.build = build
        self.settings = settings
    }

    public var texts: [String] { [build, settings] }

    /// FNV-1a of the settings' UTF-8, stored beside them and checked on reading.
    public var digest: UInt64 {
        var hash = FNV1a()
        hash.add(settings.utf8)
        return hash.value
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(seed, 24)
        writer.store(digest, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        seed = record.load(24)
        let texts = try record.texts(from: 40, count: 2)
        (build, settings) = (texts[0], texts[1])
        let stored: UInt64 = record.load(32)
        guard stored == digest else { throw record.error(.wrongDigest(stored)) }
    }
}

public struct InstrumentDefined: Event, Hashable {
    public static let type = EventType.instrumentDefined
    public static let layout = Layout(
        size: 40,
        [
            .init("kind", 20, .names(["unknown", "equity", "crypto"])),
            .init("priceScale", 21, .u8), .init("quantityScale", 22, .u8),
            .init("tick", 24, .price), .init("lot", 32, .quantity),
        ], texts: ["symbol", "venue", "currency"])

    public var definition: Instrument

    public init(_ definition: Instrument) { self.definition = definition }

    public var instrument: InstrumentID { definition.id }
    public var texts: [String] { [definition.symbol, definition.venue, definition.currency] }
    public var quantities: (Quantity, Quantity) { (definition.lot, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(definition.kind.rawValue, 20)
        writer.store(definition.priceScale, 21)
        writer.store(definition.quantityScale, 22)
        writer.price(definition.tick, 24)
        writer.quantity(definition.lot, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        let texts = try record.texts(from: 40, count: 3)
        definition = Instrument(
            id: record.instrument, symbol: texts[0], venue: texts[1], currency: texts[2],
            kind: try record.value(20), tick: record.price(24), lot: record.quantity(32),
            priceScale: record.load(21), quantityScale: record.load(22))
    }
}

public struct AccountDefined: Event, Hashable {
    public static let type = EventType.accountDefined
    public static let layout = Layout(
        size: 24, [.init("kind", 20, .names(["unknown", "simulated", "paper", "live"]))],
        texts: ["name", "currency"])

    public var kind: AccountKind
    public var name: String
    public var currency: String

    public init(kind: AccountKind, name: String, currency: String) {
        self.kind = kind
        self.name = name
        self.currency = currency
    }

    public var texts: [String] { [name, currency] }

    public func encode(into writer: inout RecordWriter) { writer.store(kind.rawValue, 20) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        kind = try record.value(20)
        let texts = try record.texts(from: 24, count: 2)
        (name, currency) = (texts[0], texts[1])
    }
}

public struct StrategyDefined: Event, Hashable {
    public static let type = EventType.strategyDefined
    public static let layout = Layout(
        size: 24, [.init("strategy", 20, .u16), .init("version", 22, .u16)],
        texts: ["name", "parameters"])

    public var strategy: StrategyID
    /// The version of the strategy's code: a replay says so when it runs another.
    public var codeVersion: UInt16
    public var name: String
    public var parameters: String

    public init(strategy: StrategyID, codeVersion: UInt16, name: String, parameters: String) {
        self.strategy = strategy
        self.codeVersion = codeVersion
        self.name = name
        self.parameters = parameters
    }

    public var texts: [String] { [name, parameters] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(codeVersion, 22)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        strategy = StrategyID(record.load(20))
        codeVersion = record.load(22)
        let texts = try record.texts(from: 24, count: 2)
        (name, parameters) = (texts[0], texts[1])
    }
}
