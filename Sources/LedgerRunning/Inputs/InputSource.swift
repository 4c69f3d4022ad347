import LedgerArchive
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerSettings

/// One stream of inputs in time order: a tape, a file of market data or a file of rates.
final class InputSource {
    private enum Origin {
        case tape(LMDBJournal, BlockReader)
        case file(DataFile)
        /// A file whose forecasts are rates of a currency in another.
        case rates(DataFile, RateSettings)
    }

    let name: String
    private let origin: Origin
    /// The run's number for each instrument of the tape.
    private var renamed: [InstrumentID] = []
    private var block: RecordIterator?
    private var record: Record?
    private var event: MarketEvent?
    /// What was read ahead behind `event`.
    private var following: MarketEvent?
    /// The time of the next input; nil at the end.
    private(set) var nextTime: Timestamp?
    /// Its definitions, with the tape's own numbers, or for a file with the run's number.
    private(set) var instruments: [Instrument] = []

    var badRows: BadRowReport? {
        switch origin {
        case .file(let file), .rates(let file, _): file.badRows
        case .tape: nil
        }
    }

    /// What was recognised in a file without being told, and what was rounded.
    var notes: [String] {
        switch origin {
        case .file(let file), .rates(let file, _): file.report
        case .tape: []
        }
    }

    /// Opens a tape.
    init(tape path: String) throws {
        name = path
        let journal = try SealedJournal.open(directory: path, mode: .readOnly)
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
        guard kind == .tape else {
            throw InputError("\(path) is not a tape but the journal of a run")
        }
        try TapeState(journal).checkWhole(path)
        instruments = found
        origin = .tape(journal, try journal.reader(from: .first))
    }

    /// Opens a file whose rows belong to `instrument`.
    init(file path: String, format: ImportFormat, instrument: Instrument) throws {
        name = path
        instruments = [instrument]
        origin = .file(try DataFile(path: path, format: format, instrument: instrument.id))
    }

    /// The files of the setting `rates`, each at its first row.
    static func rates(_ settings: Settings) throws -> [InputSource] {
        try settings.entries(.rates).compactMap { entry in
            let rate = try RateSettings(entry)
            guard !rate.path.isEmpty else { return nil }
            let source = try InputSource(rates: rate, format: ImportFormat(ratesOf: entry))
            try source.start { $0.id }
            return source
        }
    }

    /// A file of rates is read as one of forecasts, whose errors have other words.
    private static func inWordsOfRates<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch var error as ImportError {
            for (said, meant) in [
                ("predicted is mapped", "rate is mapped"), ("a price must be", "a rate must be"),
                ("; add --round-to 9 to round it", "; write nine at most"),
            ] { error.problem = error.problem.replacing(said, with: meant) }
            throw error
        }
    }

    /// Opens a file of rates.
    private init(rates: RateSettings, format: ImportFormat) throws {
        name = rates.path
        let file = try Self.inWordsOfRates {
            try DataFile(path: rates.path, format: format, instrument: .none)
        }
        origin = .rates(file, rates)
    }

    var isOfRates: Bool {
        if case .rates = origin { return true }
        return false
    }

    /// Leaves out all rates before the last one that holds at a time.
    ///
    /// - Returns: that rate, which is the next input; nil where none holds.
    @discardableResult
    func skipRates(before time: Timestamp) throws -> (rate: RateObserved, since: Timestamp)? {
        guard isOfRates, let first = nextTime, first <= time else { return nil }
        var last = event
        while let next = nextTime, next <= time {
            last = event
            try advance()
        }
        following = event
        event = last
        nextTime = last?.time
        return last.flatMap { event in rate(event).map { ($0, event.time) } }
    }

    /// Moves to the first input, with the run's numbers for a tape's instruments.
    func start(_ number: (Instrument) throws -> InstrumentID) throws {
        for instrument in instruments {
            let index = Int(instrument.id.number)
            while renamed.count <= index { renamed.append(.none) }
            renamed[index] = try number(instrument)
        }
        try advance()
    }

    private func advance() throws {
        switch origin {
        case .file(let file):
            event = try file.next()
            nextTime = event?.time
        case .rates(let file, _):
            event = try following ?? Self.inWordsOfRates { try file.next() }
            following = nil
            nextTime = event?.time
        case .tape(_, let reader):
            record = try Self.next(&block, reader)
            nextTime = record?.time
        }
    }

    /// Skips what a journal already has: everything before `time`, and at `time` itself the inputs
    /// in `known`, each of which matches one.
    func skip(before time: Timestamp, knownAt known: inout [[UInt8]]) throws {
        while let next = nextTime, next <= time {
            if next == time {
                let bytes = try bytesOfNext()
                guard let place = known.firstIndex(of: bytes) else { return }
                known.remove(at: place)
            }
            try advance()
        }
    }

    /// The next input in the form in which the journal stores it.
    private func bytesOfNext() throws -> [UInt8] {
        var batch = Batch(next: .first)
        if let record {
            batch.append(copying: record, instrument: renamed(record.instrument))
        } else if let event, let rate = rate(event) {
            try batch.append(rate, Envelope(time: event.time))
        } else if let event {
            try event.append(to: &batch)
        }
        return batch.record(.first).map { Array($0.bytes) } ?? []
    }

    /// Passes on the inputs before `limit`, at least one and at most `count`.
    ///
    /// - Throws: `UnsteppableInput` for one that the engine cannot step; the sequencer journaled that.
    func deliver(before limit: Timestamp, atMost count: Int, to sequencer: inout Sequencer) throws {
        do {
            switch origin {
            case .file(let file): try deliver(file, limit, count, &sequencer)
            case .rates(let file, _): try deliverRates(file, limit, &sequencer)
            case .tape(_, let reader): try deliver(reader, limit, count, &sequencer)
            }
        } catch let error as EngineError {
            throw UnsteppableInput(place: place, error: error)
        }
    }

    /// Takes the next input out of the stream.
    ///
    /// - Returns: it, with the run's number of its instrument, and where it is; nil for what is no market
    ///   data.
    func takeNext() throws -> (event: MarketEvent?, place: String) {
        let taken = (try eventAtHand(), place)
        try advance()
        return taken
    }

    private func eventAtHand() throws -> MarketEvent? {
        if case .rates = origin { return nil }
        switch event {
        case .bar(var bar, let time):
            bar.instrument = renamed(bar.instrument)
            return .bar(bar, time)
        case .split(var split, let time):
            split.instrument = renamed(split.instrument)
            return .split(split, time)
        case .quote, .trade, .prediction, .dividend, .scheduled: return event
        case nil: break
        }
        guard let record else { return nil }
        switch record.type {
        case .bar:
            var bar = try Bar(record)
            bar.instrument = renamed(record.instrument)
            return .bar(bar, record.time)
        case .splitApplied:
            var split = try SplitApplied(record)
            split.instrument = renamed(record.instrument)
            return .split(split, record.time)
        case .quote: return .quote(try Quote(record), record.time)
        case .trade: return .trade(try Trade(record), record.time)
        case .predictionRecorded:
            return .prediction(try PredictionRecorded(record), record.time)
        default: return nil
        }
    }

    /// The source whose next input is the earliest; of equals, the one named first.
    static func earliest(of sources: [InputSource]) -> InputSource? {
        var best: InputSource?
        for source in sources {
            guard let time = source.nextTime else { continue }
            if let known = best?.nextTime, known <= time { continue }
            best = source
        }
        return best
    }

    /// Where the input at hand is.
    private var place: String {
        switch origin {
        case .file(let file), .rates(let file, _): "\(file.name):\(file.lineNumber)"
        case .tape: record.map { "\(name), event \($0.sequence)" } ?? name
        }
    }

    /// The rate that a row of a file of rates gives.
    private func rate(_ event: MarketEvent) -> RateObserved? {
        guard case .rates(let file, let pair) = origin, case .prediction(let row, _) = event else {
            return nil
        }
        return RateObserved(
            rate: row.predicted, since: event.time, base: pair.base, quote: pair.quote,
            source: file.name
        )
    }

    /// Rates are few, so this loop needs no more than one a step.
    private func deliverRates(
        _ file: DataFile, _ limit: Timestamp, _ sequencer: inout Sequencer
    ) throws {
        repeat {
            guard let event, let rate = rate(event) else { return }
            try sequencer.append(rate, Envelope(time: event.time))
            try advance()
        } while nextTime.map { $0 < limit } ?? false
    }

    // Both loops use locals, because every access to a field of a class is checked for exclusivity.

    private func deliver(
        _ file: DataFile, _ limit: Timestamp, _ count: Int, _ sequencer: inout Sequencer
    ) throws {
        var left = count
        var next = event
        while let current = next {
            switch current {
            case .bar(let bar, let time): try sequencer.append(bar, at: time)
            case .quote(let quote, let time): try sequencer.append(quote, at: time)
            case .trade(let trade, let time): try sequencer.append(trade, Envelope(time: time))
            case .prediction(let forecast, let time):
                try sequencer.append(forecast, Envelope(time: time))
            case .split(let split, let time): try sequencer.append(split, Envelope(time: time))
            case .dividend(let dividend, let time):
                try sequencer.append(dividend, Envelope(time: time))
            case .scheduled(let dividend, let time):
                try sequencer.append(dividend, Envelope(time: time))
            }
            next = try file.next()
            left -= 1
            guard left > 0, let time = next?.time, time < limit else { break }
        }
        event = next
        nextTime = next?.time
    }

    private func deliver(
        _ reader: BlockReader, _ limit: Timestamp, _ count: Int, _ sequencer: inout Sequencer
    ) throws {
        var left = count
        var records = block
        var next = record
        while let current = next {
            do { try sequencer.append(current, instrument: renamed(current.instrument)) } catch {
                record = current
                throw error
            }
            next = try Self.next(&records, reader)
            left -= 1
            guard left > 0, let time = next?.time, time < limit else { break }
        }
        block = records
        record = next
        nextTime = next?.time
    }

    @inline(__always)
    private static func next(
        _ records: inout RecordIterator?, _ reader: BlockReader
    ) throws -> Record? {
        while true {
            while let next = try records?.next() {
                if isData(next.rawType) { return next }
            }
            guard let following = try reader.next() else { return nil }
            records = following.records()
        }
    }

    /// Definitions were read earlier; everything else on a tape is data.
    static func isData(_ type: UInt16) -> Bool {
        switch EventType(rawValue: type) {
        case .bar, .quote, .trade, .predictionRecorded, .dividendDeclared, .splitApplied,
            .dividendScheduled, .clockTicked, .sessionOpened, .sessionClosed:
            true
        default: false
        }
    }

    private func renamed(_ instrument: InstrumentID) -> InstrumentID {
        let index = Int(instrument.number)
        return index < renamed.count ? renamed[index] : instrument
    }
}

/// An input of a file or a tape that the engine could not step.
struct UnsteppableInput: Error, CustomStringConvertible {
    /// The file with the line, or the tape with the event.
    let place: String
    let error: EngineError

    var description: String { "\(place): \(error)" }
}
