import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

/// The numbers that a person looks at first.
struct BacktestReport {
    /// One number: its words for a person, and its key and value for a program.
    private struct Figure {
        let label: String
        let text: String?
        let column: Table.Column
        let value: String?
    }

    private let result: BacktestResult
    private let accounts: [AccountEngine]
    /// By account.
    private let curves: [EquityCurve]
    private let cover: DataCover
    private var figures: [Figure] = []
    /// The account that the figures are of, where there are several.
    private var prefix = ""
    /// What the data of each symbol lack.
    private var gaps: [(label: String, text: String?)] = []

    init(_ result: BacktestResult, _ journal: any Journal, named name: String) throws {
        self.result = result
        accounts = result.engine.accounts
        curves = try EquityCurve.all(of: journal, accounts: accounts.map(\.account))
        cover = try DataCover(of: journal)
        addRun(name)
        for (place, account) in accounts.enumerated() {
            prefix = accounts.count > 1 ? account.names.name(account.account) : ""
            if !prefix.isEmpty { addOrders(account.orders) }
            addProfit(account)
            addRatios(account, curves[place])
        }
        prefix = ""
        if let held = result.engine.profit.equity.heldPrices(result.engine.names) {
            add("prices held back", as: "held_prices", held)
        }
        addCover()
        add("state digest", as: "state_digest", result.engine.digest.hex)
    }

    func write(_ style: OutputStyle) throws {
        switch style.format {
        case .table, .csv:
            var table = Table([.init("figure"), .init("value", .decimal)])
            for figure in figures.dropLast() { table.add([figure.label, figure.text]) }
            for gap in gaps { table.add([gap.label, gap.text]) }
            for figure in figures.suffix(1) { table.add([figure.label, figure.text]) }
            try table.write(style)
        case .json, .jsonl:
            var table = Table(figures.map(\.column) + [.init("data_gaps", .list)])
            let missing = gaps.map { "\($0.label): \($0.text ?? "none")" }.joined(separator: "\n")
            table.add(figures.map(\.value) + [missing])
            try table.write(style)
        }
    }

    // MARK: The figures

    private mutating func add(
        _ label: String, as key: String, _ text: String?, _ kind: Table.Column.Kind = .text,
        value: String? = nil
    ) {
        let isOfOne = !prefix.isEmpty
        figures.append(
            Figure(
                label: isOfOne ? "\(prefix): \(label)" : label, text: text,
                column: .init(isOfOne ? "\(prefix).\(key)" : key, kind), value: value ?? text))
    }

    private mutating func add(_ label: String, as key: String, count: UInt64) {
        add(label, as: key, "\(count)", .number)
    }

    /// - Parameter share: 1 is 100 %.
    private mutating func add(_ label: String, as key: String, share: Double?) {
        add(
            label, as: key, Self.percent(share), .decimal,
            value: share.flatMap { Self.decimals($0, 6) }
        )
    }

    private mutating func addRun(_ name: String) {
        add("journal", as: "journal", name)
        add("from", as: "from", "\(result.first)")
        add("to", as: "to", "\(result.last)")
        if let warmup = result.warmup {
            add("bars of history", as: "history_bars", count: UInt64(warmup.bars))
        }
        add("inputs", as: "inputs", count: result.inputs)
        add("events", as: "events", count: result.events)
        if accounts.count == 1 { addOrders(accounts[0].orders) }
    }

    private mutating func addOrders(_ orders: OrderRegister) {
        add("signals", as: "signals", "\(orders.signals)", .number)
        add("refused intents", as: "refused_intents", "\(orders.rejectedIntents)", .number)
        let intended = orders.counts[Int(OrderState.intended.rawValue)]
        add("orders", as: "orders", "\(intended)", .number)
        add("fills", as: "fills", "\(orders.fills)", .number)
    }

    private mutating func addProfit(_ engine: AccountEngine) {
        let total = engine.profit.total(engine.account) ?? ProfitParts()
        func amount(_ label: String, as key: String, _ amount: Money) {
            add(label, as: key, total.isKnown ? "\(amount)" : Table.unknown, .decimal)
        }
        amount("deposits", as: "deposits", total.netDeposits)
        amount("final equity", as: "final_equity", total.equity)
        amount("realised profit", as: "realised_profit", total.realised)
        amount("unrealised profit", as: "unrealised_profit", total.unrealised)
        amount("dividends", as: "dividends", total.dividends)
        amount("fees", as: "fees", total.fees)
        if engine.profit.converts { amount("profit by rates", as: "rates", total.rates) }
        amount("net profit", as: "net_profit", total.net)
        if total.isKnown {
            add("return", as: "return", share: Self.ratio(total.equity, to: total.netDeposits))
        } else {
            add("return", as: "return", Table.unknown, .decimal)
        }
    }

    private mutating func addRatios(_ engine: AccountEngine, _ curve: EquityCurve) {
        guard engine.isEquityKnown else {
            for (label, key) in [
                ("annual growth (CAGR)", "annual_growth"),
                ("Sharpe ratio of daily returns", "sharpe_ratio"),
                ("largest drawdown", "largest_drawdown"),
            ] { add(label, as: key, Table.unknown, .decimal) }
            return
        }
        add("annual growth (CAGR)", as: "annual_growth", share: curve.growthPerYear)
        add(
            "Sharpe ratio of daily returns", as: "sharpe_ratio", Self.decimals(curve.sharpeRatio),
            .decimal)
        if let days = curve.days, days < 365 {
            add("annualised from", as: "days", "\(days) days", .number, value: "\(days)")
        }
        add(
            "largest drawdown", as: "largest_drawdown",
            share: engine.profit.equity[engine.account].map { -$0.maximumDrawdown })
    }

    /// Days on which a symbol should have had data and had none.
    private mutating func addCover() {
        let missing = cover.symbols.reduce(0) { $0 + $1.missing }
        add("sessions without data", as: "sessions_without_data", "\(missing)", .number)
        for symbol in cover.symbols {
            let name = symbol.instrument.symbol
            if !symbol.holes.isEmpty { addHoles(symbol, name) }
            if symbol.missingAtEnd > 0 { addEnd(symbol, name) }
        }
    }

    private mutating func addHoles(_ symbol: DataCover.Symbol, _ name: String) {
        guard let longest = symbol.holes.max(by: { $0.sessions < $1.sessions }),
            let widest = symbol.holes.max(by: { $0.jump.magnitude < $1.jump.magnitude })
        else { return }
        gaps += [
            ("\(name) sessions without data", "\(symbol.missing)"),
            ("\(name) longest hole", "\(longest.sessions)"),
            ("\(name) longest hole after", "\(longest.from)"),
            ("\(name) jump over a hole", Self.percent(widest.jump)),
            ("\(name) jump at", "\(widest.to)"),
        ]
    }

    private mutating func addEnd(_ symbol: DataCover.Symbol, _ name: String) {
        let id = symbol.instrument.id
        let held = result.engine.profit.positions.positions.reduce(Quantity.zero) {
            $1.instrument == id ? $0 + $1.quantity : $0
        }
        let mark = result.engine.profit.equity.mark(id)
        gaps += [
            ("\(name) last data", "\(symbol.last)"),
            ("\(name) sessions since", "\(symbol.missingAtEnd)"),
            ("\(name) still held", "\(held)"),
            ("\(name) marked at", held.raw == 0 ? nil : "\(mark)"),
        ]
    }

    // MARK: Numbers

    private static func ratio(_ end: Money, to start: Money) -> Double? {
        start.raw > 0 ? end.double / start.double - 1 : nil
    }

    private static func percent(_ value: Double?) -> String? {
        value.map { decimals($0 * 100).map { "\($0) %" } ?? "" }
    }

    /// - Parameter places: the number of decimals.
    static func decimals(_ value: Double?, _ places: Int = 4) -> String? {
        guard let value, value.isFinite, value.magnitude < 1e12 else { return nil }
        let scale = (0..<places).reduce(Int64(1)) { scale, _ in scale * 10 }
        let units = Int64((value * Double(scale)).rounded())
        let digits = String(units.magnitude % UInt64(scale))
        let padding = String(repeating: "0", count: places - digits.count)
        return "\(units < 0 ? "-" : "")\(units.magnitude / UInt64(scale)).\(padding)\(digits)"
    }
}
