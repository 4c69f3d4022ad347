import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The implementations that one suite holds to one contract.
enum JournalKind: CaseIterable, Sendable {
    case memory, lmdb

    func make(_ directory: TemporaryDirectory) throws -> any Journal {
        switch self {
        case .memory: MemoryJournal()
        case .lmdb: try LMDBJournal.create(directory: directory.journal)
        }
    }
}

extension Batch {
    /// Trades of 48 bytes; a trade's event time in nanoseconds and its identifier are its sequence.
    mutating func appendTrades(_ count: Int, instrument: UInt32 = 1) throws {
        for _ in 0..<count {
            let number = nextSequence.number
            try append(
                Trade(
                    instrument: InstrumentID(instrument), aggressor: .buy, price: Price(raw: 7),
                    size: Quantity(raw: 9), tradeId: marker(number)),
                Envelope(time: Timestamp(nanoseconds: Int64(number))))
        }
    }
}

/// An identifier that is found again in a file.
func marker(_ number: UInt64) -> UInt64 { 0x5EED_CAFE_0000_0000 | number }

extension Journal {
    /// Commits trades as one batch.
    func commitTrades(
        _ count: Int, instrument: UInt32 = 1, rows: CommitRows = CommitRows()
    ) throws {
        var batch = Batch(next: try head.lastSequence.next)
        try batch.appendTrades(count, instrument: instrument)
        try append(&batch, rows)
    }

    func sequences(
        from: UInt64 = 1, through: UInt64? = nil, filter: EventFilter = .all
    ) throws -> [UInt64] {
        var result: [UInt64] = []
        let last = through.map { SequenceNumber($0) }
        try forEachRecord(from: SequenceNumber(from), through: last, filter: filter) { record in
            result.append(record.sequence.number)
            return true
        }
        return result
    }

    /// Every block's bytes, one after the other.
    func bytes() throws -> [UInt8] {
        var result: [UInt8] = []
        let reader = try reader(from: .first)
        while let block = try reader.next() { result.append(contentsOf: block.bytes) }
        return result
    }

    /// First sequences of the blocks that a reader gives.
    func blocks(
        from: UInt64, through: UInt64? = nil, filter: EventFilter = .all,
        _ direction: ReadDirection = .forward
    ) throws -> [UInt64] {
        var result: [UInt64] = []
        let reader = try reader(
            from: SequenceNumber(from), through: through.map { SequenceNumber($0) }, filter: filter,
            direction: direction)
        while let block = try reader.next() { result.append(block.header.firstSequence.number) }
        return result
    }
}
