import LedgerDomain
import LedgerEvents

/// An intent and the event that it became.
public struct SentIntent: Hashable, Sendable {
    public var intent: IntentID
    public var sequence: SequenceNumber
}

/// The current input and everything that is derived from it.
///
/// The caller of `Engine.step` owns the value and reuses it for every input, so that a step allocates
/// nothing. It is not part of the engine's state.
public struct Step: ~Copyable {
    /// Receives the derived events; also holds the input if the caller appended it here.
    public var batch: Batch
    /// The intents decided since the caller last removed them. A journal stores each once.
    public var sent: [SentIntent] = []

    /// The current input: the cause of everything that is derived from it.
    public private(set) var sequence = SequenceNumber.none
    /// The input's event time, which all derived events have too.
    public private(set) var time = Timestamp.zero
    /// When the input was recorded; nil if that is its event time.
    public private(set) var recordTime: Timestamp?
    /// The account whose events are derived.
    var account = AccountID.none
    /// The first event of the current decision's chain.
    var chain = SequenceNumber.none

    /// The decisions of the strategy that was asked last; empty between two strategies.
    var decisions = Decisions()

    /// - Parameter next: the sequence of the first event that is appended.
    public init(next: SequenceNumber) { batch = Batch(next: next) }

    /// What made the current order smaller; journaled after its signal.
    var reductions: [SizeAdjusted] = []

    // MARK: The input at hand

    /// Appends an input to the batch and makes it the current one.
    @inline(__always)
    @discardableResult
    public mutating func append(
        _ input: some Event, _ envelope: Envelope
    ) throws(NumberError) -> SequenceNumber {
        sequence = try batch.append(input, envelope)
        time = envelope.time
        recordTime = envelope.recordTime
        return sequence
    }

    /// Makes an input that is in the batch or in a journal the current one.
    @inline(__always)
    mutating func begin(_ input: Record) {
        sequence = input.sequence
        time = input.time
        recordTime = input.hasRecordTime ? input.recordTime : nil
    }

    /// Forgets everything and starts again after an input of a journal that is stepped again.
    public mutating func removeAll(after input: SequenceNumber) {
        batch.removeAll(next: input.next)
        sent.removeAll(keepingCapacity: true)
    }

    /// Forgets the events from `sequence` on, with the intents among them.
    public mutating func truncate(to sequence: SequenceNumber) {
        batch.truncate(to: sequence)
        sent.removeAll { $0.sequence >= sequence }
    }

    // MARK: What is derived

    /// Appends a derived event.
    ///
    /// - Parameter correlation: the first event of the chain that the event belongs to.
    @discardableResult
    mutating func emit(
        _ event: some Event, account: AccountID? = nil, correlation: SequenceNumber = .none
    ) throws(EngineError) -> SequenceNumber {
        do {
            return try batch.append(
                event,
                Envelope(
                    account: account ?? self.account, time: time, cause: sequence,
                    correlation: correlation, recordTime: recordTime))
        } catch { throw .number(error) }
    }

    /// Appends a derived event of the current chain.
    @discardableResult
    mutating func emitInChain(_ event: some Event) throws(EngineError) -> SequenceNumber {
        try emit(event, correlation: chain)
    }
}
