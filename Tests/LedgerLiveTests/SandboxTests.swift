import Foundation
import TestSupport
import Testing

/// Paper trading in accounts as the venues' own paper sides have them.
@Suite struct SandboxTests {
    @Test func `a paper run passes its first comparison in an account full of other things`()
        throws
    {
        let desk = try Desk()
        try desk.ask(
            "POST", "/control/account",
            [
                #"""
                {"account": {"buying_power": "0.00000000000001"},
                "positions": [{"symbol": "XYZ", "qty": "5", "side": "long",
                "avg_entry_price": "12.5", "current_price": "13", "asset_class": "us_equity"},
                {"symbol": "DOGEUSD", "qty": "0.123456789", "asset_class": "crypto"}],
                "orders": [{"id": "m1", "symbol": "", "side": "", "order_class": "mleg",
                "qty": "1", "limit_price": "-0.55", "status": "new"}]}
                """#
            ])
        try desk.configure()
        let daemon = try desk.trade()
        #expect(!daemon.text.contains("DiscrepancyFound"), "\(daemon.text)")
        try desk.rise()
        try daemon.wait("an entry and its stop") { try desk.orders().count == 2 }
        let adopted = try desk.ledger(
            "adopt", "XYZ", "--reason", "bought by hand", "--journal", "./desk")
        #expect(adopted.code == 0, "\(adopted.text)")
        daemon.interrupt()
        let shown = try desk.ledger(
            "project", "reconciliation", "--holdings", "--journal", "./desk", "--format", "csv")
        #expect(shown.text.contains("DOGEUSD") && !shown.text.contains("XYZ"), "\(shown.text)")
        let again = try desk.trade()
        #expect(!again.text.contains("DiscrepancyFound"), "\(again.text)")
        again.interrupt()
        try desk.expectWhole()
    }

    /// Alpaca takes the fee of a buy in coin, so that less can be sold than was filled.
    @Test func `a coin that paid its fee can be sold, and its activities explain the account`()
        throws
    {
        let desk = try Desk(
            symbols: "BTC/USD=100",
            [
                "exchange.alpaca_coin_fee_basis_points=25"
            ])
        try desk.configureCoin()
        let daemon = try desk.trade()
        try desk.quote(100)
        try daemon.waits(for: "OrderFilled")
        try daemon.wait("the fee") { try desk.count("FeeCharged") == 1 }
        let flatten = try desk.ledger(
            "flatten", "--reason", "test", "--journal", "./desk")
        #expect(flatten.code == 0, "\(flatten.text)")
        try daemon.wait("the sale") { try desk.orders() == ["filled", "filled"] }
        #expect(try desk.position() == "0")
        daemon.interrupt()
        let again = try desk.trade()
        #expect(!again.text.contains("DiscrepancyFound"), "\(again.text)")
        again.interrupt()
        let shown = try desk.ledger(
            "project", "reconciliation", "--journal", "./desk", "--format", "csv")
        #expect(shown.text.contains(",PASS,0,"), "\(shown.text)")
        try desk.expectWhole()
    }

    /// Binance's test net gives every account hundreds of assets.
    @Test(arguments: [
        "local-secret", "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
    ])
    func `a paper run passes its first comparison among hundreds of assets`(
        secret: String
    ) throws {
        let programs = try Programs()
        defer { programs.remove() }
        let coins = (0..<450).map {
            #"{"asset": "COIN\#($0)", "free": "18466.00000000", "locked": "0.00000000"}"#
        }
        try programs.write(
            #"{"balances": [\#(coins.joined(separator: ","))]}"#, "account.json")
        let exchange = try Running(
            programs,
            [
                "ledgerd", "exchange", "--dialects", "binance", "--port", "0", "--journal",
                "./exchange", "--feed", "none", "--set", "exchange.durable=false",
                "--set", "exchange.account=account.json",
            ], ["LEDGER_EXCHANGE_KEY": "local-key", "LEDGER_EXCHANGE_SECRET": secret])
        let port = try exchange.port()
        try programs.write(
            """
            mode: paper
            account: {kind: paper, currency: USDT}
            venue: {kind: binance}
            data:
              - {path: venue, symbol: BTCUSDT, kind: crypto, currency: USDT, tick: 0.01, lot: 0.00001}
            binance: {rest_url: "http://127.0.0.1:\(port)", stream_url: "ws://127.0.0.1:\(port)", \
            order_stream_url: "ws://127.0.0.1:\(port)/ws-api/v3"}
            strategies:
              - {kind: buy_and_hold, symbols: BTCUSDT, quantity: 0.001}

            """, "paper.yaml")
        let daemon = try Running(
            programs, ["ledgerd", "paper", "--config", "paper.yaml", "--journal", "./paper"],
            ["BINANCE_API_KEY": "local-key", "BINANCE_API_SECRET": secret])
        try daemon.waits(for: "ReconciliationEnded")
        #expect(!daemon.text.contains("DiscrepancyFound"), "\(daemon.text)")
        try programs.write(secret, "secret")
        let fetched = try programs.run(
            "/bin/sh", "-c",
            "BINANCE_API_KEY=local-key BINANCE_API_SECRET=$(cat secret) "
                + "\(Checkout.products)/ledgerd snapshot --config paper.yaml")
        #expect(fetched.text.contains("450 positions, 0 open orders"), "\(fetched.text)")
        let compared = try programs.run(
            "ledger", "reconcile", "--snapshot", "venue.json", "--journal", "./paper")
        #expect(compared.code == 0 && compared.text.contains("PASS"), "\(compared.text)")
        daemon.interrupt()
        exchange.signal(SIGKILL)
        let gate = try programs.run("ledger", "project", "reconciliation", "--journal", "./paper")
        #expect(gate.text.contains("COIN449") && gate.text.contains("PASS"), "\(gate.text)")
    }
}
