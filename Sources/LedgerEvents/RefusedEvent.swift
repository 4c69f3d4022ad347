import LedgerDomain

/// A stopped signal or order: common to `SignalRejected` and `IntentRejected`.
public protocol RefusedEvent: Event, Hashable {
    var instrument: InstrumentID { get }
    var strategy: StrategyID { get }
    var side: Side { get }
    var refusal: Refusal { get }
    init(instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal)
}
