/// A table of the state of a journal that two moments can be compared by.
public enum ProjectionView: String, CaseIterable, Sendable {
    case positions, orders, counts, equity, pnl, mode, gate, drawdown, risk, reconciliation
    case funnel, health, config

    /// The columns that say which row is which; none for a table of one row.
    var keys: [String] {
        switch self {
        case .positions: ["account", "strategy", "symbol"]
        case .orders: ["order"]
        case .counts: ["what"]
        case .equity: ["account"]
        case .pnl: ["account", "span"]
        case .mode, .drawdown: []
        case .gate: ["source", "scope"]
        case .risk: ["setting"]
        case .reconciliation: ["kind"]
        case .funnel, .health: ["strategy"]
        case .config: ["key"]
        }
    }

    /// As `ledger project` prints it, positions that were closed included.
    public func table(_ tables: inout ProjectionTables) throws -> Table {
        switch self {
        case .positions: try tables.positions(includesClosed: true)
        case .orders: try tables.orders()
        case .counts: try tables.counts()
        case .equity: try tables.equity()
        case .pnl: try tables.profit()
        case .mode: try tables.mode()
        case .gate: try tables.gate()
        case .drawdown: try tables.drawdown()
        case .risk: try tables.limits()
        case .reconciliation: try tables.reconciliations()
        case .funnel: try tables.funnel()
        case .health: try tables.health()
        case .config: try tables.settings()
        }
    }

    /// What a row is about: its keys in one text. The day of a profit is "day", whichever it is, so that
    /// two days can be compared.
    public func subject(_ row: [String?], of table: Table) -> String {
        let cells = keys.compactMap { key -> String? in
            let cell = table.index(key).flatMap { row[$0] }
            return self == .pnl && key == "span" && cell != "total" ? "day" : cell
        }
        return cells.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether a column is compared: it is no key, or one that `subject` does not tell in full.
    func compares(_ column: String) -> Bool { !keys.contains(column) || self == .pnl }
}
