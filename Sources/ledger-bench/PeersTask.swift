import Glibc
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerRunning

/// SMA(10)/SMA(30), long only, one unit, market orders, fee 1.00, cash 1,000,000: the task that other
/// back-testers are given too.
struct PeersTask {
    let input: String
    let file: String
    let directory: String
    let arithmetic: String
    /// Every gate, limit and check on, with limits that this task does not reach.
    let isGuarded: Bool

    func run() throws {
        guard input == "bars" || input == "quotes" else { throw InputError(Benchmark.usage) }
        let tape = "\(directory)/tape"
        var rows: UInt64 = 0
        var peak = 0.0
        let load = try Benchmark.seconds { rows = try importTape(tape, &peak) }
        // Every event is committed to LMDB when a run ends; waiting for the disk is timed apart.
        var run: (result: BacktestResult, journal: LMDBJournal)?
        let runTime = try Benchmark.seconds {
            run = try backtest(data: tape, isTape: true, into: "\(directory)/run", &peak)
        }
        let sync = try Benchmark.seconds { try run?.journal.flush() }
        guard let result = run?.result else { return }
        var streamed: (result: BacktestResult, journal: LMDBJournal)?
        let loadAndRun = try Benchmark.seconds {
            streamed = try backtest(data: file, isTape: false, into: "\(directory)/stream", &peak)
        }
        guard streamed?.result.engine.profit.equity == result.engine.profit.equity else {
            throw InputError("the run from the file differs from the run from the tape")
        }
        let equity = result.engine.profit.total(result.engine.main.account)?.equity ?? .zero
        Benchmark.printResult([
            ("peer", "\"ledger\""), ("version", "\"\(Build.version)\""), ("mode", "\"\(input)\""),
            ("arithmetic", "\"\(arithmetic)\""), ("guarded", "\(isGuarded)"), ("n", "\(rows)"),
            ("load_s", load.rounded(to: 4)), ("run_s", runTime.rounded(to: 4)),
            ("load_run_s", loadAndRun.rounded(to: 4)),
            ("run_per_s", (Double(rows) / runTime).rounded(to: 0)),
            ("load_run_per_s", (Double(rows) / loadAndRun).rounded(to: 0)),
            ("orders", "\(result.engine.main.orders.fills)"), ("equity", "\(equity)"),
            ("events", "\(result.events)"), ("sync_s", sync.rounded(to: 4)),
            ("rss_mb", peak.rounded(to: 1)),
            ("digest", "\"\(result.engine.digest.hex)\""),
        ])
    }

    private var data: [(key: String, value: String)] {
        [
            ("data.0.symbol", "BTCUSDT"), ("data.0.kind", "crypto"), ("data.0.currency", "USDT"),
            ("data.0.tick", "0.01"), ("data.0.lot", "0.001"),
            ("data.0.interval", input == "bars" ? "60" : "0"),
        ]
    }

    private static let guards: [(key: String, value: String)] = [
        ("risk.enabled", "true"), ("risk.max_portfolio_heat", "1"),
        ("risk.max_daily_loss_pct", "0.5"), ("risk.max_daily_drawdown", "0.6"),
        ("risk.daily_loss_limit", "1000000"), ("risk.max_order_notional", "200000"),
        ("risk.max_abs_position_qty", "1000"), ("risk.max_abs_position_notional", "500000"),
        ("risk.max_total_notional", "900000"), ("risk.max_total_exposure_pct", "1"),
        ("risk.exposure_buffer_frac", "0.01"), ("risk.max_entries_per_day", "1000000"),
        ("risk.max_orders_per_min", "1000"), ("max_signals_per_sec", "1000"),
        ("risk.top_signals", "1000000"), ("risk.min_trade_value", "1"), ("risk.atr_sizing", "0.5"),
        ("risk.atr_position_cap", "1"), ("quality.enabled", "true"),
        ("quality.min_history_days", "1"), ("quality.feed_timeout_s", "86400"),
        ("filters.regime", "true"), ("filters.max_volatility", "100000"),
    ]

    private func importTape(_ path: String, _ peak: inout Double) throws -> UInt64 {
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: data + [("data.0.path", file)])
        let settings = try DataSettings(configuration.settings.entry(.data, 0))
        try? JournalHome.remove(path)
        JournalHome.makeParents(of: path)
        let journal = try LMDBJournal.create(directory: path, durability: .bulk)
        var most = 0.0
        let tape = try TapeImport(journal, name: "tape", instrument: settings.instrument)
        let result = try tape.append(
            [file], format: settings.format,
            progress: { _, _ in most = max(most, Benchmark.privateMemory()) })
        peak = max(peak, most)
        return result.rows
    }

    private func backtest(
        data source: String, isTape: Bool, into path: String, _ peak: inout Double
    ) throws -> (result: BacktestResult, journal: LMDBJournal) {
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: (isTape ? [] : data) + (isGuarded ? Self.guards : []) + [
                ("data.0.path", source), ("account.cash", "1000000"), ("account.currency", "USDT"),
                ("venue.fee_fixed", "1"), ("strategies.0.kind", "sma_crossover"),
                ("strategies.0.symbols", "BTCUSDT"), ("strategies.0.arithmetic", arithmetic),
                ("strategies.0.quantity", "1"),
            ])
        try? JournalHome.remove(path)
        let journal = try LMDBJournal.create(directory: path, durability: .bulk)
        var most = 0.0
        let result = try Backtest(configuration).run(
            into: journal, named: input, syncs: false,
            progress: { _ in most = max(most, Benchmark.privateMemory()) })
        peak = max(peak, most)
        return (result, journal)
    }
}
