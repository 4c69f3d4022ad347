import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// The files that operators and their scripts read, computed from the journal: the same journal gives the
/// same bytes, whenever and wherever (B22). Names and contents bear event times alone.
public struct Artifacts {
    /// A file's place below the folder, and its bytes.
    public struct File: Hashable, Sendable {
        public var path: String
        public var bytes: [UInt8]
    }

    private let journal: any Journal

    public init(_ journal: any Journal) { self.journal = journal }

    private static let types: [EventType] = [
        .drawdownChanged, .healthChecked, .faultReported, .reconciliationEnded, .latchEngaged,
        .orderSubmitted, .orderRejected, .runFailed, .sizeAdjusted, .instrumentDefined,
        .accountDefined, .strategyDefined,
    ]

    /// Hands over every artifact, each once and in an order that is always the same.
    ///
    /// Memory holds the folds and one day's lines.
    public func build(_ take: (File) throws -> Void) throws {
        var names = NameBook()
        var funnel = SignalFunnel()
        var health = StrategyHealth()
        var rules = DrawdownRules()
        var lines = EventLines()
        var lastWeek = Int64.min
        var hasStrategies = false
        let filter = EventFilter(
            Self.types + SignalFunnel.types + StrategyHealth.types)
        try journal.forEachRecord(from: .first, filter: filter) { record in
            if let type = record.type, NameBook.types.contains(type) { try names.remember(record) }
            hasStrategies = hasStrategies || record.type == .strategyDefined
            // Weeks begin on Mondays; the summary is of the moment before the new one.
            let week = (record.time.utcDay + 3).floorDivided(by: 7)
            if week > lastWeek, lastWeek != .min, hasStrategies {
                try take(
                    HealthArtifact.file(health, names, day: week * 7 - 3 - 1))
            }
            lastWeek = max(lastWeek, week)
            if record.type == .runStarted, !funnel.run.isEmpty {
                for file in FunnelArtifacts.files(funnel, names) { try take(file) }
            }
            try funnel.apply(record)
            try health.apply(record)
            if record.type == .configurationLoaded {
                rules = try Self.rules(ConfigurationLoaded(record))
            }
            if let file = try DrawdownArtifacts.file(record, rules) { try take(file) }
            if let full = try lines.add(record, names, funnel.run) { try take(full) }
            return true
        }
        if !funnel.run.isEmpty {
            for file in FunnelArtifacts.files(funnel, names) { try take(file) }
        }
        if hasStrategies {
            var file = HealthArtifact.file(health, names, day: health.today)
            file.path = "artifacts/health/strategy_health_summary_latest.json"
            try take(file)
        }
        if let rest = lines.finish() { try take(rest) }
    }

    private static func rules(_ loaded: ConfigurationLoaded) -> DrawdownRules {
        let settings = Settings(text: loaded.settings)
        var rules = DrawdownRules()
        rules.halt = (settings["drawdown.halt_threshold"].flatMap { try? Price($0) }) ?? rules.halt
        rules.panic =
            (settings["drawdown.panic_threshold"].flatMap { try? Price($0) }) ?? rules.panic
        return rules
    }

    /// `2020-02-28T05:00:00Z` as `20200228_050000`.
    static func stamp(_ time: Timestamp) -> String {
        let text = time.description
        return text.prefix(19).filter { $0 != "-" && $0 != ":" }
            .replacing("T", with: "_")
    }

    /// A name that is safe in a path: letters, digits, dots and dashes, anything else an underscore.
    static func fileName(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar -> Character in
                let isPlain =
                    scalar.isASCII
                    && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                        || scalar == "-" || scalar == ".")
                return isPlain ? Character(scalar) : "_"
            })
    }
}
