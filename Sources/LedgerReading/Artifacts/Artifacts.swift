import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// The files that operators and their scripts read, computed from the journal: the same journal
/// gives the same bytes, at any time and place (B22). Names and contents contain only event times.
public struct Artifacts: Follower {
    /// A file's path below the directory, and its bytes.
    public struct File: Hashable, Sendable {
        public var path: String
        /// Empty for a file that must not be there.
        public var bytes: [UInt8]
        /// Where the bytes begin in a log, which grows; nil for a whole file. It counts from the first
        /// event that was read.
        public var offset: UInt64?
        /// The lines of a log's bytes.
        public var lines: [Line] = []

        /// A log's bytes without the lines of events through `event`.
        public func after(_ event: SequenceNumber) -> File {
            guard let first = lines.firstIndex(where: { $0.event > event }), first > 0 else {
                return lines.last.map { $0.event <= event } ?? true
                    ? File(path: path, bytes: [], offset: offset) : self
            }
            let skipped = lines[first - 1].end
            var rest = self
            rest.bytes.removeFirst(skipped)
            rest.offset = offset.map { $0 + UInt64(skipped) }
            rest.lines = lines[first...].map { Line(event: $0.event, end: $0.end - skipped) }
            return rest
        }
    }

    /// A line of a log: its event, and where it ends in the bytes.
    public struct Line: Hashable, Sendable {
        public var event: SequenceNumber
        public var end: Int

        public init(event: SequenceNumber, end: Int) { (self.event, self.end) = (event, end) }
    }

    public static let types: [EventType]? =
        [
            .healthChecked, .orderSubmitted, .sizeAdjusted, .instrumentDefined, .accountDefined,
            .strategyDefined,
        ] + RunLines.types + SignalFunnel.types + StrategyHealth.types

    /// Kept in memory with the folds: a new instance starts at the first event and produces the same
    /// bytes. How far they were written is kept by whoever writes them.
    public private(set) var position = SequenceNumber.none
    private var names = NameBook()
    private var funnel = SignalFunnel()
    /// The run before, and where the present one began. What a killed run had only counted is journaled when the
    /// next one starts.
    private var former: (funnel: SignalFunnel, end: SequenceNumber)?
    private var health = StrategyHealth()
    private var settings = Settings([])
    private var lines = EventLines()
    private var logs = LogFiles()
    private var days = AccountCalendar()
    private var lastWeek = Int64.min
    private var hasStrategies = false
    private let sink: (File) throws -> Void

    /// Starts at the first event of a journal. Of a pruned one that is the first event that is left; the
    /// folds are those that the pruning kept.
    ///
    /// - Parameter sink: receives each file, and a log piece by piece.
    public init(of journal: any Journal, _ sink: @escaping (File) throws -> Void) throws {
        self.sink = sink
        guard let pruned = try journal.pruned?.lastSequence else { return }
        names = try ProjectionReader.fold(of: journal, through: pruned)
        funnel = try ProjectionReader.fold(of: journal, through: pruned)
        health = try ProjectionReader.fold(of: journal, through: pruned)
        let engine = try EngineRestorer.engine(of: journal, through: pruned)
        settings = engine.settings
        days = health.calendar
        lastWeek = Self.week(of: days.day(of: engine.lastTime).number)
        hasStrategies = !names.strategies.isEmpty
        try logs.begin(run: funnel.run, sink)
        position = pruned
    }

    /// Produces every artifact of a journal, each once and always in the same order.
    ///
    /// Memory holds the folds and some lines.
    public static func build(
        _ journal: any Journal, _ sink: @escaping (File) throws -> Void
    ) throws {
        var artifacts = try Artifacts(of: journal, sink)
        try artifacts.follow(journal)
        try artifacts.close()
    }

    public mutating func apply(_ record: Record) throws {
        if let type = record.type, NameBook.types.contains(type) { try names.remember(record) }
        hasStrategies = hasStrategies || record.type == .strategyDefined
        // Weeks start on Mondays of the account's calendar; the summary describes the moment before.
        try days.apply(record)
        let day = days.day(of: record.time).number
        let week = Self.week(of: day)
        if week > lastWeek, lastWeek != .min, hasStrategies {
            try sink(HealthArtifact.file(health, names, day: week * 7 - 3 - 1))
        }
        lastWeek = max(lastWeek, week)
        if record.type == .runStarted {
            try endRun()
            former = (funnel, record.sequence)
        }
        try funnel.apply(record)
        if record.type == .refusalRepeated { try completeFormer(record) }
        if record.type == .runStarted { try logs.begin(run: funnel.run, sink) }
        try log(record)
        try health.apply(record)
        if record.type == .configurationLoaded {
            settings = Settings(text: try ConfigurationLoaded(record).settings)
        }
        if let file = try DrawdownArtifacts.file(record, settings, names) { try sink(file) }
        try lines.add(record, on: day, names, funnel.run, sink)
    }

    private static func week(of day: Int64) -> Int64 { (day + 3).floorDivided(by: 7) }

    private mutating func log(_ record: Record) throws {
        guard let type = record.type, RunLines.types.contains(type) else { return }
        try logs.add(
            try RunLines.line(record, EventText(names)), of: record.sequence,
            isTrade: type == .orderFilled, isTrouble: try LogSeverity.of(record) > .info, sink)
    }

    public mutating func finish(through sequence: SequenceNumber) { position = sequence }

    private func endRun() throws {
        guard !funnel.run.isEmpty else { return }
        for file in FunnelArtifacts.files(funnel, names) { try sink(file) }
    }

    /// Adds a sum of the run before to the files of that run.
    private mutating func completeFormer(_ record: Record) throws {
        guard let former, record.correlation < former.end, !former.funnel.run.isEmpty else {
            return
        }
        var funnel = former.funnel
        try funnel.apply(record)
        self.former = (funnel, former.end)
        for file in FunnelArtifacts.files(funnel, names) { try sink(file) }
    }

    /// Produces the lines so far.
    public mutating func flush() throws {
        try lines.flush(sink)
        try logs.flush(sink)
    }

    /// Produces the files of the last run, week and day as they are now, and the lines so far.
    public mutating func close() throws {
        try endRun()
        if hasStrategies {
            var file = HealthArtifact.file(health, names, day: health.today)
            file.path = "artifacts/health/strategy_health_summary_latest.json"
            try sink(file)
        }
        try flush()
    }

    /// `2020-02-28T05:00:00Z` as `20200228_050000`.
    static func stamp(_ time: Timestamp) -> String {
        let text = time.description
        return text.prefix(19).filter { $0 != "-" && $0 != ":" }
            .replacing("T", with: "_")
    }

    /// A name that is safe in a path: letters, digits, dots and dashes; anything else becomes an
    /// underscore.
    package static func fileName(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar -> Character in
                let isPlain =
                    scalar.isASCII
                    && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                        || scalar == "-" || scalar == ".")
                return isPlain ? Character(scalar) : "_"
            })
    }
}
