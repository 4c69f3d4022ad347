import Foundation
import LedgerExchange
import LedgerVenues
import TestSupport
import Testing

@Suite struct RestartTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "exchange-\(UUID().uuidString)")

    private static let views = [
        "/v2/orders?status=all", "/v2/positions", "/v2/account/activities/FILL", "/v2/account",
        "/v2/stocks/quotes?symbols=AAPL",
    ]

    private func views(_ ask: (String) throws -> HTTPAnswer) throws -> [WireValue] {
        try Self.views.map { try ask($0).value }
    }

    @Test func `a start after kill -9 goes on from the journal alone`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let arguments = [
            "--feed", "none", "--journal", folder.path + "/journal", "--set",
            "exchange.alpaca_limit=0",
        ]
        let first = try ProgramRun(arguments)
        func quote(_ run: ProgramRun, _ bid: String, _ ask: String) throws {
            _ = try run.ask(
                "alpaca", "POST", "/control/quote",
                ["symbol": "AAPL", "bid": .text(bid), "ask": .text(ask)])
        }
        func order(_ run: ProgramRun, _ name: String, _ type: String, _ limit: WireValue) throws
            -> Int
        {
            try run.ask(
                "alpaca", "POST", "/v2/orders",
                [
                    "symbol": "AAPL", "qty": "2", "side": "buy", "type": .text(type),
                    "time_in_force": "gtc", "client_order_id": .text(name), "limit_price": limit,
                ]
            ).status
        }
        try quote(first, "189.99", "190.01")
        #expect(try order(first, "filled", "market", nil) == 200)
        #expect(try order(first, "rests", "limit", "150") == 200)
        #expect(try order(first, "changed", "limit", "151") == 200)
        let changed = try first.ask(
            "alpaca", "GET", "/v2/orders:by_client_order_id?client_order_id=changed")
        let id = try #require(changed.value["id"]?.string)
        #expect(try first.ask("alpaca", "PATCH", "/v2/orders/\(id)", ["qty": "3"]).status == 200)
        let before = try views { try first.ask("alpaca", "GET", $0) }
        #expect(first.kill(SIGKILL) == 128 + SIGKILL)

        let second = try ProgramRun(arguments)
        #expect(try views { try second.ask("alpaca", "GET", $0) } == before)
        // A name stays used, and what rested can still fill.
        #expect(try order(second, "filled", "market", nil) == 422)
        try quote(second, "149.98", "149.99")
        let orders = try second.ask("alpaca", "GET", "/v2/orders?status=open").value
        #expect(orders.elements.isEmpty)
        #expect(try second.ask("alpaca", "GET", "/v2/positions/AAPL").value["qty"] == "7")
        #expect(second.kill(SIGTERM) == 0)

        let third = try ProgramRun(arguments)
        #expect(try third.ask("alpaca", "GET", "/v2/positions/AAPL").value["qty"] == "7")
        #expect(third.kill(SIGINT) == 0)
    }

    @Test func `one that was stopped can be started again in the same process`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = folder.path + "/journal"
        let first = try TestExchange(.alpaca, journal: journal)
        let stream = try first.openOrderStream()
        try first.quote("AAPL", "189.99", "190.01")
        #expect(try first.order("one", []).status == 200)
        // Connections that are left open hold nothing.
        let idle = try SocketClient(port: first.port)
        try first.stop()
        #expect(throws: SocketClient.Failure.self) { while true { _ = try stream.value() } }
        let second = try TestExchange(.alpaca, journal: journal)
        #expect(try second.ask("GET", "/v2/orders?status=all").value.elements.count == 1)
        withExtendedLifetime((first, idle)) {}
    }

    @Test func `two dialects have a port and a journal each`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try ProgramRun([
            "--dialects", "alpaca,binance", "--journal", folder.path + "/both", "--set",
            "exchange.tick_ms=20",
        ])
        #expect(try run.port("alpaca") != run.port("binance"))
        let info = try run.ask("binance", "GET", "/api/v3/exchangeInfo").value
        #expect(info["symbols"]?.elements.count == 2)
        #expect(try run.ask("alpaca", "GET", "/v2/assets").value.elements.count == 3)
        #expect(run.kill(SIGTERM) == 0)
        for name in ["both-alpaca", "both-binance"] {
            #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(name)/data.mdb"))
        }
    }

    @Test func `a port that is taken is an error in one line`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try ProgramRun(["--journal", folder.path + "/one"])
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "\(Checkout.products)/ledgerd")
        process.arguments = [
            "exchange", "--port", "\(try run.port("alpaca"))", "--journal", folder.path + "/two",
        ]
        process.standardError = errors
        process.standardOutput = Pipe()
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(String(decoding: text, as: UTF8.self).split(separator: "\n").count == 1)
    }
}
