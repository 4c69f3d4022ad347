import LedgerDomain
import LedgerEvents

/// How urgent a line of a log is.
public enum LogSeverity: String, Comparable, Sendable {
    case info = "INFO"
    case warning = "WARNING"
    case error = "ERROR"
    case critical = "CRITICAL"

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .error: 2
        case .critical: 3
        }
    }

    public static func < (a: LogSeverity, b: LogSeverity) -> Bool { a.rank < b.rank }

    init(_ severity: AlertSeverity) {
        switch severity {
        case .info: self = .info
        case .warning: self = .warning
        case .critical: self = .critical
        }
    }

    /// Of the events in `RunLines.types` and of those in the structured lines.
    static func of(_ record: Record) throws -> LogSeverity {
        switch record.type {
        case .alertRaised: return LogSeverity(try AlertRaised(record).severity)
        case .runFailed, .faultReported, .discrepancyFound: return .error
        case .orderRejected, .retryScheduled, .gapDetected, .feedPaused: return .warning
        case .linkChanged: return try LinkChanged(record).isUp ? .info : .warning
        case .reconciliationEnded:
            return try ReconciliationEnded(record).status == .fail ? .error : .info
        case .drawdownChanged:
            let change = try DrawdownChanged(record)
            let isStop = change.to == .halt || change.to == .panic
            return isStop && change.from != change.to ? .critical : .info
        case .latchEngaged: return try of(LatchEngaged(record).source)
        default: return .info
        }
    }

    /// Of a latch that engages: critical unless it is about one instrument or strategy, ends by
    /// itself, or goes up at every start.
    private static func of(_ source: LatchSource) -> LogSeverity {
        switch source {
        case .configuration, .strategyList, .mode, .dataQuality, .feed, .orderRejections,
            .dailyLoss, .lossPause, .orderStream, .calendar, .reconciliation, .rates:
            .warning
        default: .critical
        }
    }
}

/// The events that a person watching a run wants to see, one line each: time, severity, name of the
/// event, what it says.
public enum RunLines {
    public static let types: [EventType] = [
        .runStarted, .runEnded, .runFailed, .operatorCommanded, .orderIntended, .intentRejected,
        .orderRejected, .orderFilled, .orderCancelled, .orderExpired, .orderReplaced,
        .retryScheduled,
        .linkChanged,
        .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .reconciliationEnded,
        .discrepancyFound, .feedPaused, .feedResumed, .gapDetected, .faultReported, .alertRaised,
    ]

    /// Without a line break; control characters are escaped.
    public static func line(_ record: Record, _ text: EventText) throws -> String {
        let name = record.type?.name ?? "event"
        let severity = try LogSeverity.of(record).rawValue
        return PlainText.line("\(record.time) \(severity) \(name) \(try text.describe(record))")
    }
}
