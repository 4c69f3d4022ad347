import LedgerDomain
import LedgerEvents

/// When a tree gets a signed checkpoint while it grows.
public struct SealPolicy: Hashable, Sendable {
    /// Events between two checkpoints.
    public var every: UInt64
    /// Events between a checkpoint and one for a latch that comes and goes by itself, of which a bad day
    /// can have thousands.
    public var spacing: UInt64
    /// Time between two checkpoints of a process that lives.
    public var interval: Nanoseconds

    public init(
        every: UInt64 = 1_000_000, spacing: UInt64 = 10_000, interval: Nanoseconds = .minute
    ) {
        precondition(every > 0, "a distance between checkpoints is positive")
        (self.every, self.spacing, self.interval) = (every, spacing, interval)
    }

    /// How much an event wants a checkpoint of its own.
    enum Weight {
        case none
        case automatic
        /// A drawdown, a mode, or a latch that a person or a reconciliation set or cleared.
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
