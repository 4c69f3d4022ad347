import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What became of the entry signals of the last run, by strategy, stage, reason and symbol (F01 to
/// F03, F08); and whether every signal, including exits, had exactly one outcome (L06).
public struct SignalFunnel: Projection, Hashable {
    public static let name = "funnel"
    public static let version: UInt32 = 2
    public static let types: [EventType] = [
        .runStarted, .runEnded, .signalGenerated, .signalRejected, .intentRejected, .orderIntended,
        .refusalRepeated,
    ]

    /// The entry signals of one strategy.
    public struct Counts: Hashable, Sendable {
        public var strategy: StrategyID
        public var raw: UInt64 = 0
        public var executed: UInt64 = 0
        public var rejections: [Rejection] = []

        /// How many were stopped at a stage.
        public func dropped(_ stage: SignalStage) -> UInt64 {
            rejections.reduce(0) { $0 + ($1.reason.stage == stage ? $1.count : 0) }
        }

        /// How many remain after a stage; never more than before it.
        public func after(_ stage: SignalStage) -> UInt64 {
            raw
                - SignalStage.allCases.prefix(stage.rawValue + 1).reduce(0) { $0 + dropped($1) }
        }
    }

    /// The signals of one symbol that one rule stopped.
    public struct Rejection: Hashable, Sendable {
        public var reason: RejectionReason
        public var instrument: InstrumentID
        public var count: UInt64
        /// The last of them.
        public var sequence: SequenceNumber
        public var limit: Measure
        public var value: Measure
    }

    /// `MODE-NAME-SEQUENCE` of the run's start; empty before the first run.
    public private(set) var run = ""
    public private(set) var startedAt = Timestamp.zero
    public private(set) var hasEnded = false
    /// In ascending order of strategy.
    public private(set) var counts: [Counts] = []
    /// Signals of all runs without an outcome or with several.
    public private(set) var violations: [SequenceNumber] = []
    private var pending: SequenceNumber = .none
    private var isEntry = false
    /// The run's first event. What was counted in the chains of an earlier run is that run's.
    private var start = SequenceNumber.none

    public init() {}

    public var executed: UInt64 { counts.reduce(0) { $0 + $1.executed } }
    public var raw: UInt64 { counts.reduce(0) { $0 + $1.raw } }

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) {
            switch record.type {
            case .runStarted: begin(try RunStarted(record), record)
            case .runEnded:
                settle()
                hasEnded = true
            case .signalGenerated: generate(try SignalGenerated(record), record.sequence)
            case .signalRejected:
                let event = try SignalRejected(record)
                reject(event.refusal, event.strategy, event.instrument, record)
            case .intentRejected:
                let event = try IntentRejected(record)
                reject(event.refusal, event.strategy, event.instrument, record)
            case .orderIntended: intend(try OrderIntended(record), record)
            case .refusalRepeated: repeated(try RefusalRepeated(record), record)
            default: break
            }
        } catch { throw .record(error) }
    }

    private mutating func begin(_ event: RunStarted, _ record: Record) {
        settle()
        run = "\(event.mode)-\(event.name)-\(record.sequence)"
        startedAt = record.time
        (hasEnded, counts) = (false, [])
        start = record.sequence
    }

    /// A signal without an outcome when the next one arrives never gets one, because each is
    /// decided at once.
    private mutating func settle() {
        if pending != .none { violate(pending) }
        pending = .none
    }

    private mutating func violate(_ sequence: SequenceNumber) {
        if violations.count < 100 { violations.append(sequence) }
    }

    private mutating func generate(_ event: SignalGenerated, _ sequence: SequenceNumber) {
        settle()
        pending = sequence
        isEntry = event.purpose == .entry
        if isEntry { counts[place(event.strategy)].raw += 1 }
    }

    private mutating func reject(
        _ refusal: Refusal, _ strategy: StrategyID, _ instrument: InstrumentID, _ record: Record
    ) {
        guard end(record.correlation) else {
            // A chain that begins with the input at hand or earlier is a client's or an operator's
            // request, or a later change of an order: no signal of this step ends with it.
            if record.correlation > record.cause { violate(record.correlation) }
            return
        }
        guard isEntry else { return }
        count(1, refusal, strategy, instrument, record.sequence)
    }

    /// Each of these signals had its one outcome.
    private mutating func repeated(_ event: RefusalRepeated, _ record: Record) {
        guard event.purpose == .entry, record.correlation > start else { return }
        let count = UInt64(event.count)
        counts[place(event.strategy)].raw += count
        self.count(count, event.refusal, event.strategy, event.instrument, record.sequence)
    }

    private mutating func count(
        _ more: UInt64, _ refusal: Refusal, _ strategy: StrategyID, _ instrument: InstrumentID,
        _ sequence: SequenceNumber
    ) {
        let place = place(strategy)
        let known = counts[place].rejections.firstIndex {
            $0.reason == refusal.reason && $0.instrument == instrument
        }
        if let known {
            counts[place].rejections[known].count += more
            counts[place].rejections[known].sequence = sequence
            counts[place].rejections[known].limit = refusal.limit
            counts[place].rejections[known].value = refusal.value
        } else {
            counts[place].rejections.append(
                Rejection(
                    reason: refusal.reason, instrument: instrument, count: more,
                    sequence: sequence, limit: refusal.limit, value: refusal.value))
        }
    }

    private mutating func intend(_ event: OrderIntended, _ record: Record) {
        // Exits that protect a fill, and sales of a panic, follow from no signal.
        guard event.parent == .none, record.correlation == pending, pending != .none else { return }
        pending = .none
        if isEntry { counts[place(event.strategy)].executed += 1 }
    }

    /// Whether the signal was still undecided.
    private mutating func end(_ sequence: SequenceNumber) -> Bool {
        guard sequence == pending, pending != .none else { return false }
        pending = .none
        return true
    }

    private mutating func place(_ strategy: StrategyID) -> Int {
        if let known = counts.firstIndex(where: { $0.strategy == strategy }) { return known }
        let place = counts.firstIndex { $0.strategy > strategy } ?? counts.count
        counts.insert(Counts(strategy: strategy), at: place)
        return place
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(run)
        writer.write(startedAt)
        writer.write(hasEnded)
        writer.write(pending)
        writer.write(isEntry)
        writer.write(violations) { $0.write($1) }
        writer.write(counts) { writer, counts in
            writer.write(counts.strategy)
            writer.write(counts.raw)
            writer.write(counts.executed)
            writer.write(counts.rejections) { writer, rejection in
                writer.write(rejection.reason)
                writer.write(rejection.instrument)
                writer.write(rejection.count)
                writer.write(rejection.sequence)
                writer.write(rejection.limit)
                writer.write(rejection.value)
            }
        }
        writer.write(start)
    }

    /// Version 1 knew the run's first event by the run's name alone.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        var reader = StateReader(bytes)
        guard version == 1, let run: String = try? reader.read() else { return nil }
        let number = run.split(separator: "-").last.flatMap { UInt64($0) }
        var writer = StateWriter()
        writer.write(SequenceNumber(number ?? 0))
        return bytes + writer.bytes
    }

    public init(from reader: inout StateReader) throws(StateError) {
        run = try reader.read()
        startedAt = try reader.read()
        hasEnded = try reader.read()
        pending = try reader.read()
        isEntry = try reader.read()
        violations = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        counts = try reader.readArray { (reader) throws(StateError) in
            var counts = Counts(strategy: try reader.read())
            counts.raw = try reader.read()
            counts.executed = try reader.read()
            counts.rejections = try reader.readArray { (reader) throws(StateError) in
                Rejection(
                    reason: try reader.read(), instrument: try reader.read(),
                    count: try reader.read(), sequence: try reader.read(),
                    limit: try reader.read(), value: try reader.read())
            }
            return counts
        }
        start = try reader.read()
    }
}
