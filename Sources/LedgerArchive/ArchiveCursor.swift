import LedgerDomain
import LedgerEvents

/// Walks a snapshot's records in order. A record is valid until the next call.
public struct ArchiveCursor {
    private let snapshot: ArchiveReader
    private let worker = ArchiveReader.Worker()
    private let from: SequenceNumber
    private var frame: Int
    private var block = 0
    private var records: RecordIterator?

    public init(_ snapshot: ArchiveReader, from: SequenceNumber) {
        (self.snapshot, self.from) = (snapshot, from)
        frame =
            (snapshot.manifest.frames.firstIndex { $0.last >= from }
                ?? snapshot.manifest.frames.count) - 1
    }

    public mutating func next() throws -> Record? {
        while true {
            if let record = try records?.next() {
                if record.sequence >= from { return record }
                continue
            }
            if records != nil { block += 1 }
            if records == nil || block >= worker.count {
                frame += 1
                guard frame < snapshot.manifest.frames.count else { return nil }
                try snapshot.read(frame, worker)
                block = 0
            }
            records = try Block(worker.block(block)).records()
        }
    }
}
