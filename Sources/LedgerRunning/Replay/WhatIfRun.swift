import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSettings

/// The second run of a what-if: recorded inputs stepped with other settings, each step compared with what
/// was derived of the same input when it was recorded.
struct WhatIfRun: ~Copyable {
    private(set) var engine: Engine
    private(set) var comparison: StepComparison
    private(set) var inputs: UInt64 = 0
    private let scratch: any Journal
    private let settings: Settings
    /// What waits to be committed.
    private var batch = Batch(next: .first)
    /// What came of the last input, here and when it was recorded.
    private var step = Step(next: .first)
    private var recorded = Batch(next: .first)
    /// The recorded input that both came of, and when.
    private var input: SequenceNumber
    private var time = Timestamp.zero

    /// - Parameters:
    ///   - engine: as it was after the recorded event `before`.
    ///   - names: of the recorded journal.
    init(
        _ engine: Engine, _ scratch: any Journal, after before: SequenceNumber, settings: Settings,
        limit: Int, names: NameBook
    ) {
        (self.engine, self.scratch, self.settings) = (engine, scratch, settings)
        comparison = StepComparison(limit: limit, names: names, open: engine.openOrders)
        input = before
    }

    /// Copies what was recorded before the first step, and gives the engine the settings unless
    /// they are already in force.
    mutating func begin(_ journal: any Journal) throws {
        guard input != .none else { return }
        try copy(journal, input)
        guard !engine.settings.pairs.isEmpty, engine.settings != settings else { return }
        if let problem = SettingsSchema.problem(with: settings) {
            throw InputError(problem.description)
        }
        if let problem = engine.problem(with: settings) { throw InputError(problem) }
        time = engine.lastTime
        try load(Envelope(time: time))
    }

    private mutating func copy(_ journal: any Journal, _ before: SequenceNumber) throws {
        var pending = Batch(next: .first)
        try journal.forEachRecord(from: .first, through: before) { record in
            pending.append(copying: record, instrument: record.instrument)
            if pending.byteCount > Backtest.commitBytes {
                try scratch.append(&pending)
                pending.removeAll(next: pending.nextSequence)
            }
            return true
        }
        try scratch.append(&pending)
        batch.removeAll(next: pending.nextSequence)
    }

    /// Takes the next recorded event: steps an input, keeps a derived event for comparison.
    mutating func apply(_ record: Record) throws {
        guard record.isInput else {
            recorded.append(copying: record, instrument: record.instrument)
            return
        }
        try compare()
        recorded.removeAll(next: record.sequence.next)
        (input, time) = (record.sequence, record.time)
        if record.type == .configurationLoaded { return try replace(record) }
        try step(record, batch.append(copying: record, instrument: record.instrument))
    }

    /// Replaces the first settings with the other ones. Later settings belong only to the recorded
    /// run; the other ones stay in force.
    private mutating func replace(_ record: Record) throws {
        guard engine.settings.pairs.isEmpty else { return }
        if Settings(text: try ConfigurationLoaded(record).settings) == settings {
            try step(record, batch.append(copying: record, instrument: record.instrument))
        } else {
            try load(
                Envelope(
                    time: record.time, recordTime: record.hasRecordTime ? record.recordTime : nil))
        }
    }

    private mutating func load(_ envelope: Envelope) throws {
        let loaded = ConfigurationLoaded(
            seed: try settings[RunKeys.seed], build: Build.identity,
            settings: settings.text)
        var single = Batch(next: batch.nextSequence)
        let sequence = try single.append(loaded, envelope)
        guard let record = single.record(sequence) else { return }
        try step(record, batch.append(copying: record, instrument: record.instrument))
    }

    private mutating func step(_ record: Record, _ sequence: SequenceNumber) throws {
        step.removeAll(after: sequence)
        inputs += 1
        var failure: EngineError?
        do throws(EngineError) {
            try engine.step(record.numbered(sequence), in: &step)
        } catch { failure = error }
        if let failure {
            throw InputError(
                "event \(record.sequence) cannot be processed with the other settings: \(failure)")
        }
        Self.append(step.batch, to: &batch)
        guard batch.byteCount > Backtest.commitBytes else { return }
        try commit()
    }

    private static func append(_ derived: borrowing Batch, to batch: inout Batch) {
        derived.forEachRecord(from: derived.firstSequence) { event in
            batch.append(copying: event, instrument: event.instrument)
        }
    }

    private mutating func compare() throws {
        try comparison.compare(
            recorded, with: step.batch, input: input, time: time, names: engine.names)
        step.removeAll(after: SequenceNumber(batch.nextSequence.number - 1))
    }

    private mutating func commit() throws {
        let next = batch.nextSequence
        try scratch.append(&batch)
        batch.removeAll(next: next)
    }

    /// Compares the last step and commits the rest.
    mutating func finish() throws {
        try compare()
        if batch.eventCount > 0 { try commit() }
    }
}
