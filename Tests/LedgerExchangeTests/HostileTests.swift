import Foundation
import LedgerExchange
import LedgerVenues
import Testing

/// What no client should send.
@Suite struct HostileTests {
    @Test func `bytes that are no request end their connection and nothing else`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        let head = TestExchange.keys.joined(separator: "\r\n")
        let rows: [String] = [
            "\r\n\r\n", "GET", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "POST /v2/orders HTTP/1.1\r\n\(head)\r\nContent-Length: -5\r\n\r\n",
            "GET /%zz%00%ff?%=&&=&a HTTP/1.1\r\n\(head)\r\n\r\n",
            "GET " + String(repeating: "/a", count: 100_000) + " HTTP/1.1\r\n\r\n",
            "GET /stream HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ]
        for row in rows {
            let client = try SocketClient(port: exchange.port)
            try? client.write(Array(row.utf8))
        }
        #expect(try exchange.order("after", []).status == 200)
    }

    @Test func `bodies that are damaged, deep or long are refused`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        let good = WireJSON.encode([
            "symbol": "AAPL", "qty": "1", "side": "buy", "type": "limit", "limit_price": "1",
            "time_in_force": "gtc",
        ])
        var state: UInt64 = 7
        var statuses: [Int] = []
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<2 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            statuses.append(try post(exchange, bytes).status)
        }
        #expect(Set(statuses).isSubset(of: [200, 400, 403, 422]))
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 200_000)
        #expect(try post(exchange, deep).status == 400)
        #expect(throws: SocketClient.Failure.self) {
            try post(exchange, [UInt8](repeating: 32, count: 2 << 20))
        }
        #expect(try exchange.order("after", []).status == 200)
    }

    /// Whole numbers that do not fit, that fit just so, and that mean nothing.
    private static let extremes = [
        "-9223372036854775808", "9223372036854775807", "-1", "0", "1000000000000000000",
        "9223372036854775808", "-170141183460469231731687303715884105728", "1e400", "1e-400", "",
        "99999999999999999999999999999999999999",
    ]

    @Test func `no number of a client ends the exchange`() throws {
        let exchange = try TestExchange(.binance)
        let market = "symbol=BTCUSDT"
        for extreme in Self.extremes {
            for name in ["limit", "startTime", "endTime", "fromId", "orderId", "recvWindow"] {
                let query = "\(market)&interval=1m&\(name)=\(extreme)"
                for path in ["depth", "trades", "klines", "aggTrades", "historicalTrades"] {
                    _ = try exchange.ask("GET", "/api/v3/\(path)?\(query)")
                }
                for path in ["allOrders", "myTrades", "openOrders", "order", "account"] {
                    _ = try exchange.signed("GET", "/api/v3/\(path)", query)
                }
            }
            for name in [
                "quantity", "price", "stopPrice", "quoteOrderQty", "icebergQty", "trailingDelta",
                "strategyId",
            ] {
                let order = "\(market)&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=1"
                let kept = order.split(separator: "&").filter { !$0.hasPrefix("\(name)=") }
                let text = kept.joined(separator: "&") + "&\(name)=\(extreme)"
                _ = try exchange.signed("POST", "/api/v3/order", text)
            }
        }
        for time in [Int64.min, .max, -1, 0] {
            #expect(try exchange.signed("GET", "/api/v3/account", "", time: time).status == 400)
            #expect(try exchange.signed("POST", "/api/v3/order", market, time: time).status == 400)
        }
        #expect(try exchange.ask("GET", "/api/v3/ping").status == 200)
        #expect(try exchange.signed("GET", "/api/v3/account", "").status == 200)
    }

    @Test func `no number of a client ends the other dialect's exchange`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        // A token as the exchange makes them: symbol, time and how many rows of that time to pass.
        let tokens = Self.extremes.flatMap { extreme in
            ["AAPL|\(extreme)|0", "AAPL|0|\(extreme)"].map { text in
                text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
        }
        for extreme in Self.extremes + tokens {
            for query in ["limit", "page_token", "page_size", "start", "end", "after", "until"] {
                for path in [
                    "/v2/orders?status=all", "/v2/account/activities?x=1",
                    "/v2/stocks/quotes?symbols=AAPL", "/v2/stocks/bars?symbols=AAPL&timeframe=1Min",
                    "/v2/stocks/trades?symbols=AAPL",
                ] { _ = try exchange.ask("GET", "\(path)&\(query)=\(extreme)") }
            }
            for query in ["qty", "percentage"] {
                _ = try exchange.ask("DELETE", "/v2/positions/AAPL?\(query)=\(extreme)")
            }
            for name in ["qty", "notional", "limit_price", "stop_price", "trail_price"] {
                _ = try exchange.order("x", [(name, .text(extreme))])
            }
        }
        #expect(try exchange.order("after", []).status == 200)
    }

    private func post(_ exchange: TestExchange, _ body: [UInt8]) throws -> HTTPAnswer {
        let client = try SocketClient(port: exchange.port)
        let lines =
            ["POST /v2/orders HTTP/1.1", "Host: localhost"] + TestExchange.keys
            + ["Content-Length: \(body.count)"]
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        return try HTTPAnswer(from: client)
    }

    @Test func `messages that are damaged end a stream at most`() throws {
        let exchange = try TestExchange(.binance)
        for path in ["/ws/btcusdt@trade", "/ws-api/v3", "/stream?streams=a/b//"] {
            let stream = try WebSocketClient(port: exchange.port, path)
            try stream.send(Array("{\"method\":".utf8), opcode: 1)
            try? stream.send([0xFF, 0xFE], opcode: 2)
            try? stream.send(
                Array("{\"method\":5,\"params\":{\"a\":[]},\"id\":{}}".utf8), opcode: 1)
            _ = try? stream.receive()
        }
        #expect(try exchange.ask("GET", "/api/v3/ping").status == 200)
    }

    @Test func `with a certificate everything is TLS`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "exchange-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func run(_ arguments: [String]) throws -> (Int32, String) {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            (process.standardOutput, process.standardError) = (output, Pipe())
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
        _ = try run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
        ])
        let exchange = try TestExchange(
            .alpaca, ["exchange.certificate": certificate, "exchange.private_key": key])
        let address = "127.0.0.1:\(exchange.port)"
        let check = [
            "openssl", "s_client", "-connect", address, "-verify_return_error", "-CAfile",
            certificate, "-verify_hostname",
        ]
        #expect(try run(check + ["localhost"]).0 == 0)
        #expect(try run(check + ["elsewhere"]).0 != 0)
        #expect(exchange.exchange.addresses[0].http.hasPrefix("https://"))
        #expect(throws: (any Error).self) { try exchange.ask("GET", "/v2/clock") }
    }
}
