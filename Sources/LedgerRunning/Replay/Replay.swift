import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

/// Runs a journal's inputs through a new engine and compares its decisions with the journaled ones,
/// byte for byte.
///
/// It does not use `RunOpening`: the recorded opening is among the inputs and must be stepped as it is.
///
/// The engine follows the rules that the journal declares, so a journal of older rules gives the same
/// events. It can follow the newest rules instead, to show what they change.
public struct Replay {
    /// The first event that differs from what the engine derives.
    public struct Divergence: Sendable {
        /// Where the journal has it or would have it.
        public var sequence: SequenceNumber
        public var cause: SequenceNumber
        /// One JSON line each; nil if that side has no event.
        public var journaled: String?
        public var derived: String?
        public var causeLine: String?
    }

    public struct Result: Sendable {
        public var inputs: UInt64 = 0
        public var compared: UInt64 = 0
        public var divergence: Divergence?
        public var last = SequenceNumber.none
        /// The oldest rules under which one of the events was derived.
        public var recordedRules = RulesVersion.newest
        /// The build recorded in the journal, if it differs from this program.
        public var otherBuild: String?
        public var engine: Engine
    }

    private let journal: any Journal

    public init(_ journal: any Journal) { self.journal = journal }

    /// - Parameters:
    ///   - from: the first event to replay. The engine is restored to just before it.
    ///   - through: the last event; nil for all.
    ///   - rules: the rules to follow if the journal declares older ones. Definitions and digests are
    ///     then not compared, because they are not decisions.
    ///   - each: called with each event as it is replayed.
    public func run(
        from: SequenceNumber, through: SequenceNumber? = nil, under rules: RulesVersion? = nil,
        each: (Record) throws -> Void = { _ in }, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> Result {
        let start = try StepStart.input(of: from, in: journal)
        var state = State(
            engine: try EngineRestorer.engine(
                of: journal, through: SequenceNumber(start.number - 1)))
        var declared = state.engine.rulesVersion
        if let rules { try state.engine.follow(rules) }
        state.comparesAll = rules == nil
        var result = Result(engine: state.engine)
        result.otherBuild = try otherBuild()
        try journal.forEachRecord(from: start, through: through) { record in
            try each(record)
            result.last = record.sequence
            if record.sequence.number % 65_536 == 0 { progress(record.sequence) }
            if record.isInput {
                result.divergence = try missing(&state, before: record.sequence)
                guard result.divergence == nil else { return false }
                result.inputs += 1
                if record.type == .rulesDeclared {
                    try declared.follow(RulesDeclared(record), record.sequence)
                }
                try step(&state, record)
            } else {
                result.compared += 1
                result.recordedRules = min(result.recordedRules, declared)
                result.divergence = try compare(record, &state)
            }
            return result.divergence == nil
        }
        let head = try journal.head.lastSequence
        if result.divergence == nil, (through ?? head) >= head {
            result.divergence = try missing(&state, before: result.last.next)
        }
        result.engine = state.engine
        return result
    }

    private struct State: ~Copyable {
        var engine: Engine
        var step = Step(next: .first)
        /// The derived event that the journal must have next.
        var expected = SequenceNumber.none
        var failure: String?
        var comparesAll = true
    }

    private func step(_ state: inout State, _ record: Record) throws {
        state.step.removeAll(after: record.sequence)
        state.expected = record.sequence.next
        state.failure = nil
        do throws(EngineError) { try state.engine.step(record, in: &state.step) } catch {
            state.failure = "\(error)"
        }
    }

    private func compare(_ record: Record, _ state: inout State) throws -> Divergence? {
        guard let derived = state.step.batch.record(record.sequence),
            record.sequence == state.expected
        else {
            return try divergence(
                at: record.sequence, cause: record.cause, journaled: record, derived: nil)
        }
        state.expected = record.sequence.next
        let isPassedOver =
            !state.comparesAll && record.type == derived.type
            && record.type.map(StepComparison.passedOver.contains) == true
        guard isPassedOver || record.bytes.elementsEqual(derived.bytes) else {
            return try divergence(
                at: record.sequence, cause: record.cause, journaled: record, derived: derived)
        }
        return nil
    }

    /// What the engine derived but the journal lacks before its next input.
    private func missing(
        _ state: inout State, before sequence: SequenceNumber
    ) throws -> Divergence? {
        guard state.expected != .none, state.expected < state.step.batch.nextSequence,
            let derived = state.step.batch.record(state.expected)
        else { return nil }
        return try divergence(at: sequence, cause: derived.cause, journaled: nil, derived: derived)
    }

    private func divergence(
        at sequence: SequenceNumber, cause: SequenceNumber, journaled: Record?, derived: Record?
    ) throws -> Divergence {
        let names: NameBook = try ProjectionReader.fold(of: journal)
        func line(_ record: Record?) throws -> String? {
            guard let record else { return nil }
            var writer = JSONLineWriter(names: names)
            var bytes: [UInt8] = []
            try writer.append(record, to: &bytes)
            return String(decoding: bytes.dropLast(), as: UTF8.self)
        }
        var causeLine: String?
        if cause != .none {
            try journal.forEachRecord(from: cause, through: cause) { record in
                causeLine = try line(record)
                return false
            }
        }
        return Divergence(
            sequence: sequence, cause: cause, journaled: try line(journaled),
            derived: try line(derived), causeLine: causeLine)
    }

    private func otherBuild() throws -> String? {
        var build: String?
        let begin = try journal.beginning
        try journal.forEachRecord(from: begin, filter: EventFilter([.configurationLoaded])) {
            build = try ConfigurationLoaded($0).build
            return true
        }
        return build == Build.identity ? nil : build
    }
}
