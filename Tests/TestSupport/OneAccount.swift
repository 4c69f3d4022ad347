import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// The state of the one account of most tests.
extension Engine {
    public var account: AccountID { main.account }
    public var orders: OrderRegister { main.orders }
    public var gate: TradingGate { main.gate }
    public var stop: DrawdownStop { main.stop }
    public var rules: SafetyRules { main.rules }
    public var filters: VenueFilterBook { main.filters }
    public var isRemote: Bool { main.isRemote }
    public var holdings: ForeignHoldings { main.holdings }
    public var snapshots: VenueSnapshotCollector { main.snapshots }
    public var activities: AccountActivities { main.activities }
    public var history: RecalledHistory { main.history }
    public var standing: LedgerStanding { main.standing }
    public var unprotected: [AccountEngine.Unprotected] { main.unprotected }
    public var limitUsage: [LimitUsage] { main.limitUsage }
    public var unanswered: (orders: Int, cancels: Int) { main.unanswered }
    public var ordersMissingFills: [Order] { main.ordersMissingFills }
    public var reconciliationRules: ReconciliationRules { main.reconciliationRules }

    public func awaited(_ order: OrderID) -> (cancel: EndReason?, replace: ReplaceIntended?) {
        main.awaited(order)
    }
    public func isHeldBack(_ order: OrderID) -> Bool { main.isHeldBack(order) }
    public func protection(of position: Position) -> AccountEngine.Protection {
        main.protection(of: position)
    }
    public func daysWithData(_ instrument: InstrumentID) -> Int { main.daysWithData(instrument) }
    public func lastData(_ instrument: InstrumentID) -> Timestamp { main.lastData(instrument) }
    public func problem(with command: OperatorCommand) -> String? { main.problem(with: command) }
    public func problem(with event: OperatorCommanded) -> String? { main.problem(with: event) }
}
