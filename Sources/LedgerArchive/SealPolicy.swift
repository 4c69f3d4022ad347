import LedgerDomain
import LedgerEvents

/// When a growing tree gets a signed checkpoint.
public struct SealPolicy: Hashable, Sendable {
    /// The number of events between two checkpoints.
    public var every: UInt64
    /// The minimum number of events before a checkpoint for an automatic latch. A bad day can have
    /// thousands of those.
    public var spacing: UInt64
    /// The time between two checkpoints of a long-running process.
    public var interval: Nanoseconds

    public init(
        every: UInt64 = 1_000_000, spacing: UInt64 = 10_000, interval: Nanoseconds = .minute
    ) {
        precondition(every > 0, "the distance between checkpoints is positive")
        (self.every, self.spacing, self.interval) = (every, spacing, interval)
    }

    /// How urgently an event needs a checkpoint of its own.
    enum Weight {
        case none
        case automatic
        /// A drawdown, a mode change, or a latch set or cleared by a person or a reconciliation.
        case always
    }

    static let types = EventTypeSet([
        EventType.drawdownChanged, .modeChanged, .latchEngaged, .latchCleared,
    ])

    static func weight(of record: Record) -> Weight {
        let source: LatchSource?
        switch record.type {
        case .drawdownChanged, .modeChanged: return .always
        case .latchEngaged: source = (try? LatchEngaged(record))?.source
        case .latchCleared: source = (try? LatchCleared(record))?.source
        default: return .none
        }
        switch source {
        case .configuration, .strategyList, .killSwitch, .flagFile, .mode, .drawdown,
            .reconciliation, .duplicateIntents, .authentication, nil:
            return .always
        default: return .automatic
        }
    }
}
