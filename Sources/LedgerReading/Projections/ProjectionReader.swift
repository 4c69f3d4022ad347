import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Folds a journal up to a moment, starting at the nearest checkpoint of the same version.
public enum ProjectionReader {
    /// A checkpoint is worthwhile after this many events.
    private static let worthSaving: UInt64 = 100_000

    /// - Parameters:
    ///   - sequence: the last event to include; nil for all.
    ///   - saves: whether a long fold may write a checkpoint for the next reader.
    public static func fold<P: Projection>(
        _ type: P.Type = P.self, of journal: any Journal, through sequence: SequenceNumber? = nil,
        saves: Bool = false
    ) throws -> P {
        let head = try journal.head.lastSequence
        let end = min(sequence ?? head, head)
        var state = P()
        var start = SequenceNumber.none
        if end != .none, let saved = try journal.checkpoint(name: P.name, atOrBefore: end),
            try saved.version == P.version || P.upgradesExactly || journal.pruned != nil,
            let bytes = P.present(saved.bytes, version: saved.version)
        {
            var reader = StateReader(bytes)
            if let restored = try? P(from: &reader), reader.isAtEnd {
                state = restored
                start = saved.sequence
            }
        }
        guard start < end else { return state }
        try journal.forEachRecord(
            from: start.next, through: end, filter: EventFilter(P.types)
        ) { record in
            try state.apply(record)
            return true
        }
        if saves, end == head, end.number - start.number > worthSaving {
            try? journal.storeCheckpoint(StateCheckpoint(of: state, at: end))
        }
        return state
    }

    /// The last event whose event time is not after `time`; none if all are later.
    ///
    /// - Throws: `JournalError` if that event was pruned.
    ///
    /// Event times never go back, so a binary search finds it in about 25 reads.
    public static func sequence(
        of journal: any Journal, atOrBefore time: Timestamp
    ) throws -> SequenceNumber {
        let pruned = try journal.pruned?.lastSequence ?? .none
        var low = pruned.number
        var high = try journal.head.lastSequence.number
        while low < high {
            let middle = low + (high - low + 1) / 2
            guard try Self.time(of: SequenceNumber(middle), in: journal) <= time else {
                high = middle - 1
                continue
            }
            low = middle
        }
        // The state between the last pruned event and the first that is left belongs to no known time.
        if low == pruned.number { _ = try Self.time(of: pruned, in: journal) }
        return SequenceNumber(low)
    }

    /// The time of an event; 1970 for none.
    ///
    /// - Throws: `JournalError` for one that was pruned.
    public static func time(
        of sequence: SequenceNumber, in journal: any Journal
    ) throws -> Timestamp {
        var time = Timestamp.zero
        guard sequence != .none else { return time }
        try journal.forEachRecord(from: sequence, through: sequence) { record in
            time = record.time
            return false
        }
        return time
    }
}
