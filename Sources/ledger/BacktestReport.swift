import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

/// The numbers that a person looks at first.
struct BacktestReport {
    private let result: BacktestResult
    private let curve: EquityCurve
    private let cover: DataCover

    init(_ result: BacktestResult, _ journal: any Journal) throws {
        self.result = result
        curve = try EquityCurve(of: journal, account: result.engine.account)
        cover = try DataCover(of: journal)
    }

    func table(_ name: String) -> Table {
        var table = Table([.init("figure"), .init("value", .decimal)])
        let engine = result.engine
        let total = engine.books.total(engine.account) ?? ProfitParts()
        let worth = engine.books.equity[engine.account]
        table.add(["journal", name])
        table.add(["from", "\(result.first)"])
        table.add(["to", "\(result.last)"])
        table.add(["inputs", "\(result.inputs)"])
        table.add(["events", "\(result.events)"])
        table.add(["signals", "\(engine.orders.signals)"])
        table.add(["refused intents", "\(engine.orders.rejectedIntents)"])
        table.add(["orders", "\(engine.orders.counts[Int(OrderState.intended.rawValue)])"])
        table.add(["fills", "\(engine.orders.fills)"])
        table.add(["deposits", "\(total.netDeposits)"])
        table.add(["final equity", "\(total.equity)"])
        table.add(["realised profit", "\(total.realised)"])
        table.add(["unrealised profit", "\(total.unrealised)"])
        table.add(["dividends", "\(total.dividends)"])
        table.add(["fees", "\(total.fees)"])
        table.add(["net profit", "\(total.net)"])
        table.add(["return", Self.percent(Self.ratio(total.equity, to: total.netDeposits))])
        table.add(["growth a year (CAGR)", Self.percent(curve.growthPerYear)])
        table.add(["Sharpe ratio of daily returns", Self.decimals(curve.sharpeRatio)])
        if let days = curve.days, days < 365 {
            table.add(["annualised from", "\(days) days"])
        }
        table.add(["largest drawdown", Self.percent(worth.map { -$0.maximumDrawdown })])
        if let held = engine.books.equity.heldPrices(engine.names) {
            table.add(["prices held back", held])
        }
        addCover(to: &table)
        table.add(["state digest", engine.digest.hex])
        return table
    }

    /// Days on which a symbol should have had data and had none.
    private func addCover(to table: inout Table) {
        let missing = cover.symbols.reduce(0) { $0 + $1.missing }
        table.add(["sessions without data", "\(missing)"])
        for symbol in cover.symbols {
            let name = symbol.instrument.symbol
            if !symbol.holes.isEmpty { addHoles(symbol, name, to: &table) }
            if symbol.missingAtEnd > 0 { addEnd(symbol, name, to: &table) }
        }
    }

    private func addHoles(
        _ symbol: DataCover.Symbol, _ name: String, to table: inout Table
    ) {
        guard let longest = symbol.holes.max(by: { $0.sessions < $1.sessions }),
            let widest = symbol.holes.max(by: { $0.jump.magnitude < $1.jump.magnitude })
        else { return }
        table.add(["\(name) sessions without data", "\(symbol.missing)"])
        table.add(["\(name) longest hole", "\(longest.sessions)"])
        table.add(["\(name) longest hole after", "\(longest.from)"])
        table.add(["\(name) jump over a hole", Self.percent(widest.jump)])
        table.add(["\(name) jump at", "\(widest.to)"])
    }

    private func addEnd(_ symbol: DataCover.Symbol, _ name: String, to table: inout Table) {
        let id = symbol.instrument.id
        let held = result.engine.books.positions.positions.reduce(Quantity.zero) {
            $1.instrument == id ? $0 + $1.quantity : $0
        }
        table.add(["\(name) last data", "\(symbol.last)"])
        table.add(["\(name) sessions since", "\(symbol.missingAtEnd)"])
        table.add(["\(name) still held", "\(held)"])
        table.add([
            "\(name) marked at",
            held.raw == 0 ? nil : "\(result.engine.books.equity.mark(id))",
        ])
    }

    private static func ratio(_ end: Money, to start: Money) -> Double? {
        start.raw > 0 ? end.double / start.double - 1 : nil
    }

    private static func percent(_ value: Double?) -> String? {
        value.map { decimals($0 * 100).map { "\($0) %" } ?? "" }
    }

    static func decimals(_ value: Double?) -> String? {
        guard let value, value.isFinite, value.magnitude < 1e15 else { return nil }
        let hundredths = Int64((value * 10_000).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let digits = String(hundredths.magnitude % 10_000)
        let padding = String(repeating: "0", count: 4 - digits.count)
        return "\(sign)\(hundredths.magnitude / 10_000).\(padding)\(digits)"
    }
}
