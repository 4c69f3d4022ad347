import LedgerDomain
import LedgerEvents

/// One reason not to trade, which stands until what it waits for happens.
///
/// A latch is told by its source, scope, strategy and instrument; there is one of each at most.
public struct Latch: Hashable, Sendable {
    public var source: LatchSource
    public var scope: LatchScope
    public var strategy: StrategyID
    public var instrument: InstrumentID
    public var effect: LatchEffect
    public var clears: ClearRule
    public var since: Timestamp
    /// Its `LatchEngaged`.
    public var sequence: SequenceNumber
    public var limit: Money
    public var value: Money
    public var actor: String
    public var reason: String

    public init(_ event: LatchEngaged, at time: Timestamp, sequence: SequenceNumber) {
        (source, scope, strategy) = (event.source, event.scope, event.strategy)
        (instrument, effect, clears) = (event.instrument, event.effect, event.clears)
        (since, self.sequence) = (time, sequence)
        (limit, value) = (event.limit, event.value)
        (actor, reason) = (event.actor, event.reason)
    }
}
