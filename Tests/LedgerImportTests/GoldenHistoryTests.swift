import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerProjections
import LedgerRunning
import LedgerSettings
import Testing

/// An account that holds one share outright through real years: what the drawdown stop must do.
@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Golden history` {
    private static let folder = RealData.folder + "/lean/equity/usa"

    /// Steps the symbol's daily bars from a day on, with the factor file's splits and dividends.
    private func hold(
        _ symbol: String, from: String, through: String, factors: Bool,
        settings: [(key: String, value: String)] = []
    ) throws -> (engine: Engine, changes: [DrawdownChanged], journal: MemoryJournal) {
        let bars = Reading(
            path: "\(Self.folder)/daily/\(symbol).zip", try ImportFormat(preset: "lean-daily"))
        var events = bars.events
        if factors {
            let actions = Reading(
                path: "\(Self.folder)/factor_files/\(symbol).csv",
                try ImportFormat(preset: "lean-factors"))
            // A split is before the bar of its day, a bar after: a stable order keeps both right.
            events = (events + actions.events).enumerated().sorted {
                ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
            }.map(\.element)
        }
        let (start, end) = (
            try #require(Timestamp("\(from)T12:00:00Z")),
            try #require(Timestamp("\(through)T12:00:00Z"))
        )
        let kept = events.filter { $0.time > start && $0.time < end }
        let first = try #require(kept.first).time
        let journal = MemoryJournal()
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: 1 << 20)
        let standard = [
            ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", symbol),
            ("strategies.0.cash_fraction", "1"),
        ]
        let text = Settings(standard.map { (key: $0.0, value: $0.1) } + settings).text
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: "", settings: text), Envelope(time: first))
        try sequencer.append(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(1), symbol: symbol, venue: "", currency: "USD", kind: .equity,
                    tick: Price(raw: 100_000), lot: Quantity(raw: 1_000_000_000), priceScale: 4,
                    quantityScale: 0)), Envelope(time: first))
        try sequencer.append(
            CashDeposited(amount: Money("1000000")),
            Envelope(account: sequencer.engine.account, time: first))
        for event in kept {
            switch event {
            case .bar(let bar, let time): try sequencer.append(bar, at: time)
            case .split(let split, let time): try sequencer.append(split, Envelope(time: time))
            case .dividend(let dividend, let time):
                try sequencer.append(dividend, Envelope(time: time))
            default: break
            }
        }
        try sequencer.commit()
        let engine = sequencer.engine
        try sequencer.close()
        var changes: [DrawdownChanged] = []
        try journal.forEachRecord(from: .first, filter: EventFilter([.drawdownChanged])) {
            if $0.type == .drawdownChanged { changes.append(try DrawdownChanged($0)) }
            return true
        }
        return (engine, changes, journal)
    }

    @Test func `SPY in 2020 goes straight to panic on 27 February, over on 26 March`() throws {
        let held = try hold("spy", from: "2020-01-02", through: "2020-12-31", factors: false)
        let first = try #require(held.changes.first)
        #expect(first.from == .normal && first.to == .panic)
        #expect(first.day == "2020-02-27")
        #expect(first.until.description == "2020-03-26T13:30:00Z")
        let second = try #require(held.changes.dropFirst().first)
        #expect(second.to == .rampup && second.day == "2020-03-26")
        // Sold once, and nothing is held after it.
        #expect(held.engine.orders.fills == 2)
        #expect(held.engine.profit.positions.positions.allSatisfy { $0.quantity.raw == 0 })
    }

    @Test func `AAPL in 2020 halts on 24 February and panics on the 25th`() throws {
        let held = try hold("aapl", from: "2020-01-02", through: "2020-06-30", factors: false)
        #expect(
            held.changes.prefix(2).map { "\($0.from) \($0.to) \($0.day)" } == [
                "normal halt 2020-02-24", "halt panic 2020-02-25",
            ])
    }

    @Test func `without the flag a panic sells nothing`() throws {
        let held = try hold(
            "spy", from: "2020-01-02", through: "2020-12-31", factors: false,
            settings: [("drawdown.flatten_on_panic", "false")])
        #expect(held.changes.first?.to == .panic)
        #expect(held.engine.orders.fills == 1)
    }

    @Test(arguments: [
        ("2014-05-20", "2014-07-01", Int64(7)), ("2020-08-20", "2020-09-02", 4),
    ])
    func `a split neither halts nor blocks, and positions multiply`(
        _ from: String, _ through: String, _ ratio: Int64
    ) throws {
        let held = try hold(
            "aapl", from: from, through: through, factors: true,
            settings: [("quality.enabled", "true"), ("quality.min_history_days", "1")])
        #expect(held.changes.isEmpty)
        #expect(held.engine.gate.isOpen)
        #expect(held.engine.profit.equity.held.isEmpty)
        let position = try #require(held.engine.profit.positions.positions.first)
        let bought = try #require(
            try held.journal.firstFill()
        ).quantity
        #expect(position.quantity.raw == bought.raw * Int128(ratio))
        // Without the factor file the same days are an outlier and a fall.
        let raw = try hold("aapl", from: from, through: through, factors: false)
        #expect(!raw.changes.isEmpty)
    }
}

extension MemoryJournal {
    fileprivate func firstFill() throws -> OrderFilled? {
        var fill: OrderFilled?
        try forEachRecord(from: .first, filter: EventFilter([.orderFilled])) { record in
            guard record.type == .orderFilled else { return true }
            fill = try OrderFilled(record)
            return false
        }
        return fill
    }
}
