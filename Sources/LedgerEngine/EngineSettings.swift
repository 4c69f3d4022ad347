import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSimulation

/// What the engine takes from the journaled settings.
struct EngineSettings: Sendable {
    var seed: UInt64
    var digestEvery: UInt64
    var accountName: String
    var accountKind: AccountKind
    var currency: String
    var allowShort: Bool
    var venue: VenueSettings

    init(_ settings: Settings) throws(SettingsError) {
        seed = UInt64(try settings.integer("seed", 0, in: 0...Int64.max))
        digestEvery = UInt64(
            try settings.integer("engine.digest_every", 65_536, in: 1...1_000_000_000))
        accountName = settings.text("account.name", "main")
        accountKind = try settings.choice("account.kind", AccountKind.simulated)
        currency = settings.text("account.currency", "USD")
        allowShort = try settings.flag("account.allow_short", false)
        guard accountKind != .live else {
            throw SettingsError(
                "account.kind", "a live account cannot trade at the simulated venue")
        }
        venue = try Self.venue(settings)
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

/// One strategy on one instrument.
struct StrategySlot: Sendable {
    let id: StrategyID
    let name: String
    let symbol: String
    let decider: IntentID.Decider
    /// None until the journal defines the symbol.
    var instrument = InstrumentID.none
    var strategy: any Strategy
    var position = Quantity.zero
    /// Entries and exits that it ordered and that may still fill.
    var workingOrders = 0
    /// Exits that protect its position.
    var protecting = 0
    var lastDecision = Timestamp(nanoseconds: .min)
    var ordinal: UInt32 = 0

    func encode(into writer: inout StateWriter) {
        writer.write(position)
        writer.write(UInt32(workingOrders))
        writer.write(UInt32(protecting))
        writer.write(lastDecision)
        writer.write(ordinal)
        strategy.encode(into: &writer)
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        position = try reader.read()
        workingOrders = Int(try reader.read(UInt32.self))
        protecting = Int(try reader.read(UInt32.self))
        lastDecision = try reader.read()
        ordinal = try reader.read()
        try strategy.restore(from: &reader)
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
