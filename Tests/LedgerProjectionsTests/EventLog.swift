import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Events in order, from sequence 1, as a journal would give them to a fold.
struct EventLog {
    struct Entry {
        var event: any Event
        var account: AccountID
        var time: Timestamp
    }

    var entries: [Entry] = []

    mutating func add(
        _ event: some Event, account: UInt16 = 1, at seconds: Int64 = 0
    ) {
        entries.append(
            Entry(
                event: event, account: AccountID(account),
                time: Timestamp(nanoseconds: seconds * 1_000_000_000)))
    }

    /// Calls `body` with each entry's record.
    func forEach(_ body: (Int, Record) throws -> Void) throws {
        for (index, entry) in entries.enumerated() {
            var batch = Batch(next: SequenceNumber(UInt64(index + 1)))
            try Self.append(entry, to: &batch)
            if let record = batch.record(batch.firstSequence) { try body(index, record) }
        }
    }

    static func append(_ entry: Entry, to batch: inout Batch) throws {
        func add(_ event: some Event, to batch: inout Batch) throws {
            try batch.append(event, Envelope(account: entry.account, time: entry.time))
        }
        try add(entry.event, to: &batch)
    }

    /// Applies one event as number `sequence`.
    static func apply<P: Projection>(
        _ event: any Event, to state: inout P, sequence: UInt64 = 1, account: UInt16 = 1,
        seconds: Int64 = 0
    ) throws {
        var batch = Batch(next: SequenceNumber(sequence))
        let entry = Entry(
            event: event, account: AccountID(account),
            time: Timestamp(nanoseconds: seconds * 1_000_000_000))
        try append(entry, to: &batch)
        if let record = batch.record(batch.firstSequence) { try state.apply(record) }
    }

    func fold<P: Projection>(_ type: P.Type = P.self) throws -> P {
        var state = P()
        try forEach { try state.apply($1) }
        return state
    }
}

extension Projection {
    var bytes: [UInt8] {
        var writer = StateWriter()
        encode(into: &writer)
        return writer.bytes
    }

    init(restoring bytes: [UInt8]) throws {
        var reader = StateReader(bytes)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw StateError("bytes are left over") }
    }
}
