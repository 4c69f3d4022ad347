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
                throw SettingsError(key, "'\(value)' \(problem)")
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
                "account.kind", "a live account cannot trade at the simulated venue")
        }
        guard accountKind != .simulated || !isRemote else {
            throw SettingsError(
                "account.kind",
                "a simulated account trades at the simulated venue alone; "
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
