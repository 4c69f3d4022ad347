import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal

/// One stream of inputs in order of time: a tape or a file of market data.
final class InputSource {
    private enum Origin {
        case tape(LMDBJournal, BlockReader)
        case file(DataFile)
    }

    let name: String
    private let origin: Origin
    /// The run's number for each of the tape's instruments.
    private var renamed: [InstrumentID] = []
    private var block: RecordIterator?
    private var record: Record?
    private var event: MarketEvent?
    /// When the next input happened; nil at the end.
    private(set) var nextTime: Timestamp?
    /// What it defines; a tape's own numbers, a file's number in the run.
    private(set) var instruments: [Instrument] = []

    var badRows: BadRowReport? {
        if case .file(let file) = origin { return file.badRows }
        return nil
    }

    /// Opens a tape.
    init(tape path: String) throws {
        name = path
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        var found: [Instrument] = []
        var kind = JournalKind.general
        try journal.forEachRecord(
            from: .first, filter: EventFilter([.journalOpened, .instrumentDefined])
        ) { record in
            if record.type == .journalOpened { kind = try JournalOpened(record).kind }
            if record.type == .instrumentDefined {
                found.append(try InstrumentDefined(record).definition)
            }
            return true
        }
        guard kind == .tape else { throw InputError("\(path) is no tape but a journal that was run") }
        instruments = found
        origin = .tape(journal, try journal.reader(from: .first))
    }

    /// Opens a file; its rows are of `instrument`.
    init(file path: String, format: ImportFormat, instrument: Instrument) throws {
        name = path
        instruments = [instrument]
        origin = .file(try DataFile(path: path, format: format, instrument: instrument.id))
    }

    /// Goes to the first input, with the run's numbers for a tape's instruments.
    func start(_ number: (Instrument) throws -> InstrumentID) throws {
        for instrument in instruments {
            let index = Int(instrument.id.number)
            while renamed.count <= index { renamed.append(.none) }
            renamed[index] = try number(instrument)
        }
        try advance()
    }

    @inline(__always)
    func advance() throws {
        switch origin {
        case .file(let file):
            event = try file.next()
            nextTime = event?.time
        case .tape(_, let reader): try advance(reader)
        }
    }

    /// Hands the present input over and goes to the next.
    @inline(__always)
    func deliver(to sequencer: inout Sequencer) throws {
        if let record {
            try sequencer.take(record, instrument: renamed(record.instrument))
        } else if let event {
            switch event {
            case .bar(let bar, let time): try sequencer.take(bar, at: time)
            case .quote(let quote, let time): try sequencer.take(quote, at: time)
            case .trade(let trade, let time): try sequencer.take(trade, Envelope(time: time))
            case .prediction(let forecast, let time):
                try sequencer.take(forecast, Envelope(time: time))
            }
        }
        try advance()
    }

    private func advance(_ reader: BlockReader) throws {
        while true {
            if let next = try block?.next() {
                guard Self.isData(next.rawType) else { continue }
                record = next
                nextTime = next.time
                return
            }
            guard let following = try reader.next() else {
                record = nil
                nextTime = nil
                return
            }
            block = following.records()
        }
    }

    /// Definitions were read before; everything else that a tape may hold is data.
    private static func isData(_ type: UInt16) -> Bool {
        switch EventType(rawValue: type) {
        case .bar, .quote, .trade, .predictionRecorded, .dividendDeclared, .splitApplied,
            .clockTicked, .sessionOpened, .sessionClosed:
            true
        default: false
        }
    }

    private func renamed(_ instrument: InstrumentID) -> InstrumentID {
        let index = Int(instrument.number)
        return index < renamed.count ? renamed[index] : instrument
    }
}

/// Something about the inputs of a run that the user must mend.
public struct InputError: Error, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
