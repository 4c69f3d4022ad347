import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerJournal

/// The rows of an import that did not end, in order.
final class TapeRows {
    private let reader: BlockReader
    private var records: RecordIterator?
    private var batch = Batch(next: .first)

    init(_ journal: any Journal, after event: SequenceNumber) throws {
        reader = try journal.reader(from: event.next)
        first = event.next
    }

    private let first: SequenceNumber

    /// The bytes of the next row, as if it were the first event of a journal; nil at the end.
    func next() throws -> [UInt8]? {
        while true {
            while let record = try records?.next() {
                guard record.sequence >= first, InputSource.isData(record.rawType) else { continue }
                batch.removeAll(next: .first)
                batch.append(copying: record, instrument: record.instrument)
                return batch.record(.first).map { Array($0.bytes) }
            }
            guard let block = try reader.next() else { return nil }
            records = block.records()
        }
    }

    /// The same of a row that was read from a file.
    func bytes(of event: MarketEvent) throws -> [UInt8]? {
        batch.removeAll(next: .first)
        try event.append(to: &batch)
        return batch.record(.first).map { Array($0.bytes) }
    }
}
