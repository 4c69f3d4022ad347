import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerSafety
import LedgerSettings

enum CalendarChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, nyse, crypto
}

/// Which data are checked, by which rules and as of when.
struct QualityOptions: ParsableArguments {
    @Argument(help: "Files; those of the same symbol in time order.")
    var files: [String] = []
    @Option(
        help: "Check this journal or tape instead of files: a name under journal/, or a directory.")
    var journal: String?
    @Option(help: "Symbol of all files (default: each file's name up to its first dot).")
    var symbol: String?
    @OptionGroup var file: FileOptions
    @Option(help: "LEAN factor file. Its splits do not count as outliers; may be repeated.")
    var factors: [String] = []
    @Option(help: "File of splits and dividends by symbol; may be repeated.")
    var actions: [String] = []

    @Option(
        help: ArgumentHelp(
            "Check as of this moment: now, a UTC time, or in a journal a sequence number."))
    var at = "now"
    @Option(help: "Ignore data before this UTC time.")
    var from: String?

    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Calendar: nyse, crypto, or auto for the instrument's kind [account.calendar].")
    var calendar: CalendarChoice?
    @Option(help: "Hours the market was open after which data are stale [quality.staleness_hours].")
    var staleness: Int64?
    @Option(help: "Maximum share of missing indicator values [quality.max_nan_pct].")
    var maxNan: String?
    @Option(help: "Minimum number of days with a price [quality.min_history_days].")
    var minHistory: Int?
    @Option(help: "Maximum change from one close to the next, as a share [quality.max_return].")
    var maxReturn: String?
    @Option(
        help: ArgumentHelp(
            "Indicators that must have a value: "
                + QualityIndicator.allCases.map(\.name).joined(separator: ", ")
                + " (default: all but the last)."))
    var indicators: String?
    @Flag(help: "Judge staleness by age only, not by missing sessions.")
    var ageOnly = false
    @Option(help: "Maximum findings to list per kind and symbol; the rest are counted.")
    var limit = 20

    func validate() throws {
        guard files.isEmpty != (journal == nil) else {
            throw ValidationError("name files, or a journal with --journal")
        }
        guard limit >= 0 else { throw ValidationError("--limit must be 0 or more") }
    }

    /// - Throws: `ConfigurationError` if a number is outside the range of its setting.
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
                throw CommandError("--indicators: '\(name)' is not one of \(names)")
            }
            return found
        }
    }

    func start() throws -> Timestamp {
        guard let from else { return Timestamp(nanoseconds: .min) }
        guard let time = Timestamp(from) else {
            throw CommandError("--from '\(from)' is not a UTC time such as 2024-03-05T14:30:00Z")
        }
        return time
    }
}
