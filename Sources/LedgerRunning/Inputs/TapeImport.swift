import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading

/// Writes files of market data into a tape: a journal that holds inputs only.
public struct TapeImport {
    public struct Result: Sendable {
        public var rows: UInt64 = 0
        public var first: Timestamp?
        public var last: Timestamp?
        public var badRows: [(file: String, report: BadRowReport)] = []
        /// Actions and predictions of other symbols, which are no bad rows.
        public var otherSymbolRows = 0
        /// What was recognised in each file without being told, and what was rounded.
        public var notes: [(file: String, note: String)] = []
        public var wasInterrupted = false
    }

    private let journal: any Journal
    private let name: String

    public init(_ journal: any Journal, name: String) {
        self.journal = journal
        self.name = name
    }

    /// Appends the rows of the files in their order, which is the order of their times.
    ///
    /// - Throws: `ImportError` at the first bad row, unless the format skips them. What was committed
    ///   before stays: a tape of the rows up to there.
    public func append(
        _ files: [String], format: ImportFormat, instrument: Instrument,
        progress: (UInt64, (read: Int, of: Int?)) -> Void = { _, _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> Result {
        var instrument = instrument
        let tape = try state(of: instrument)
        instrument.id = tape.number
        var batch = Batch(next: try journal.head.lastSequence.next)
        var result = Result()
        var last = tape.last
        for path in files {
            let file = try DataFile(path: path, format: format, instrument: instrument.id)
            while let event = try file.next() {
                guard last.map({ event.time >= $0 }) ?? true else {
                    throw InputError(
                        "\(file.name):\(file.lineNumber): \(event.time) is before the tape's last "
                            + "event at \(last ?? .zero); import files in the order of their times")
                }
                if batch.firstSequence == .first, batch.isEmpty || batch.eventCount == 0 {
                    try open(&batch, at: event.time)
                }
                if !tape.isDefined, result.rows == 0 {
                    try batch.append(InstrumentDefined(instrument), Envelope(time: event.time))
                }
                try Self.append(event, to: &batch)
                last = event.time
                result.first = result.first ?? event.time
                result.rows += 1
                guard batch.byteCount > Backtest.commitBytes else { continue }
                try commit(&batch)
                progress(result.rows, file.progress)
                if shouldStop() { result.wasInterrupted = true }
                if result.wasInterrupted { break }
            }
            result.otherSymbolRows += file.otherSymbolRows
            result.notes += file.report.map { (file.name, $0) }
            if file.badRows.total > 0 { result.badRows.append((file.name, file.badRows)) }
            if result.wasInterrupted { break }
        }
        try commit(&batch)
        try journal.flush()
        result.last = last
        return result
    }

    private func open(_ batch: inout Batch, at time: Timestamp) throws {
        try batch.append(
            JournalOpened(kind: .tape, name: name, build: Build.identity), Envelope(time: time))
    }

    private func commit(_ batch: inout Batch) throws {
        try journal.append(&batch)
        batch.removeAll(next: batch.nextSequence)
    }

    @inline(__always)
    private static func append(_ event: MarketEvent, to batch: inout Batch) throws {
        switch event {
        case .bar(let bar, let time): try batch.append(bar, Envelope(time: time))
        case .quote(let quote, let time): try batch.append(quote, Envelope(time: time))
        case .trade(let trade, let time): try batch.append(trade, Envelope(time: time))
        case .prediction(let forecast, let time): try batch.append(forecast, Envelope(time: time))
        case .split(let split, let time): try batch.append(split, Envelope(time: time))
        case .dividend(let dividend, let time): try batch.append(dividend, Envelope(time: time))
        }
    }

    /// The number of the instrument in the tape, whether it is defined there, and the last time.
    private func state(
        of instrument: Instrument
    ) throws -> (number: InstrumentID, isDefined: Bool, last: Timestamp?) {
        let head = try journal.head.lastSequence
        guard head != .none else { return (InstrumentID(1), false, nil) }
        var names = NameBook()
        var kind = JournalKind.general
        let filter = EventFilter([.journalOpened] + NameBook.types)
        try journal.forEachRecord(from: .first, filter: filter) { record in
            if record.type == .journalOpened { kind = try JournalOpened(record).kind }
            try names.remember(record)
            return true
        }
        guard kind == .tape else {
            throw InputError(
                "\(name) is no tape but a journal that was run; import into another one")
        }
        var last: Timestamp?
        try journal.forEachRecord(from: head) { record in
            last = record.time
            return true
        }
        if let known = names.instrument(symbol: instrument.symbol) {
            var same = instrument
            same.id = known.id
            guard same == known else {
                throw InputError("\(instrument.symbol) is defined differently in \(name)")
            }
            return (known.id, true, last)
        }
        let highest = names.instruments.last?.id.number ?? 0
        return (InstrumentID(highest + 1), false, last)
    }
}
