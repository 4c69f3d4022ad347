import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSettings

/// The progress of long work, for a progress bar.
public struct Progress: Sendable {
    public var inputs: UInt64
    public var time: Timestamp
}

/// The result of a back-test.
public struct BacktestResult: Sendable {
    public var inputs: UInt64 = 0
    public var events: UInt64 = 0
    public var wasInterrupted = false
    public var engine: Engine
    public var instruments: [Instrument] = []
    public var first = Timestamp.zero
    public var last = Timestamp.zero
    public var badRows: [(file: String, report: BadRowReport)] = []
    /// What was recognised in each file without being told, and what was rounded.
    public var notes: [(file: String, note: String)] = []
    /// The history before the first decision; nil without `warmup.until`.
    public var warmup: Warmup?
}

/// Runs the engine over tapes and files into a journal.
///
/// The journal holds every input and every consequence. The same configuration over the same data
/// gives the same bytes, in memory and on disk.
public struct Backtest {
    private let configuration: Configuration
    private let sources: [InputSource]
    private let kind: RunKind
    private let numbers: InstrumentNumbers
    private let filters: [VenueFiltersLoaded]
    /// When decisions begin; nil for the first row.
    private let until: Timestamp?

    /// Commit size in bytes: large enough to share the cost, small enough for memory.
    public static let commitBytes = 1 << 20

    /// Opens all inputs and numbers their instruments in configuration order.
    ///
    /// - Parameter known: the instruments of the journal to continue, with their numbers.
    public init(
        _ configuration: Configuration, known: [Instrument] = [], kind: RunKind = .backtest
    ) throws {
        do {
            try self.init(placing: configuration, known: known, kind: kind)
        } catch let error as SettingsError {
            throw configuration.placed(error)
        } catch EngineError.settings(let error) {
            throw configuration.placed(error)
        }
    }

    private init(
        placing configuration: Configuration, known: [Instrument], kind: RunKind
    ) throws {
        self.configuration = configuration
        self.kind = kind
        let settings = configuration.settings
        try kind.check(configuration)
        try configuration.rehearse()
        until = try Warmup.until(configuration)
        let entries = settings.entries(.data)
        guard !entries.isEmpty else {
            throw InputError("the configuration has no data; see configs/backtest.yaml")
        }
        var numbers = InstrumentNumbers(known: known)
        // First, so that a rate is known to what happens at its time.
        var opened = try InputSource.rates(settings)
        for entry in entries {
            let path = try entry[DataKeys.path]
            let source: InputSource
            if JournalHome.isJournal(path) {
                source = try InputSource(tape: path)
            } else {
                let data = try DataSettings(entry)
                guard !data.symbol.isEmpty else {
                    throw entry.error(DataKeys.symbol, "is missing; the file does not state it")
                }
                var instrument = data.instrument
                instrument.id = try numbers.number(InstrumentSource(instrument))
                source = try InputSource(file: path, format: data.format, instrument: instrument)
            }
            try source.start { try numbers.number(InstrumentSource($0, origin: path)) }
            opened.append(source)
        }
        sources = opened
        self.numbers = numbers
        filters = try FiltersFile.events(settings, numbers.all, now: nil)
        try FeesFile.check(settings, numbers.all)
        try checkSymbols()
    }

    /// Refuses a strategy on a symbol without data, which would wait forever.
    private func checkSymbols() throws {
        let known = SymbolTable(numbers.all)
        for entry in configuration.settings.entries(.strategies) {
            for symbol in try entry.listedSymbols where known[symbol] == nil {
                throw entry.error(
                    StrategyKeys.symbols,
                    "'\(symbol)' is not in the data, which has "
                        + numbers.all.map(\.symbol).joined(separator: ", "))
            }
        }
        try OrderContradictions(configuration.settings, known).check()
    }

    /// - Parameters:
    ///   - journal: empty, or a back-test to continue.
    ///   - continues: takes only inputs that the journal does not have. Positions and all safety
    ///     state carry over; orders ended with the previous run.
    ///   - interlude: called between two inputs, for a run that others can control.
    ///   - syncs: waits at the end until everything is on disk; otherwise the caller flushes.
    ///   - shouldStop: asked after each commit; if true, the run ends cleanly.
    public func run(
        into journal: any Journal, named name: String, continues: Bool = false,
        commitBytes: Int = commitBytes,
        checkpointEvery: UInt64 = 250_000, syncs: Bool = true, interlude: Interlude? = nil,
        progress: (Progress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> BacktestResult {
        guard try continues || journal.head == .empty else {
            throw InputError("the journal \(name) already holds events; choose another journal")
        }
        if continues { try skipKnown(journal) }
        // A continued journal had its history before its first decision.
        let history = continues ? nil : try readHistory()
        let start = try start(of: name, continues: continues)
        var sequencer = try Sequencer(
            journal, holder: kind.mode, commitBytes: commitBytes,
            writesInBackground: interlude == nil, checkpointEvery: checkpointEvery)
        var opening = opening(named: name)
        if continues { opening.takesRatesAt = sequencer.engine.lastTime }
        try opening.submit(into: &sequencer, at: continues ? sequencer.engine.lastTime : start)
        var warmup: Warmup?
        if let history {
            warmup = Warmup(configuration, history, knowing: sequencer.engine, at: start)
            try warmup?.submit(into: &sequencer)
        }
        let inputsBefore = sequencer.engine.inputs
        let wasInterrupted: Bool
        do { wasInterrupted = try feed(&sequencer, interlude, progress, shouldStop) } catch {
            try fail(&sequencer, error)
        }
        let inputs = sequencer.engine.inputs - (continues ? inputsBefore : 0)
        if kind.isPaper {
            try sequencer.askSimulatedVenue(.end, at: sequencer.engine.lastTime)
        }
        try sequencer.append(
            RunEnded(inputs: inputs, reason: wasInterrupted ? "interrupted" : "end of data"),
            Envelope(time: sequencer.engine.lastTime))
        try sequencer.commitWithCheckpoint()
        if syncs { try journal.flush() }
        var result = BacktestResult(engine: sequencer.engine)
        result.inputs = inputs
        result.events = sequencer.nextSequence.number - 1
        result.wasInterrupted = wasInterrupted
        result.instruments = numbers.all
        (result.first, result.last) = (start, sequencer.engine.lastTime)
        result.warmup = warmup
        result.notes = sources.flatMap { source in source.notes.map { (source.name, $0) } }
        result.badRows = sources.compactMap { source in
            source.badRows.flatMap { $0.total > 0 ? (source.name, $0) : nil }
        }
        try sequencer.close()
        return result
    }

    /// The time of the first input. A run begins with the last rates before its first row of data.
    private func start(of name: String, continues: Bool) throws -> Timestamp {
        guard let first = sources.filter({ !$0.isOfRates }).compactMap(\.nextTime).min() else {
            throw InputError(
                continues
                    ? "the data has no rows after those in \(name)"
                    : until.map { "the data has no rows from \($0) on" } ?? "the data has no rows")
        }
        if !continues {
            for source in sources { try source.skipRates(before: first) }
        }
        return sources.compactMap(\.nextTime).min().map { min($0, first) } ?? first
    }

    /// An unreadable input ends the run, and the journal records it. An input that the engine
    /// refused is already in the journal; one that the journal refused cannot be.
    private func fail(_ sequencer: inout Sequencer, _ error: any Error) throws -> Never {
        let isJournaled = error is EngineError || error is UnsteppableInput
        guard !isJournaled, !(error is JournalError) else { throw error }
        try sequencer.append(
            RunFailed(reason: "\(error)"), Envelope(time: sequencer.engine.lastTime))
        try sequencer.commitWithCheckpoint()
        try sequencer.journal.flush()
        throw error
    }

    /// Takes the bars before the first decision out of the sources; nil where decisions begin with the first
    /// row.
    private func readHistory() throws -> HistoryReader? {
        guard let until else { return nil }
        var reader = HistoryReader(numbers.all)
        do {
            try reader.read(
                sources.filter { !$0.isOfRates },
                after: Warmup.first(configuration, before: until), before: until)
        } catch let bad as UnreadableSource { throw bad.cause }
        return reader
    }

    /// A continued journal gets changed settings, new instruments and a new start.
    private func opening(named name: String) -> RunOpening {
        var opening = RunOpening(configuration, kind: kind.journal, name: name)
        opening.instruments = numbers.wanted
        let filters = filters
        opening.filters = { _ in filters }
        opening.depositsCash = true
        opening.run = RunOpening.Run(mode: kind.mode, name: configuration[RunKeys.name])
        opening.asksSimulatedVenue = kind.isPaper
        return opening
    }

    /// Skips the rows that the journal already has.
    private func skipKnown(_ journal: any Journal) throws {
        let types: [EventType] = [
            .bar, .quote, .trade, .predictionRecorded, .dividendDeclared, .splitApplied,
            .dividendScheduled, .rateObserved,
        ]
        var last = Timestamp(nanoseconds: .min)
        var known: [[UInt8]] = []
        try journal.forEachRecord(from: .first, filter: EventFilter(types)) { record in
            if record.time > last { known = [] }
            last = record.time
            known.append(Array(record.bytes))
            return true
        }
        for source in sources { try source.skip(before: last, knownAt: &known) }
    }

    /// Merges the sources by time; at equal times, the source named first goes first. Rates after the last row
    /// of data wait for a run that continues this one.
    private func feed(
        _ sequencer: inout Sequencer, _ interlude: Interlude?, _ progress: (Progress) -> Void,
        _ shouldStop: () -> Bool
    ) throws -> Bool {
        var nextLook: UInt64 = 0
        while let source = InputSource.earliest(of: sources),
            sources.contains(where: { !$0.isOfRates && $0.nextTime != nil })
        {
            if let interlude, let time = source.nextTime {
                try interlude.body(&sequencer, time)
                if shouldStop() { return true }
            }
            try source.deliver(
                before: secondTime(besides: source), atMost: interlude?.inputs ?? 65_536,
                to: &sequencer)
            guard sequencer.engine.inputs >= nextLook else { continue }
            nextLook = sequencer.engine.inputs + 65_536
            progress(Progress(inputs: sequencer.engine.inputs, time: sequencer.engine.lastTime))
            if shouldStop() { return true }
        }
        return false
    }

    private func secondTime(besides chosen: InputSource) -> Timestamp {
        var earliest = Timestamp(nanoseconds: .max)
        for source in sources where source !== chosen {
            if let time = source.nextTime { earliest = min(earliest, time) }
        }
        return earliest
    }
}
