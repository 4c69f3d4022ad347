import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerProjections
import LedgerRunning
import Testing

/// Back-tests in this process, into memory.
@Suite struct `Example back-tests` {
    static let root = URL(fileURLWithPath: RealData.sample + "/../..").standardizedFileURL.path

    static func run(
        _ text: String, _ overrides: [(key: String, value: String)] = []
    ) throws -> (result: BacktestResult, journal: MemoryJournal) {
        let configuration = try Configuration(
            path: "example.yaml", text: text, environment: [:], overrides: overrides)
        let journal = MemoryJournal()
        return (try Backtest(configuration).run(into: journal, named: "example"), journal)
    }

    static func example(
        _ name: String, _ overrides: [(key: String, value: String)] = []
    ) throws -> (result: BacktestResult, journal: MemoryJournal) {
        let text = try String(contentsOfFile: "\(root)/configs/\(name).yaml", encoding: .utf8)
        return try run(
            text.replacingOccurrences(of: "path: configs/", with: "path: \(root)/configs/"),
            overrides)
    }

    /// Of all books and orders, which hold no path.
    static func digest(_ engine: Engine) -> String {
        var writer = StateWriter()
        engine.profit.encode(into: &writer)
        engine.orders.encode(into: &writer)
        return writer.digest.hex
    }

    @Test(arguments: [
        ("backtest", 12_062, 150, "168464.63", "2414", "d8acf1dd7d539e02"),
        ("threshold", 6547, 248, "89679.499", "37.1", "941cb86bd6e1c39a"),
    ])
    func `the shipped examples produce the recorded results`(
        _ name: String, _ inputs: UInt64, _ fills: UInt64, _ equity: String, _ dividends: String,
        _ digest: String
    ) throws {
        let result = try Self.example(name).result
        let total = try #require(result.engine.profit.total(AccountID(.simulated, index: 1)))
        #expect(result.inputs == inputs)
        #expect(UInt64(result.engine.orders.fills) == fills)
        #expect("\(total.equity)" == equity)
        #expect("\(total.dividends)" == dividends)
        #expect(Self.digest(result.engine) == digest)
    }

    @Test func `splits of the shipped back-test double what is held and move no equity`() throws {
        let hold = [
            (key: "strategies.1.symbols", value: "AAPL, MSFT"),
            (key: "strategies.1.quantity", value: "100"),
            // A panic would sell what is to be split.
            (key: "drawdown.enabled", value: "false"),
        ]
        let journal = try Self.example("backtest", hold).journal
        let moves = try SplitMove.all(in: journal)
        #expect(
            moves.map(\.text) == [
                "2000-06-21T04:00:00Z 100 to 200", "2003-02-18T05:00:00Z 100 to 200",
                "2005-02-28T05:00:00Z 300 to 600",
            ])
        for move in moves { #expect(move.jump == .zero, "\(move)") }
    }

    @Test(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
    func `AAPL held from 1998 to 2021 becomes 112 times as many shares, and no split moves equity`()
        throws
    {
        let folder = RealData.folder + "/lean/equity/usa"
        let (result, journal) = try Self.run(
            """
            drawdown: {enabled: false}
            data:
              - {path: \(folder)/daily/aapl.zip, format: lean-daily, symbol: AAPL, tick: 0.0001}
              - {path: \(folder)/factor_files/aapl.csv, format: lean-factors, symbol: AAPL, tick: 0.0001}
            strategies:
              - {kind: buy_and_hold, symbols: AAPL, quantity: 100}
            """)
        let moves = try SplitMove.all(in: journal)
        #expect(
            moves.map(\.text) == [
                "2000-06-21T04:00:00Z 100 to 200", "2005-02-28T05:00:00Z 200 to 400",
                "2014-06-09T04:00:00Z 400 to 2800", "2020-08-31T04:00:00Z 2800 to 11200",
            ])
        for move in moves {
            // A mark has nine decimals: a seventh of a price is not exact.
            #expect(move.jump.raw.magnitude <= 10_000, "\(move)")
            #expect((move.next - move.real).raw.magnitude <= 10_000, "\(move)")
            #expect(abs(move.next.double / move.value.double) < 0.11, "\(move)")
        }
        let position = try #require(result.engine.profit.positions.positions.first)
        #expect(position.quantity == (try Quantity("11200")))
        // Counted apart: each dividend of the factor file times the shares held on its day.
        #expect("\(position.dividends)" == "58572")
    }
}

/// What a split did to the position in its instrument and to the account's equity.
private struct SplitMove {
    var time: Timestamp
    var before: Quantity
    var after: Quantity
    /// The account's equity after the split less that before it.
    var jump: Money
    /// What was held then.
    var value: Money
    /// What the instrument's next bar changed of equity, and what it is by the closes of both days.
    var next = Money.zero
    var real = Money.zero

    var text: String { "\(time) \(before) to \(after)" }

    static func all(in journal: MemoryJournal) throws -> [SplitMove] {
        var (books, moves) = (ProfitAndLoss(), [SplitMove]())
        var closes: [InstrumentID: Price] = [:]
        var waiting: [InstrumentID: Price] = [:]
        func held(_ instrument: InstrumentID) -> Quantity {
            books.positions.positions(in: instrument).reduce(.zero) { $0 + $1.quantity }
        }
        func equity() -> Money { books.total(AccountID(.simulated, index: 1))?.equity ?? .zero }
        try journal.forEachRecord(from: .first) { record in
            let (units, worth) = (held(record.instrument), equity())
            try books.apply(record)
            if record.type == .splitApplied {
                let close = closes[record.instrument] ?? .zero
                moves.append(
                    SplitMove(
                        time: record.time, before: units, after: held(record.instrument),
                        jump: equity() - worth, value: try Money.notional(close, units)))
                waiting[record.instrument] = close
            }
            guard record.type == .bar else { return true }
            let bar = try Bar(record)
            if waiting.removeValue(forKey: record.instrument) != nil, !moves.isEmpty {
                let last = moves.count - 1
                moves[last].next = equity() - worth
                moves[last].real = try Money.notional(bar.close, units) - moves[last].value
            }
            closes[record.instrument] = bar.close
            return true
        }
        return moves
    }
}
