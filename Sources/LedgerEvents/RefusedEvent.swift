import LedgerDomain

/// A signal or an order that was stopped: what `SignalRejected` and `IntentRejected` have in common.
public protocol RefusedEvent: Event, Hashable {
    var instrument: InstrumentID { get }
    var strategy: StrategyID { get }
    var side: Side { get }
    var refusal: Refusal { get }
    init(instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal)
}
