import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading

/// Imports market data files into a tape, a journal that holds inputs only.
public final class TapeImport {
    public struct Result: Sendable {
        public var rows: UInt64 = 0
        public var first: Timestamp?
        public var last: Timestamp?
        public var badRows: [(file: String, report: BadRowReport)] = []
        /// Actions and predictions for other symbols, which do not count as bad rows.
        public var otherSymbolRows = 0
        /// What was recognised in each file without being told, and what was rounded.
        public var notes: [(file: String, note: String)] = []
        public var wasInterrupted = false
    }

    /// The tape holds an unfinished import, which these files do not continue.
    public struct Differs: Error, CustomStringConvertible {
        public let description: String
        /// Whether the tape holds nothing else, so that it can be replaced.
        public let isOnly: Bool
    }

    private let journal: any Journal
    private let name: String
    private var batch: Batch
    private var result = Result()
    private var last: Timestamp?
    private var instrument: Instrument
    /// The rows of an unfinished import, until the files have repeated all of them.
    private var known: TapeRows?
    private var unfinished: TapeState.Import?
    private var isBegun = false
    private var isDefined = false

    /// - Throws: `InputError` for a journal that is not a tape, and for another definition of the
    ///   instrument.
    public init(_ journal: any Journal, name: String, instrument: Instrument) throws {
        self.journal = journal
        self.name = name
        self.instrument = instrument
        batch = Batch(next: try journal.head.lastSequence.next)
        let tape = try TapeState(journal)
        (last, unfinished) = (tape.last, tape.unfinished)
        guard last != nil else {
            self.instrument.id = InstrumentID(1)
            return
        }
        guard tape.kind == .tape else {
            throw InputError(
                "\(name) is not a tape but the journal of a run; choose another journal")
        }
        (self.instrument.id, isDefined) = try Self.number(of: instrument, in: tape.names, name)
        if let unfinished {
            known = try TapeRows(journal, after: unfinished.event)
            isBegun = true
        }
    }

    /// Appends the rows of the files, which must be in time order. Continues an import of the same files that
    /// did not end.
    ///
    /// - Throws: `ImportError` at the first bad row, unless the format skips bad rows; what was committed
    ///   stays as an unfinished import, which no run reads. `Differs` where the files do not continue
    ///   such an import.
    public func append(
        _ files: [String], format: ImportFormat,
        progress: (UInt64, (read: Int, of: Int?)) -> Void = { _, _ in },
        shouldStop: () -> Bool = { false }
    ) throws -> Result {
        for path in files where !result.wasInterrupted {
            let file = try DataFile(path: path, format: format, instrument: instrument.id)
            while !result.wasInterrupted, let event = try file.next() {
                try append(event, of: files, in: file)
                if result.rows % 65_536 == 0, shouldStop() { result.wasInterrupted = true }
                guard batch.byteCount > Backtest.commitBytes else { continue }
                try commit(&batch)
                progress(result.rows, file.progress)
                if shouldStop() { result.wasInterrupted = true }
            }
            result.otherSymbolRows += file.otherSymbolRows
            result.notes += file.report.map { (file.name, $0) }
            if file.badRows.total > 0 { result.badRows.append((file.name, file.badRows)) }
        }
        if !result.wasInterrupted { try end() }
        try commit(&batch)
        try journal.flush()
        result.last = last
        return result
    }

    private func append(
        _ event: MarketEvent, of files: [String], in file: DataFile
    ) throws {
        result.first = result.first ?? event.time
        result.rows += 1
        if let row = try known?.next() {
            guard try known?.bytes(of: event) == row else { throw differs(at: file) }
            return
        }
        known = nil
        guard last.map({ event.time >= $0 }) ?? true else {
            throw InputError(
                "\(file.name):\(file.lineNumber): \(event.time) is before the tape's last "
                    + "event at \(last ?? .zero); import files in time order")
        }
        if !isBegun { try begin(files, at: event.time) }
        if !isDefined {
            try batch.append(InstrumentDefined(instrument), Envelope(time: event.time))
            isDefined = true
        }
        try event.append(to: &batch)
        last = event.time
    }

    private func begin(_ files: [String], at time: Timestamp) throws {
        let envelope = Envelope(time: time)
        if batch.firstSequence == .first, batch.eventCount == 0 {
            try batch.append(
                JournalOpened(kind: .tape, name: name, build: Build.identity), envelope)
        }
        let source = files.joined(separator: ", ")
        try batch.append(RunStarted(mode: TapeState.mode, name: source), envelope)
        isBegun = true
    }

    private func end() throws {
        guard isBegun, let last else { return }
        if try known?.next() != nil { throw differs(at: nil) }
        try batch.append(
            RunEnded(inputs: result.rows, reason: "end of input"), Envelope(time: last))
    }

    private func differs(at file: DataFile?) -> Differs {
        let place =
            file.map { "\($0.name):\($0.lineNumber) is a different row" }
            ?? "these files have fewer rows"
        return Differs(
            description:
                "\(name) holds an unfinished import of \(unfinished?.source ?? ""), and \(place): "
                + "repeat that import first, or remove the tape",
            isOnly: unfinished?.isOnly ?? false)
    }

    private func commit(_ batch: inout Batch) throws {
        if batch.isEmpty { return }
        try journal.append(&batch)
        batch.removeAll(next: batch.nextSequence)
    }

    /// The number of the instrument in the tape, and whether it is defined there.
    private static func number(
        of instrument: Instrument, in names: NameBook, _ name: String
    ) throws -> (InstrumentID, Bool) {
        guard let known = names.instrument(symbol: instrument.symbol) else {
            let highest = names.instruments.last?.id.number ?? 0
            return (InstrumentID(highest + 1), false)
        }
        var same = instrument
        same.id = known.id
        guard same == known else {
            throw InputError("\(instrument.symbol) has a different definition in \(name)")
        }
        return (known.id, true)
    }
}
