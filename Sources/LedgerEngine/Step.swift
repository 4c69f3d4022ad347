import LedgerDomain
import LedgerEvents

/// An intent and the event that it became.
public struct SentIntent: Hashable, Sendable {
    public var intent: IntentID
    public var sequence: SequenceNumber
}

/// One input at hand and everything that is derived from it.
///
/// The caller of `Engine.step` owns the value and reuses it for every input, so that a step allocates
/// nothing. It is not part of the engine's state.
public struct Step: ~Copyable {
    /// Takes what is derived; holds the input too where the caller appended it here.
    public var batch: Batch
    /// The intents decided since the caller last took them away: a journal keeps each once.
    public var sent: [SentIntent] = []

    /// The input at hand: the cause of everything that is derived from it.
    public private(set) var sequence = SequenceNumber.none
    /// The input's event time, which everything derived from it bears too.
    public private(set) var time = Timestamp.zero
    /// When the input was recorded; nil where that is its event time.
    public private(set) var recordTime: Timestamp?
    /// The account whose events are derived.
    var account = AccountID.none
    /// The first event of the chain to which the decision at hand belongs.
    var chain = SequenceNumber.none

    /// What the strategy asked last wants; empty between two strategies.
    var decisions = Decisions()

    /// - Parameter next: the sequence of the first event that is appended.
    public init(next: SequenceNumber) { batch = Batch(next: next) }

    /// What made the order at hand smaller; journaled after its signal.
    var reductions: [SizeAdjusted] = []

    // MARK: The input at hand

    /// Appends an input to the batch and makes it the one at hand.
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

    /// Makes an input that is in the batch or in a journal the one at hand.
    @inline(__always)
    mutating func begin(_ input: Record) {
        sequence = input.sequence
        time = input.time
        recordTime = input.hasRecordTime ? input.recordTime : nil
    }

    /// Forgets everything and begins anew behind an input of a journal that is stepped again.
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

    /// Appends a derived event of the chain at hand.
    @discardableResult
    mutating func emitInChain(_ event: some Event) throws(EngineError) -> SequenceNumber {
        try emit(event, correlation: chain)
    }
}
