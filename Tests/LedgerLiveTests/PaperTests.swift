import Foundation
import TestSupport
import Testing

/// `ledgerd paper` over files and recordings, from the built programs.
@Suite struct PaperTests {
    private static func strategies(_ symbol: String, _ fast: Int, _ slow: Int, _ quantity: String)
        -> String
    {
        """
        strategies:
          - {kind: sma_crossover, name: cross, symbols: \(symbol), fast: \(fast), slow: \(slow), \
        quantity: \(quantity), stop_loss: 1, take_profit: 2}

        """
    }

    /// A day of minutes that rise and fall.
    private static let bars: String = {
        var text = "time,open,high,low,close,volume\n"
        for minute in 0..<390 {
            let cents = 10_000 + (minute * 7 % 41) * 10 - (minute * 3 % 29) * 10
            func price(_ more: Int) -> String {
                String(format: "%d.%02d", (cents + more) / 100, (cents + more) % 100)
            }
            let time = String(
                format: "2024-03-05T%02d:%02d:00Z", 14 + (30 + minute) / 60, (30 + minute) % 60)
            text += "\(time),\(price(0)),\(price(40)),\(price(-40)),\(price(10)),1000\n"
        }
        return text
    }()

    /// - Parameter configuration: the data and the strategies.
    private func compare(_ programs: Programs, _ configuration: String) throws {
        let rules = """
            risk: {enabled: false}
            quality: {enabled: false}
            venue: {slippage_basis_points: 7.5, fee_per_unit: 0.005}

            """
        try programs.write(rules + configuration, "day.yaml")
        let paper = ["--set", "mode=paper", "--set", "account.kind=paper"]
        let first = try programs.run(
            ["ledger", "backtest", "--config", "day.yaml", "--journal", "./backtest"])
        #expect(first.code == 0, "\(first.text)")
        for (name, pace) in [("fast", []), ("paced", ["--speed", "2000000"])] {
            let second = try programs.run(
                ["ledgerd", "paper", "--config", "day.yaml", "--journal", "./\(name)"] + paper
                    + pace)
            #expect(second.code == 0 && second.text.hasSuffix("Shutdown complete\n"))
            let both = try programs.run(
                "ledger", "compare", "--journal", "./\(name)", "--with", "./backtest")
            #expect(both.code == 0, "\(both.text)")
            #expect(!both.text.contains("fills  0"), "\(both.text)")
            let whole = try programs.run("ledger", "verify", "--journal", "./\(name)")
            #expect(whole.code == 0, "\(whole.text)")
            let again = try programs.run(
                "ledger", "replay", "--journal", "./\(name)", "--from", "1", "--verify")
            #expect(again.code == 0, "\(again.text)")
        }
    }

    @Test func `paper trading on a day decides and earns what its back-test does`() throws {
        let programs = try Programs()
        defer { programs.remove() }
        try programs.write(Self.bars, "day.csv")
        try compare(
            programs,
            """
            data:
              - {path: day.csv, symbol: A, tick: 0.01, interval: 60}
            \(Self.strategies("A", 3, 9, "10"))
            """)
    }

    @Test func `paper trading on a real day decides and earns what its back-test does`() throws {
        guard let data = Self.data else {
            return print("skipped: the shared market data are not here")
        }
        let programs = try Programs()
        defer { programs.remove() }
        let path = data.appendingPathComponent("lean/equity/usa/minute/spy/20131007_trade.zip").path
        try compare(
            programs,
            """
            data:
              - {path: \(path), symbol: SPY, tick: 0.01, format: lean-minute-trade, \
            date: 2013-10-07, zone: America/New_York}
            \(Self.strategies("SPY", 5, 20, "100"))
            """)
    }

    private static let recorded = """
        mode: paper
        account: {kind: paper, cash: 100000, currency: USDT}
        feed: {venue: binance}
        risk: {enabled: false}
        quality: {enabled: false}
        live: {durability: bulk}
        data:
          - {path: venue, symbol: BTCUSDT, kind: crypto, currency: USDT, tick: 0.01, lot: 0.00001}
        strategies:
          - {kind: sma_crossover, symbols: BTCUSDT, fast: 50, slow: 200, quantity: 0.01}

        """

    private static var recording: String? {
        data.map { $0.appendingPathComponent("binance/websocket/spot-btcusdt-20240808.gz").path }
    }
    private static let data = Checkout.hasData ? URL(fileURLWithPath: Checkout.data) : nil

    /// Milliseconds by which the venue's clock was ahead of the recorded one.
    private func skews(_ programs: Programs, _ journal: String) throws -> [Double] {
        let lines = try programs.run(
            "ledger", "tail", "--journal", journal, "--type", "MetricReported", "--format", "jsonl")
        return lines.text.split(separator: "\n").compactMap { line in
            line.split(separator: "\"value\":\"").dropFirst().first?.split(separator: "\"").first
                .flatMap { Double($0) }
        }
    }

    @Test func `a recorded stream drives paper trading, and its clock warns`() throws {
        guard let recording = Self.recording else {
            return print("skipped: the shared recordings are not here")
        }
        let programs = try Programs()
        defer { programs.remove() }
        try programs.write(Self.recorded, "paper.yaml")
        let command = ["ledgerd", "paper", "--config", "paper.yaml", "--recording", recording]
        let run = try programs.run(command + ["--journal", "./calm", "--quiet"])
        #expect(run.code == 0, "\(run.text)")
        let skews = try skews(programs, "./calm")
        #expect(skews.count == 2 && skews.allSatisfy { (1260...1280).contains($0) }, "\(skews)")
        let alerts = try programs.run(
            "ledger", "tail", "--journal", "./calm", "--type", "AlertRaised", "--all")
        #expect(alerts.text.contains("clockSkew"), "\(alerts.text)")
        let gate = try programs.run("ledger", "gate", "status", "--journal", "./calm")
        #expect(!gate.text.contains("clock"), "\(gate.text)")
        for check in [["verify"], ["replay", "--from", "1", "--verify"]] {
            let result = try programs.run(["ledger"] + check + ["--journal", "./calm"])
            #expect(result.code == 0, "\(result.text)")
        }
        // As strict as live trading is, the same clock stops entries.
        let strict = try programs.run(
            command + [
                "--journal", "./strict", "--quiet", "--set", "clock_sync.warn_threshold_ms=200",
                "--set", "clock_sync.kill_threshold_ms=1000",
            ])
        #expect(strict.code == 0, "\(strict.text)")
        let latches = try programs.run(
            "ledger", "tail", "--journal", "./strict", "--type", "LatchEngaged", "--all")
        #expect(latches.text.contains("clock"), "\(latches.text)")
        let fills = try programs.run(
            "ledger", "tail", "--journal", "./strict", "--type", "SignalRejected", "--count", "3")
        #expect(fills.text.contains("clock"), "\(fills.text)")
    }

    @Test func `a damaged recording costs its bad lines and no more`() throws {
        let programs = try Programs()
        defer { programs.remove() }
        var text = ""
        for index in 0..<300 {
            let time = 1_700_000_000_000 + index * 50
            text +=
                "\(time)000000 {\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":\(time),"
                + "\"s\":\"BTCUSDT\",\"t\":\(index),\"p\":\"\(30000 + index % 7).10\",\"q\":\"0.5\","
                + "\"T\":\(time),\"m\":true}}\n"
            if index % 60 == 0 {
                text += "\(time)000001 {\"e\":\"trade\",\"s\":\"BTCUSDT\",\"p\":1e400,\n"
                text += "no time at all\n"
                text += "\(time)000002 " + String(repeating: "[", count: 5000) + "\n"
            }
        }
        try programs.write(text, "bad.txt")
        try programs.write(Self.recorded, "paper.yaml")
        let run = try programs.run(
            "ledgerd", "paper", "--config", "paper.yaml", "--recording", "bad.txt", "--journal",
            "./bad", "--quiet")
        #expect(run.code == 0, "\(run.text)")
        let faults = try programs.run(
            "ledger", "tail", "--journal", "./bad", "--type", "FaultReported", "--all")
        #expect(faults.text.contains("cannot be read"), "\(faults.text)")
        let trades = try programs.run(
            "ledger", "tail", "--journal", "./bad", "--type", "Trade", "--all", "--format", "jsonl")
        #expect(trades.text.split(separator: "\n").count == 300)
    }
}
