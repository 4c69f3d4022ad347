import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// All projections of this package. Checkpoints, verification, pruning, `ledger project` and
/// `ledger diff` read this list, so a projection listed here takes part in all of them.
package enum ProjectionRegister {
    package static let all: [RegisteredProjection] = [
        .kept(
            PositionBook.self, { $0.profit.positions },
            ProjectionView("positions", keys: ["account", "strategy", "symbol"]) {
                try $0.positions(includesClosed: true)
            },
            ProjectionView("exposure", keys: ["level", "name", "currency"]) { try $0.exposure() }),
        .kept(
            OrderRegister.self, { OrderRegister(merging: $0.accounts.map(\.orders)) },
            ProjectionView("orders", keys: ["order"]) { try $0.orders() },
            ProjectionView("counts", keys: ["what"]) { try $0.counts() }),
        .kept(
            EquityBook.self, { $0.profit.equity },
            ProjectionView("equity", keys: ["account"]) { try $0.equity() },
            ProjectionView(
                "balances", keys: ["account", "currency"],
                compared: { try $0.balances(includesOwn: false) }
            ) { try $0.balances(includesOwn: true) },
            ProjectionView("margin", keys: ["account"]) { try $0.margin() },
            ProjectionView("funding", keys: ["account", "part"]) { try $0.funding() }),
        .kept(
            ProfitAndLoss.self, { $0.profit },
            ProjectionView("pnl", keys: ["account", "span"], sameAcrossDays: "span") {
                try $0.profit()
            }),
        .kept(
            NameBook.self, { $0.names },
            ProjectionView("instruments", keys: ["symbol"]) { $0.instruments() }),
        .kept(
            ByAccount<TradingGate>.self, { ByAccount($0.accounts.map { ($0.account, $0.gate) }) },
            ProjectionView("mode", keys: ["account"]) { try $0.mode() },
            ProjectionView("gate", keys: ["account", "source", "scope"]) { try $0.gate() }),
        .kept(
            ByAccount<DrawdownStop>.self, { ByAccount($0.accounts.map { ($0.account, $0.stop) }) },
            ProjectionView("drawdown", keys: ["account"]) { try $0.drawdown() }),
        .beside(
            ByAccount<ReconciliationLog>.self,
            ProjectionView("reconciliation", keys: ["account", "kind"]) { try $0.reconciliations() }
        ),
        .kept(
            ByAccount<ForeignHoldings>.self,
            { ByAccount($0.accounts.map { ($0.account, $0.holdings) }) },
            ProjectionView("holdings", keys: ["account", "symbol"]) { try $0.holdings() }),
        .beside(
            SignalFunnel.self,
            ProjectionView("funnel", keys: ["strategy"]) { try $0.funnel() }),
        .beside(
            StrategyHealth.self,
            ProjectionView("health", keys: ["strategy"]) { try $0.health() }),
    ]

    /// Tables of what only the engine knows.
    private static let ofEngine = [
        ProjectionView("risk", keys: ["account", "setting"]) { try $0.limits() },
        ProjectionView("config", keys: ["key"]) { try $0.settings() },
    ]

    /// All tables, in the order in which `ledger diff` compares them.
    package static let views = all.flatMap(\.views) + ofEngine

    /// The projections that the engine does not maintain.
    package static let besideEngine = all.filter { !$0.isKept }
}
