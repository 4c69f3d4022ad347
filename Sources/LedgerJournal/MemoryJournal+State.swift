import LedgerDomain
import LedgerEvents

extension MemoryJournal.State {
    /// The rows to write, by table key, unless one already exists.
    func checked(
        _ rows: [DeduplicationRow], _ events: Range<SequenceNumber>
    ) throws(JournalError) -> [[UInt8]: [UInt8]] {
        var result: [[UInt8]: [UInt8]] = [:]
        for row in rows {
            guard events.contains(row.sequence) else {
                throw .invalidRow(
                    "input \(row.key) names event \(row.sequence), not one of the batch")
            }
            let key = try DeduplicationRow.tableKey(producer: row.producer, key: row.key)
            let existing = (result[key] ?? self.rows[key]).flatMap {
                try? DeduplicationRow.sequence(in: $0, for: row.key)
            }
            if let existing {
                throw .duplicate(producer: row.producer, key: row.key, sequence: existing)
            }
            result[key] = row.body
        }
        return result
    }

    func check(
        _ checkpoints: [StateCheckpoint], _ consumed: [ConsumedSubmission]
    ) throws(JournalError) {
        for checkpoint in checkpoints { _ = try StateCheckpoint.prefix(checkpoint.name) }
        var tickets: Set<Ticket> = []
        for ticket in consumed.map(\.ticket) {
            let waits = inbox.contains { $0.ticket == ticket }
            guard waits, tickets.insert(ticket).inserted else {
                throw .invalidRow("submission \(ticket) is not in the inbox")
            }
        }
    }

    mutating func put(_ checkpoint: StateCheckpoint) {
        var list = checkpoints[checkpoint.name] ?? []
        let at = list.firstIndex { $0.sequence >= checkpoint.sequence } ?? list.count
        if at < list.count, list[at].sequence == checkpoint.sequence {
            list[at] = checkpoint
        } else {
            list.insert(checkpoint, at: at)
        }
        checkpoints[checkpoint.name] = list
    }

    mutating func consume(_ consumed: ConsumedSubmission) {
        inbox.removeAll { $0.ticket == consumed.ticket }
        receipts[consumed.ticket] = consumed.receipt
    }

    mutating func put(_ batch: inout Batch) {
        for index in batch.blocks.indices {
            var link = head.link
            let sealed = batch.seal(index) { header, payload in
                link = hasher.link(after: link, header: header, payload: payload)
                return link
            }
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: sealed.count, alignment: 16)
            copy.copyMemory(from: sealed)
            let header = batch.blocks[index].summary
            blocks.append(
                StoredBlock(first: header.firstSequence, bytes: UnsafeRawBufferPointer(copy)))
            head = Head(
                lastSequence: SequenceNumber(header.nextSequence.number - 1), link: link)
        }
    }
}

/// Reads a memory journal's blocks, which stay in place as long as it lives.
final class MemoryBlockSource: BlockSource {
    private let journal: MemoryJournal
    private var index = -1

    init(_ journal: MemoryJournal) { self.journal = journal }

    func seek(atOrBefore sequence: SequenceNumber) -> StoredBlock? {
        index = journal.index(atOrBefore: sequence)
        return journal.block(index)
    }

    func step(_ direction: ReadDirection) -> StoredBlock? {
        let next = direction == .forward ? index + 1 : index - 1
        guard let block = journal.block(next) else { return nil }
        index = next
        return block
    }

    func release() {}
}
