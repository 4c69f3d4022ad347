import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerSafety
import LedgerSettings

enum CalendarChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, nyse, crypto
}

/// Which data are looked at, by which rules and as of when.
struct QualityOptions: ParsableArguments {
    @Argument(help: "Files; those of one symbol in the order of their times.")
    var files: [String] = []
    @Option(help: "A journal or a tape instead of files: a name under journal/, or a directory.")
    var journal: String?
    @Option(help: "The symbol of all files; else each file's name before its first dot.")
    var symbol: String?
    @OptionGroup var file: FileOptions
    @Option(help: "A LEAN factor file, whose splits are no outliers; may be repeated.")
    var factors: [String] = []
    @Option(help: "A file of splits and dividends by symbol; may be repeated.")
    var actions: [String] = []

    @Option(
        help: ArgumentHelp(
            "The moment that is judged: now, a UTC time, or with a journal a sequence number."))
    var at = "now"
    @Option(help: "Data before this UTC time are not looked at.")
    var from: String?

    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "nyse, crypto, or auto: by the kind of the instrument [account.calendar].")
    var calendar: CalendarChoice?
    @Option(help: "Open hours after which data are stale [quality.staleness_hours].")
    var staleness: Int64?
    @Option(help: "Share of an indicator that may be missing [quality.max_nan_pct].")
    var maxNan: String?
    @Option(help: "Days with a price that a symbol needs [quality.min_history_days].")
    var minHistory: Int?
    @Option(help: "Share by which a close may differ from the last [quality.max_return].")
    var maxReturn: String?
    @Option(
        help: ArgumentHelp(
            "Indicators that must have a value: "
                + QualityIndicator.allCases.map(\.name).joined(separator: ", ")
                + "; all but the last unless given."))
    var indicators: String?
    @Flag(help: "Let the age alone decide what is stale, not the sessions that lack data.")
    var ageOnly = false
    @Option(help: "Findings of one kind that are listed for each symbol; the rest is counted.")
    var limit = 20

    func validate() throws {
        guard files.isEmpty != (journal == nil) else {
            throw ValidationError("Name files, or a journal with --journal.")
        }
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more.") }
    }

    /// - Throws: `ConfigurationError` for a number that its setting cannot be.
    func rules() throws -> QualityRules {
        var configurations = configurations
        func set<Value>(_ key: SettingKey<Value>, _ value: String?) {
            if let value { configurations.overrides.append("\(key.name)=\(value)") }
        }
        set(GateKeys.calendar, calendar?.rawValue)
        set(QualityKeys.staleness, staleness.map { "\($0)" })
        set(QualityKeys.maxNanPct, maxNan)
        set(QualityKeys.minHistoryDays, minHistory.map { "\($0)" })
        set(QualityKeys.maxReturn, maxReturn)
        let configuration = try configurations.load()
        var rules = QualityRules()
        rules.calendar = configuration[GateKeys.calendar].calendar
        rules.staleness = configuration[QualityKeys.staleness]
        rules.maximumMissing = configuration[QualityKeys.maxNanPct]
        rules.history = configuration[QualityKeys.minHistoryDays]
        rules.maximumReturn = configuration[QualityKeys.maxReturn]
        rules.expectsLastSession = !ageOnly
        rules.listed = limit
        if let indicators { rules.indicators = try Self.indicators(indicators) }
        return rules
    }

    private static func indicators(_ text: String) throws -> [QualityIndicator] {
        try text.split(separator: ",").map { name in
            guard let found = QualityIndicator.allCases.first(where: { $0.name == name }) else {
                let names = QualityIndicator.allCases.map(\.name).joined(separator: ", ")
                throw CommandError("--indicators: '\(name)' is none of \(names)")
            }
            return found
        }
    }

    func start() throws -> Timestamp {
        guard let from else { return Timestamp(nanoseconds: .min) }
        guard let time = Timestamp(from) else {
            throw CommandError("--from '\(from)' is no UTC time such as 2024-03-05T14:30:00Z")
        }
        return time
    }
}
