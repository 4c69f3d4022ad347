import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning

/// A desk of many accounts and instruments over made daily bars: each account trades its share of the instruments
/// by SMA(10)/SMA(30). With one account and one instrument, the same number of bars is the yardstick.
struct DeskTask {
    let accounts: Int
    let instruments: Int
    let days: Int
    let directory: String

    func run() throws {
        let tape = "\(directory)/tape"
        try makeTape(tape)
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:], overrides: settings(tape))
        try? JournalHome.remove("\(directory)/run")
        let journal = try LMDBJournal.create(directory: "\(directory)/run", durability: .bulk)
        var peak = 0.0
        var result: BacktestResult?
        let seconds = try Benchmark.seconds {
            result = try Backtest(configuration).run(
                into: journal, named: "desk", syncs: false,
                progress: { _ in peak = max(peak, Benchmark.privateMemory()) })
        }
        guard let engine = result?.engine else { return }
        let bars = instruments * days
        Benchmark.printResult([
            ("n", "\(bars)"), ("accounts", "\(accounts)"), ("instruments", "\(instruments)"),
            ("run_s", seconds.rounded(to: 4)),
            ("run_per_s", (Double(bars) / seconds).rounded(to: 0)),
            ("orders", "\(engine.accounts.reduce(0) { $0 + $1.orders.fills })"),
            ("events", "\(result?.events ?? 0)"), ("rss_mb", peak.rounded(to: 1)),
            ("digest", "\"\(engine.digest.hex)\""),
        ])
    }

    /// Days; minutes for one instrument, because so many days do not fit into the range of times.
    private var spacing: Nanoseconds { instruments > 1 ? .day : .minute }

    /// A bar of each instrument each day, by a seeded walk.
    private func makeTape(_ path: String) throws {
        try? JournalHome.remove(path)
        JournalHome.makeParents(of: path)
        let journal = try LMDBJournal.create(directory: path, durability: .bulk)
        var batch = Batch(next: .first)
        let begin = Timestamp(nanoseconds: 946_684_800_000_000_000)
        try batch.append(
            JournalOpened(kind: .tape, name: "tape", build: ""), Envelope(time: begin))
        var closes = [Int64](repeating: 100_000_000_000, count: instruments)
        for number in 1...instruments {
            try batch.append(InstrumentDefined(instrument(number)), Envelope(time: begin))
        }
        var random: UInt64 = 1
        for day in 1...days {
            let time = begin.advanced(by: Nanoseconds(Int64(day) * spacing.count))
            for place in closes.indices {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let open = closes[place]
                // By at most 2 %, to the tick; far from the first price it turns back.
                var step = Int64(random >> 33) % 4001 - 2000
                if open > 500_000_000_000 { step = -abs(step) }
                if open < 20_000_000_000 { step = abs(step) }
                let close = (open + open / 100_000 * step) / 10_000_000 * 10_000_000
                closes[place] = close
                try batch.append(
                    Bar(
                        instrument: InstrumentID(UInt32(place + 1)),
                        interval: UInt32(spacing.count / 1_000_000_000),
                        open: Price(raw: open), high: Price(raw: max(open, close)),
                        low: Price(raw: min(open, close)), close: Price(raw: close),
                        volume: try Quantity("1000000")),
                    Envelope(time: time))
            }
            if batch.byteCount > 1 << 20 || day == days {
                try journal.append(&batch)
                batch.removeAll(next: batch.nextSequence)
            }
        }
        try journal.flush()
    }

    private func instrument(_ number: Int) -> Instrument {
        Instrument(
            id: InstrumentID(UInt32(number)), symbol: "S\(number)", venue: "", currency: "USD",
            kind: .equity, tick: Price(raw: 10_000_000), lot: Quantity(raw: 1_000_000_000),
            priceScale: 2, quantityScale: 0)
    }

    private func settings(_ tape: String) -> [(key: String, value: String)] {
        var settings = [(key: "data.0.path", value: tape)]
        for account in 0..<accounts {
            let own = (1...instruments).filter { $0 % accounts == account }.map { "S\($0)" }
            settings += [
                ("strategies.\(account).kind", "sma_crossover"),
                ("strategies.\(account).name", "trend\(account)"),
                ("strategies.\(account).symbols", own.joined(separator: ",")),
                ("strategies.\(account).quantity", "1"),
            ]
            guard accounts > 1 else {
                return settings + [("account.cash", "100000000"), ("venue.fee_fixed", "1")]
            }
            settings += [
                ("accounts.\(account).name", "a\(account)"),
                ("accounts.\(account).kind", "simulated"),
                ("accounts.\(account).cash", "100000000"), ("accounts.\(account).venue", "inside"),
                ("strategies.\(account).accounts", "a\(account)"),
            ]
        }
        return settings + [
            ("venues.0.name", "inside"), ("venues.0.kind", "simulated"),
            ("venues.0.fee_fixed", "1"),
        ]
    }
}
