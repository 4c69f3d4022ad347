import Foundation
import LedgerEvents
import LedgerExchange
import LedgerVenues
import TestSupport
import Testing
import VenueNetwork

/// A local exchange in this process, with prices that the test posts, and requests to it.
final class TestExchange {
    enum Dialect: String {
        case alpaca, binance
    }

    let exchange: LocalExchange
    let dialect: Dialect
    let journal: String
    private let owns: Bool

    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent(
            "exchange-\(UUID().uuidString)"
        ).path
    }

    init(
        _ dialect: Dialect, journal: String? = nil, _ settings: [String: String] = [:]
    ) throws {
        self.dialect = dialect
        owns = journal == nil
        self.journal = journal ?? Self.folder() + "/journal"
        var all = [
            "exchange.dialects": dialect.rawValue, "exchange.port": "0", "exchange.feed": "none",
            "exchange.durable": "false",
            "exchange.symbols": dialect == .alpaca
                ? "AAPL=190,BTC/USD=60000" : "BTCUSDT=60000,ETHUSDT=3000",
            "exchange.alpaca_limit": "0", "exchange.binance_limit": "0",
        ]
        all.merge(settings) { $1 }
        let options = try ExchangeOptions(
            journal: self.journal, known: ConnectedVenues.dialects,
            all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        exchange = try LocalExchange(options)
    }

    /// Stops it and leaves the journal.
    func stop() throws { try exchange.stop() }

    deinit {
        try? exchange.stop()
        if owns {
            try? FileManager.default.removeItem(
                at: URL(fileURLWithPath: journal).deletingLastPathComponent())
        }
    }

    var port: Int { exchange.addresses[0].port }

    @discardableResult
    func ask(
        _ method: String, _ target: String, _ body: WireValue? = nil, headers: [String]? = nil
    ) throws -> HTTPAnswer {
        let client = try SocketClient(port: port)
        let bytes = body.map(WireJSON.encode) ?? []
        var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"]
        lines += headers ?? Self.keys
        lines.append("Content-Length: \(bytes.count)")
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + bytes)
        return try HTTPAnswer(from: client)
    }

    static let keys = [
        "APCA-API-KEY-ID: local-key", "APCA-API-SECRET-KEY: local-secret",
        "X-MBX-APIKEY: local-key",
    ]

    func quote(_ symbol: String, _ bid: String, _ ask: String, size: String = "1000") throws {
        let answer = try self.ask(
            "POST", "/control/quote",
            [
                "symbol": .text(symbol), "bid": .text(bid), "ask": .text(ask),
                "bid_size": .text(size), "ask_size": .text(size),
            ])
        try #require(answer.status == 200, "\(answer.value)")
    }

    func faults(_ text: String) throws {
        let client = try SocketClient(port: port)
        let lines = [
            "POST /control/faults HTTP/1.1", "Host: localhost",
            "Content-Length: \(text.utf8.count)",
        ]
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + text).utf8))
        let answer = try HTTPAnswer(from: client)
        try #require(answer.status == 200, "\(answer.value)")
    }

    // MARK: Alpaca

    @discardableResult
    func order(_ name: String, _ more: [(String, WireValue)]) throws -> HTTPAnswer {
        var body: WireValue = [
            "symbol": "AAPL", "qty": "10", "side": "buy", "type": "market", "time_in_force": "gtc",
            "client_order_id": .text(name),
        ]
        for (name, value) in more {
            var members = body.members.filter { $0.name != name }
            members.append(.init(name, value))
            body = .object(members)
        }
        return try ask("POST", "/v2/orders", body)
    }

    func openOrderStream() throws -> WebSocketClient {
        let stream = try WebSocketClient(port: port, "/stream")
        try stream.send([
            "action": "authenticate",
            "data": ["key_id": "local-key", "secret_key": "local-secret"],
        ])
        #expect(try stream.value()["data"]?["status"] == "authorized")
        try stream.send(["action": "listen", "data": ["streams": ["trade_updates"]]])
        #expect(try stream.value()["stream"] == "listening")
        return stream
    }

    // MARK: Binance

    func signed(
        _ method: String, _ path: String, _ parameters: String, time: Int64? = nil,
        secret: String = "local-secret"
    ) throws -> HTTPAnswer {
        let now = time ?? Int64(Date().timeIntervalSince1970 * 1000)
        let text = (parameters.isEmpty ? "" : parameters + "&") + "timestamp=\(now)"
        let signature = try Self.hmac(text, secret)
        return try ask(method, "\(path)?\(text)&signature=\(signature)")
    }

    /// OpenSSL's own program, so that the exchange's arithmetic is not checked by itself.
    static func hmac(_ text: String, _ secret: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "dgst", "-sha256", "-hmac", secret, "-r"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(text.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data.prefix(64), as: UTF8.self)
    }
}

/// Recorded answers of the venues beside the package.
enum Recorded {
    static let folder = Checkout.data

    static let isHere = FileManager.default.fileExists(atPath: folder + "/alpaca/rest")

    static func value(_ path: String) throws -> WireValue {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
        return try WireJSON.decode(
            Array(data), limits: WireLimits(bytes: 64 << 20, values: 4_000_000), rounds: true)
    }
}
