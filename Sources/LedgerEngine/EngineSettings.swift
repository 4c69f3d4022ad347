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
    var rates: [RateSettings]
    /// Nil where nothing accrues.
    var financing: FinancingSettings?
    /// Nil where the settings do not say what the account may borrow.
    var margin: MarginTerms?
    /// Orders go to a venue outside.
    var isRemote: Bool
    /// Strategies see the history.
    var warmsStrategies: Bool
    var venue: VenueSettings
    var safety: SafetyRules

    /// - Throws: `SettingsError` for the first value that its setting does not allow.
    init(_ settings: Settings) throws(SettingsError) {
        for (key, value) in settings.pairs {
            if let problem = EngineSchema.all.setting(key)?.problem(with: value) {
                throw SettingsError(key: key, "'\(value)' \(problem)")
            }
        }
        try SettingsCheck.run(settings)
        seed = try settings[RunKeys.seed]
        digestEvery = try settings[RunKeys.digestEvery]
        accountName = try settings[AccountKeys.name]
        accountKind = try settings[AccountKeys.kind]
        currency = try settings[AccountKeys.currency]
        allowShort = try settings[AccountKeys.allowShort]
        rates = try RateSettings.all(settings)
        financing = try FinancingSettings(settings)
        margin = try MarginKeys.terms(settings)
        isRemote = try settings[ModeKeys.venue] != ModeKeys.simulated
        warmsStrategies = try settings[WarmupKeys.strategies]
        guard accountKind != .live || isRemote else {
            throw SettingsError(
                AccountKeys.kind, "a live account cannot trade at the simulated venue")
        }
        guard accountKind != .simulated || !isRemote else {
            throw SettingsError(
                AccountKeys.kind,
                "a simulated account can only trade at the simulated venue; "
                    + "this venue.kind needs account.kind paper or live")
        }
        venue = try VenueSettings(settings)
        safety = try SafetyRules(
            settings, account: accountKind, isLive: settings[ModeKeys.mode] == .live)
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
        case .unconfigured(let what): "\(what) precedes the first configuration"
        case .backwards(let time, let after):
            "time goes backwards: \(time) after \(after); sort the input by time"
        }
    }
}
