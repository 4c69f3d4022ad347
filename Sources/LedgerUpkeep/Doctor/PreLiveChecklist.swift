import Glibc
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSafety

/// The six checks before real orders are sent (V02), each judged from evidence.
public struct PreLiveChecklist: Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case pass = "PASS"
        case attention = "ATTENTION"
        /// Only a person can confirm it, with `--acknowledge`.
        case manual = "MANUAL"
    }

    public struct Item: Hashable, Sendable {
        public var name: String
        public var verdict: Verdict
        public var evidence: String
    }

    public private(set) var items: [Item] = []

    /// - Parameters:
    ///   - rehearsal: the dry-run journal next to the journal for real orders.
    ///   - acknowledged: items that a person confirms; they count unless something contradicts
    ///     them.
    ///   - permissions: what the venue says about the key; nil if it was not asked or does not say.
    public init(
        _ report: DoctorReport, _ configuration: Configuration?, journal: (any Journal)?,
        rehearsal: (any Journal)? = nil, acknowledged: [String] = [],
        permissions: DoctorCheck? = nil
    ) throws {
        add("doctor", report.isHealthy ? .pass : .attention, evidence: report.summary)
        var history = History()
        for journal in [journal, rehearsal] { if let journal { try history.add(journal) } }
        add(
            "dry-run", history.dryRuns > 0 ? .pass : .manual,
            evidence: history.dryRuns > 0
                ? "\(history.dryRuns) runs of the daemon sent no orders"
                : "no dry run yet: ledgerd live --dry-run")
        if let permissions {
            add(
                "permissions", permissions.passed ? .pass : .attention,
                evidence: permissions.message)
        } else {
            add("permissions", .manual, evidence: "make sure that the key cannot withdraw")
        }
        addLimits(configuration)
        addSwitch(configuration, history)
        // An address proves nothing: this version delivers no alerts.
        add("contact", .manual, evidence: "make sure that somebody is called when a run stops")
        for index in items.indices where items[index].verdict == .manual {
            guard acknowledged.contains(items[index].name) else { continue }
            items[index].verdict = .pass
            items[index].evidence = "acknowledged; " + items[index].evidence
        }
    }

    public var isPassed: Bool { items.allSatisfy { $0.verdict == .pass } }

    public var table: Table {
        var table = Table([.init("item"), .init("verdict"), .init("evidence")])
        for item in items { table.add([item.name, item.verdict.rawValue, item.evidence]) }
        return table
    }

    private mutating func add(_ name: String, _ verdict: Verdict, evidence: String) {
        items.append(Item(name: name, verdict: verdict, evidence: evidence))
    }

    /// The limits that the runbook starts with (X04); 0 is no limit.
    private static let conservative: [(key: String, most: String)] = [
        (RiskKeys.maxAbsPositionNotional.name, "1000"), (RiskKeys.maxOrderNotional.name, "500"),
        (RiskKeys.dailyLossLimit.name, "100"), (RiskKeys.maxOrdersPerMin.name, "10"),
    ]

    private mutating func addLimits(_ configuration: Configuration?) {
        guard let configuration else {
            return add("limits", .attention, evidence: "the configuration cannot be read")
        }
        var wide: [String] = []
        if !configuration.hasRiskLimits { wide.append("risk limits are off") }
        for (key, most) in Self.conservative {
            let value = (try? Money(configuration.text(of: key))) ?? .zero
            guard let limit = try? Money(most), value.raw == 0 || value > limit else { continue }
            wide.append("\(key) \(value) instead of \(most)")
        }
        add(
            "limits", wide.isEmpty ? .pass : .attention,
            evidence: wide.isEmpty
                ? "limits are within those of the runbook" : wide.joined(separator: "; "))
    }

    /// The flag was set and removed once, and a run saw it.
    private mutating func addSwitch(_ configuration: Configuration?, _ history: History) {
        let path = configuration?[GateKeys.flagPath] ?? GateKeys.flagPath.standard
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let place = path.hasPrefix("/") ? "/" + folder : folder.isEmpty ? "." : folder
        guard access(place, W_OK | X_OK) == 0 else {
            return add(
                "kill switch", .attention, evidence: "\(place) cannot be written: mkdir -p \(place)"
            )
        }
        add(
            "kill switch", history.hasRehearsedFlag ? .pass : .manual,
            evidence: history.hasRehearsedFlag
                ? "the flag was set and removed, and the journal recorded both"
                : "rehearse: touch \(path); ledger gate observe; rm \(path); ledger gate observe")
    }

    /// The rehearsals that a journal shows.
    private struct History {
        var dryRuns = 0
        var hasRehearsedFlag = false

        mutating func add(_ journal: any Journal) throws {
            guard try journal.head.lastSequence != .none else { return }
            var wasPresent = false
            var (runs, rehearsed) = (0, false)
            try journal.forEachRecord(
                from: journal.beginning, filter: EventFilter([.runStarted, .flagFileObserved])
            ) { record in
                if record.type == .flagFileObserved {
                    let isPresent = try FlagFileObserved(record).isPresent
                    if !isPresent, wasPresent { rehearsed = true }
                    wasPresent = isPresent
                } else if try Self.isDry(RunStarted(record).mode) {
                    runs += 1
                }
                return true
            }
            dryRuns += runs
            hasRehearsedFlag = hasRehearsedFlag || rehearsed
        }

        private static func isDry(_ mode: String) -> Bool {
            mode == "paper" || mode == "dry" || mode.hasSuffix("dry-run")
        }
    }
}
