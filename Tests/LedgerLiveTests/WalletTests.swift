import Foundation
import Testing

/// Deposits and withdrawals at Binance's dialect of the local exchange.
@Suite struct WalletTests {
    private let programs: Programs
    private let exchange: Running
    private let port: Int

    init() throws {
        programs = try Programs()
        exchange = try Running(
            programs,
            [
                "ledgerd", "exchange", "--dialects", "binance", "--port", "0", "--journal",
                "./exchange", "--feed", "none", "--set", "exchange.symbols=BTCUSDT=60000",
                "--set", "exchange.durable=false", "--set", "exchange.binance_limit=0",
            ], [:])
        port = try exchange.port()
        try programs.write(
            """
            mode: paper
            account: {kind: paper, currency: USDT}
            venue: {kind: binance}
            quality: {min_history_days: 0}
            live: {tick_ms: 50, reconcile_s: 1}
            data:
              - {path: venue, symbol: BTCUSDT, kind: crypto, currency: USDT, tick: 0.01, lot: 0.00001}
            binance: {rest_url: "http://127.0.0.1:\(port)", stream_url: "ws://127.0.0.1:\(port)", \
            order_stream_url: "ws://127.0.0.1:\(port)/ws-api/v3"}
            strategies:
              - {kind: buy_and_hold, symbols: BTCUSDT, quantity: 0.001}

            """, "paper.yaml")
    }

    private func post(_ path: String, body: String) throws {
        let script = """
            import sys, urllib.request
            urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=sys.argv[2].encode()))
            """
        let (text, code) = try programs.run(
            "/usr/bin/env", "python3", "-c", script, "http://127.0.0.1:\(port)/control/\(path)",
            body)
        try #require(code == 0, "\(text)")
    }

    private func count(_ type: String) throws -> Int {
        let (text, _) = try programs.run(
            "ledger", "tail", "--journal", "./paper", "--type", type, "--all", "--format", "jsonl")
        return text.split(separator: "\n").count { $0.hasPrefix("{") }
    }

    @Test func `what comes into the account or leaves it is booked once, and the account agrees`()
        throws
    {
        defer { programs.remove() }
        let daemon = try Running(
            programs, ["ledgerd", "paper", "--config", "paper.yaml", "--journal", "./paper"], [:])
        try daemon.waits(for: "ReconciliationEnded")
        try daemon.wait("the anchor") { try count("VenueActivitiesAnchored") == 1 }
        try post("quote", body: #"{"symbol": "BTCUSDT", "bid": "60000", "ask": "60000"}"#)
        try daemon.waits(for: "OrderFilled")
        try post("move", body: #"{"type": "deposit", "asset": "USDT", "amount": "250.5"}"#)
        try daemon.wait("the deposit") { try count("CashDeposited") == 2 }
        try post("move", body: #"{"type": "withdrawal", "asset": "USDT", "amount": "50.5"}"#)
        try daemon.wait("the withdrawal") { try count("CashWithdrawn") == 1 }
        try post("move", body: #"{"type": "distribution", "asset": "BTC", "amount": "0.0001"}"#)
        try daemon.wait("the distribution") { try count("PositionAdjusted") == 1 }
        let passed = try count("ReconciliationEnded")
        try daemon.wait("another comparison") { try count("ReconciliationEnded") > passed }
        #expect(try count("DiscrepancyFound") == 0, "\(daemon.text)")
        #expect(try count("VenueActivityReported") == 3)
        daemon.interrupt()
        exchange.signal(SIGKILL)
        for check in [["verify"], ["replay", "--from", "1", "--verify"]] {
            let (text, code) = try programs.run(["ledger"] + check + ["--journal", "./paper"])
            #expect(code == 0, "\(text)")
        }
    }
}
