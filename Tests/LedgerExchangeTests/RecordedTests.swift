import Foundation
import LedgerExchange
import LedgerVenues
import Testing

/// The shapes of what venues really said.
@Suite(.enabled(if: Recorded.isHere, "the folder of recorded answers is absent; set LEDGER_DATA"))
struct RecordedTests {
    /// Names in the recorded object that ours lacks, and names whose values are of another kind.
    private func differences(_ recorded: WireValue, _ ours: WireValue, _ path: String) -> [String] {
        switch (recorded, ours) {
        case (.object(let members), .object):
            return members.flatMap { member -> [String] in
                guard let value = ours[member.name] else { return ["\(path).\(member.name) lacks"] }
                return differences(member.value, value, "\(path).\(member.name)")
            }
        case (.array(let elements), .array(let others)):
            guard let one = elements.first, let other = others.first else { return [] }
            return differences(one, other, "\(path)[]")
        case (.null, _), (_, .null): return []
        case (.integer, .decimal), (.decimal, .integer): return []
        // The recorded answers have some amounts as numbers that the venue sends as texts.
        case (.integer, .text), (.decimal, .text): return []
        case (.text, .text), (.bool, .bool), (.integer, .integer), (.decimal, .decimal): return []
        default: return ["\(path) is of another kind"]
        }
    }

    private func compare(_ file: String, _ ours: WireValue, lacking: [String] = []) throws {
        let found = differences(try Recorded.value("alpaca/rest/\(file).json"), ours, "")
        #expect(
            found.filter { line in !lacking.contains { line.hasSuffix($0 + " lacks") } } == [],
            "\(file)")
    }

    @Test func `Alpaca's answers have all the names of the recorded ones`() throws {
        let exchange = try TestExchange(.alpaca)
        func get(_ target: String) throws -> WireValue { try exchange.ask("GET", target).value }
        for (symbol, bid, ask) in [("AAPL", "189", "190"), ("BTC/USD", "60000", "60001")] {
            try exchange.quote(symbol, bid, ask)
            for minute in 0..<2 {
                try exchange.ask(
                    "POST", "/control/bar",
                    [
                        "symbol": .text(symbol), "open": "1", "high": "2", "low": "1", "close": "2",
                        "volume": .text("\(10 + minute)"),
                    ])
            }
            try exchange.ask(
                "POST", "/control/trade", ["symbol": .text(symbol), "price": .text(bid)])
        }
        try compare(
            "test_market_order_1", exchange.order("one", []).value, lacking: [".commission"])
        try compare("test_get_account_1", get("/v2/account"))
        try compare("test_get_account_configurations_1", get("/v2/account/configurations"))
        try compare("test_get_orders_1", get("/v2/orders?status=all"))
        // The last two are of an answer that no longer looks like this.
        try compare(
            "test_get_all_positions_1", get("/v2/positions"), lacking: [".usd"])
        try compare(
            "test_get_asset_1", get("/v2/assets/AAPL"),
            lacking: [".last_close_pct_change", ".last_price"])
        try compare(
            "test_close_position_with_qty_1",
            exchange.ask("DELETE", "/v2/positions/AAPL?qty=1").value, lacking: [".commission"])
        try compare("test_close_all_positions_1", exchange.ask("DELETE", "/v2/positions").value)
        try compare("test_get_latest_quote_1", get("/v2/stocks/quotes/latest?symbols=AAPL"))
        try compare("test_get_latest_trade_1", get("/v2/stocks/trades/latest?symbols=AAPL"))
        try compare("test_get_quotes_1", get("/v2/stocks/quotes?symbols=AAPL&limit=1"))
        try compare("test_get_trades_1", get("/v2/stocks/trades?symbols=AAPL&limit=1"))
        try compare("test_get_bars_1", get("/v2/stocks/bars?symbols=AAPL&timeframe=1Min&limit=1"))
        try compare(
            "test_get_snapshot_1", get("/v2/stocks/snapshots?symbols=AAPL"),
            lacking: [".prevDailyBar"])
        try compare(
            "test_crypto_get_snapshot_1", get("/v1beta3/crypto/us/snapshots?symbols=BTC/USD"),
            lacking: ["ETH/USD", ".prevDailyBar"])
        try compare(
            "test_get_crypto_latest_quote_1",
            get("/v1beta3/crypto/us/latest/quotes?symbols=BTC/USD"))
        try compare(
            "test_get_crypto_latest_trade_1",
            get("/v1beta3/crypto/us/latest/trades?symbols=BTC/USD"))
        #expect(
            try get("/v2/stocks/bars?symbols=NONE")
                == Recorded.value("alpaca/rest/test_get_bars_multi_empty_response_1.json"))
    }

    @Test func `a clock that is behind is answered as it was recorded`() throws {
        let recorded = try Recorded.value("binance/recorded_error_-1021_timestamp.json")
        let exchange = try TestExchange(.binance)
        try exchange.faults("clock-skew-ms=-3000")
        let answer = try exchange.signed("GET", "/api/v3/account", "")
        #expect(answer.value == recorded["body"])
        #expect(answer.status == 400)
        #expect(answer.headers["x-mbx-used-weight-1m"] != nil)
    }

    @Test func `recorded filters are told as they are and held`() throws {
        let recent = "\(Recorded.folder)/binance/recorded_symbolInfo_BTCUSDT_2026-06.json"
        let exchange = try TestExchange(
            .binance, ["exchange.filters": recent, "exchange.symbols": "BTCUSDT=60000"])
        let told = try exchange.ask("GET", "/api/v3/exchangeInfo?symbol=BTCUSDT").value
        #expect(
            try told["symbols"]?.elements.first
                == Recorded.value("binance/recorded_symbolInfo_BTCUSDT_2026-06.json"))
        try exchange.quote("BTCUSDT", "59999", "60001")
        let order = "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&side=BUY"
        for (parameters, name) in [
            ("quantity=0.01&price=29000", "PERCENT_PRICE_BY_SIDE"),
            ("quantity=0.00001&price=50000", "NOTIONAL"), ("quantity=9001&price=50000", "LOT_SIZE"),
        ] {
            let answer = try exchange.signed("POST", "/api/v3/order", "\(order)&\(parameters)")
            #expect(answer.value["msg"] == .text("Filter failure: \(name)"), "\(answer.value)")
        }
        let market = try exchange.signed(
            "POST", "/api/v3/order", "symbol=BTCUSDT&type=MARKET&side=BUY&quantity=166")
        #expect(market.value["msg"] == "Filter failure: MARKET_LOT_SIZE")
    }

    @Test func `the filters of 2018 hold too`() throws {
        let exchange = try TestExchange(
            .binance,
            [
                "exchange.filters": "\(Recorded.folder)/binance/exchangeInfo_2018-02-10.json",
                "exchange.binance_currency": "BTC", "exchange.symbols": "ETHBTC=0.08",
                "account.cash": "1000",
            ])
        try exchange.quote("ETHBTC", "0.07999", "0.08001")
        let order = "symbol=ETHBTC&type=LIMIT&timeInForce=GTC&side=BUY"
        let small = try exchange.signed(
            "POST", "/api/v3/order", "\(order)&quantity=0.001&price=0.07")
        #expect(small.value["msg"] == "Filter failure: MIN_NOTIONAL")
        let good = try exchange.signed("POST", "/api/v3/order", "\(order)&quantity=0.5&price=0.07")
        #expect(good.value["status"] == "NEW", "\(good.value)")
    }

    @Test func `the recorded stream is told message for message`() throws {
        let path = "\(Recorded.folder)/binance/websocket/spot-btcusdt-20240808.gz"
        let exchange = try TestExchange(
            .binance,
            [
                "exchange.feed": "recording", "exchange.recording": path, "exchange.speed": "max",
                "exchange.clock": "feed", "exchange.wait_for_subscriber": "true",
            ])
        let stream = try WebSocketClient(
            port: exchange.port,
            "/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var count = 0
        for line in data.split(separator: 10) {
            let space = try #require(line.firstIndex(of: 32))
            let recorded = try WireJSON.decode(Array(line[(space + 1)...]))
            // The recorder's question for the whole book is no message of a stream.
            guard recorded["stream"] != nil else { continue }
            let told = try stream.value()
            try #require(told["stream"] == recorded["stream"])
            for name in ["p", "q", "t", "m", "s", "b", "a", "B", "A", "U"]
            where recorded["data"]?[name] != nil {
                guard told["data"]?[name] != recorded["data"]?[name] else { continue }
                Issue.record("message \(count): \(name)")
                return
            }
            if recorded["stream"] == "btcusdt@trade" {
                #expect(told["data"]?["T"] == recorded["data"]?["T"])
            }
            count += 1
        }
        #expect(count == 41_248)
        let state = try exchange.ask("GET", "/control/state").value
        #expect(state["feed"]?["ended"] == true)
        let depth = try exchange.ask("GET", "/api/v3/depth?symbol=BTCUSDT&limit=5").value
        #expect(depth["bids"]?.elements.count == 5)
    }
}
