import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// What the engine takes from the journaled settings.
struct EngineSettings: Sendable {
    var seed: UInt64
    var digestEvery: UInt64
    var accountName: String
    var accountKind: AccountKind
    var currency: String
    var allowShort: Bool
    /// Orders go to a venue outside.
    var isRemote: Bool
    var venue: VenueSettings
    var safety: SafetyRules

    /// - Throws: `SettingsError` for the first value that its setting does not allow.
    init(_ settings: Settings) throws(SettingsError) {
        for (key, value) in settings.pairs {
            if let problem = SettingsSchema.setting(key)?.problem(with: value) {
                throw SettingsError(key, problem: "'\(value)' \(problem)")
            }
        }
        try SettingsCheck.run(settings)
        seed = UInt64(try settings.integer("seed", 0, in: 0...Int64.max))
        digestEvery = UInt64(
            try settings.integer("engine.digest_every", 65_536, in: 1...1_000_000_000))
        accountName = settings.text("account.name", "main")
        accountKind = try settings.choice("account.kind", AccountKind.simulated)
        currency = settings.text("account.currency", "USD")
        allowShort = try settings.flag("account.allow_short", false)
        isRemote = settings.text("venue.kind", "simulated") != "simulated"
        guard accountKind != .live || isRemote else {
            throw SettingsError(
                "account.kind", problem: "a live account cannot trade at the simulated venue")
        }
        guard accountKind != .simulated || !isRemote else {
            throw SettingsError(
                "account.kind",
                problem: "a simulated account trades at the simulated venue alone; "
                    + "venue.kind asks for paper or live")
        }
        venue = try Self.venue(settings)
        safety = try SafetyRules(settings, account: accountKind)
    }

    private static func venue(_ settings: Settings) throws(SettingsError) -> VenueSettings {
        func milliseconds(_ key: String) throws(SettingsError) -> Nanoseconds {
            .milliseconds(try settings.integer(key, 0, in: 0...86_400_000))
        }
        func points(_ key: String) throws(SettingsError) -> BasisPoints {
            try settings.value(key, .zero) { (text) throws(NumberError) in try BasisPoints(text) }
        }
        func money(_ key: String) throws(SettingsError) -> Money {
            try settings.value(key, .zero) { (text) throws(NumberError) in try Money(text) }
        }
        let perUnit = try settings.value("venue.fee_per_unit", Price.zero) {
            (text) throws(NumberError) in try Price(text)
        }
        return VenueSettings(
            fees: FeeSchedule(
                fixed: try money("venue.fee_fixed"), perUnit: perUnit,
                basisPoints: try points("venue.fee_basis_points"),
                minimum: try money("venue.fee_minimum")),
            slippage: try points("venue.slippage_basis_points"),
            participation: try points("venue.participation_basis_points"),
            latency: try milliseconds("venue.latency_ms"),
            latencyJitter: try milliseconds("venue.latency_jitter_ms"))
    }
}

/// The last decision from a bar that became an order.
struct BarDecision: Hashable, Sendable {
    var time: Timestamp
    var interval: UInt32
    var side: Side
}

/// One strategy on one instrument.
struct StrategySlot: Sendable {
    let id: StrategyID
    let name: String
    let symbol: String
    let decider: IntentID.Decider
    var style = StrategyStyle.none
    /// None until the journal defines the symbol.
    var instrument = InstrumentID.none
    var strategy: any Strategy
    let seesAccount: Bool
    var position = Quantity.zero
    /// Entries and exits that it ordered and that may still fill.
    var workingOrders = 0
    /// Exits that protect its position.
    var protecting = 0
    var lastDecision = Timestamp(nanoseconds: .min)
    var ordinal: UInt32 = 0
    /// Entry signals of this trading day that were let through to the limits.
    var signalsToday: UInt32 = 0
    /// Entry signals of this trading day, and those that were stopped anywhere.
    var decidedToday: UInt32 = 0
    var refusedToday: UInt32 = 0
    var lastBar: BarDecision?

    init(id: StrategyID, name: String, symbol: String, account: String, strategy: any Strategy) {
        self.id = id
        self.name = name
        self.symbol = symbol
        self.strategy = strategy
        seesAccount = type(of: strategy).seesAccount
        decider = IntentID.Decider(account: account, strategy: name, symbol: symbol)
    }

    /// A slot for each symbol of each strategy. Intents are told apart by strategy and symbol, so no
    /// two strategies bear one name and no symbol stands twice.
    static func all(
        _ settings: Settings, account: String, from catalog: StrategyCatalog
    ) throws(SettingsError) -> [StrategySlot] {
        var slots: [StrategySlot] = []
        for index in 0..<settings.count(of: "strategies") {
            let prefix = "strategies.\(index)"
            let name = settings.text("\(prefix).name", try settings.required("\(prefix).kind"))
            if slots.contains(where: { $0.name == name }) {
                throw SettingsError(
                    "\(prefix).name", problem: "'\(name)' names an earlier strategy too")
            }
            let symbols = try settings.required("\(prefix).symbols").split(separator: ",").map {
                $0.trimmed
            }
            guard !symbols.isEmpty else {
                throw SettingsError("\(prefix).symbols", problem: "names no instrument")
            }
            for (place, symbol) in symbols.enumerated() {
                guard !symbol.isEmpty, !symbols[..<place].contains(symbol) else {
                    throw SettingsError(
                        "\(prefix).symbols", problem: "'\(symbol)' is empty or stands twice")
                }
                var slot = StrategySlot(
                    id: StrategyID(UInt16(index + 1)), name: name, symbol: symbol,
                    account: account, strategy: try catalog.make(settings, prefix))
                slot.style = try settings.choice("\(prefix).style", StrategyStyle.none)
                slots.append(slot)
            }
        }
        return slots
    }

    func encode(into writer: inout StateWriter) {
        writer.write(instrument)
        writer.write(position)
        writer.write(UInt32(clamping: workingOrders))
        writer.write(UInt32(clamping: protecting))
        writer.write(lastDecision)
        writer.write(ordinal)
        writer.write(signalsToday)
        writer.write(decidedToday)
        writer.write(refusedToday)
        writer.write(lastBar?.time ?? Timestamp(nanoseconds: .min))
        writer.write(lastBar?.interval ?? 0)
        writer.write(lastBar?.side ?? .buy)
        strategy.encode(into: &writer)
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        instrument = try reader.read()
        position = try reader.read()
        workingOrders = Int(try reader.read(UInt32.self))
        protecting = Int(try reader.read(UInt32.self))
        lastDecision = try reader.read()
        ordinal = try reader.read()
        signalsToday = try reader.read()
        decidedToday = try reader.read()
        refusedToday = try reader.read()
        let decided = BarDecision(
            time: try reader.read(), interval: try reader.read(), side: try reader.read())
        lastBar = decided.time.nanoseconds == .min ? nil : decided
        try strategy.restore(from: &reader)
    }
}

extension Substring {
    var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Why a step could not be taken. The input is good bytes with an impossible meaning, or the settings
/// are; the run stops, and nothing of the step is kept.
public enum EngineError: Error, Equatable, CustomStringConvertible {
    case fold(FoldError)
    case record(RecordError)
    case number(NumberError)
    case settings(SettingsError)
    case state(StateError)
    case unconfigured(String)
    case backwards(Timestamp, after: Timestamp)

    public var description: String {
        switch self {
        case .fold(let error): error.description
        case .record(let error): error.description
        case .number(let error): error.description
        case .settings(let error): error.description
        case .state(let error): error.description
        case .unconfigured(let what): "\(what) came before a configuration"
        case .backwards(let time, let after):
            "time runs backwards: \(time) after \(after); sort the input by time"
        }
    }
}
