import Foundation
import LedgerDomain
import LedgerVenues
import TestSupport
import Testing

/// A whole `ledgerd paper`, whose venue says nonsense and then lies.
@Suite(.serialized) struct HostileSessionTests {
    /// The built programs in a folder of their own.
    private struct Programs {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hostile-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
        }

        func start(_ words: [String], _ output: String) throws -> Process {
            let file = folder.appendingPathComponent(output)
            try Data().write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "\(Checkout.products)/\(words[0])")
            process.arguments = Array(words.dropFirst())
            process.currentDirectoryURL = folder
            var environment = ProcessInfo.processInfo.environment
            environment["SWIFT_BACKTRACE"] = "enable=no"
            process.environment = environment
            let handle = try FileHandle(forWritingTo: file)
            (process.standardOutput, process.standardError) = (handle, handle)
            try process.run()
            return process
        }

        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }

        func run(_ words: String...) throws -> (text: String, code: Int32) {
            let process = try start(words, "output")
            process.waitUntilExit()
            return (try text("output"), process.terminationStatus)
        }

        func events(_ type: String) throws -> [WireValue] {
            let found = try run(
                "ledger", "tail", "--journal", "./live", "--type", type, "--format", "jsonl",
                "--count", "100000000")
            return try found.text.split(separator: "\n").map {
                try WireJSON.decode(Array($0.utf8))
            }
        }
    }

    private func configuration(_ venue: VenueFixture.Venue, _ port: Int) -> String {
        let base = "127.0.0.1:\(port)"
        let isAlpaca = venue == .alpaca
        let places =
            isAlpaca
            ? """
            alpaca: {trading_url: "http://\(base)", data_url: "http://\(base)", \
            stream_url: "ws://\(base)/v2/iex", requests_per_minute: 1000000}
            """
            : """
            binance: {rest_url: "http://\(base)", stream_url: "ws://\(base)", \
            order_stream_url: "ws://\(base)/ws-api/v3", recv_window_ms: 1000, \
            weight_per_minute: 10000000}
            """
        return """
            mode: paper
            account: {kind: paper, currency: \(isAlpaca ? "USD" : "USDT")}
            venue: {kind: \(venue.connection.name)}
            risk: {enabled: false}
            quality: {enabled: false}
            drawdown: {enabled: false}
            gate: {min_rejections: 0, max_run_failures: 0}
            faults: {rest_limit: 0, websocket_limit: 0, duplicate_limit: 0, stale_limit: 0, \
            feed_lag_ms: 0, websocket_failures: 0, error_rate: 0}
            backoff_base_s: 0.02
            max_backoff_s: 0.1
            latency: {timeout_ms: 300, retries: 2}
            network: {processing_limit_ms: 100}
            live: {acknowledgement_ms: 200, poll_s: 1, tick_ms: 20, reconcile_s: 1, durability: bulk}
            data:
              - {path: venue, symbol: \(venue.symbol), tick: 0.01, lot: 1, \
            kind: \(isAlpaca ? "equity" : "crypto"), currency: \(isAlpaca ? "USD" : "USDT")}
            strategies:
              - {kind: sma_crossover, name: cross, symbols: \(venue.symbol), fast: 2, slow: 5, quantity: 3}
            \(places)

            """
    }

    // MARK: Lies

    private static func with(
        _ value: WireValue, _ path: [String], _ new: WireValue
    ) -> WireValue {
        guard let name = path.first else { return new }
        var members = value.members
        guard let place = members.firstIndex(where: { $0.name == name }) else { return value }
        members[place].value = with(members[place].value, Array(path.dropFirst()), new)
        return .object(members)
    }

    private static func changed(
        _ message: WireValue, _ changes: [(String, WireValue)]
    ) -> WireValue {
        changes.reduce(message) { with($0, $1.0.split(separator: ".").map(String.init), $1.1) }
    }

    /// Beside an execution: one beyond the order, one of somebody else's order, one in another symbol.
    private static func lies(_ message: WireValue) -> [WireValue] {
        if message["data"]?["price"] != nil, message["stream"] == "trade_updates" {
            return [
                [
                    ("data.execution_id", "lie-1"), ("data.qty", "1000"),
                    ("data.order.filled_qty", "1000"), ("data.order.qty", "1000"),
                ], [("data.execution_id", "lie-2"), ("data.order.client_order_id", "stranger")],
                [("data.execution_id", "lie-3"), ("data.order.symbol", "NOPE")],
            ].map { changed(message, $0) }
        }
        guard message["event"]?["x"] == "TRADE" else { return [] }
        return [
            [
                ("event.t", 900_000_001), ("event.l", "1000"), ("event.z", "1000"),
                ("event.q", "1000"),
            ], [("event.t", 900_000_002), ("event.c", "stranger")],
            [("event.t", 900_000_003), ("event.s", "NOPE")],
        ].map { changed(message, $0) }
    }

    // MARK: The session

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `a session with a hostile venue goes on, and books what the exchange did`(
        _ venue: VenueFixture.Venue
    ) throws {
        let truth = try VenueFixture(venue)
        let proxy = try HostileProxy(to: truth.port, seed: 7) { message in
            // The market stream's opening: it is not asked for again when it was lost.
            let kind = message.elements.first?["T"]?.string
            return kind == "success" || kind == "subscription"
        }
        let programs = try Programs()
        defer { try? FileManager.default.removeItem(at: programs.folder) }
        try configuration(venue, proxy.port).write(
            to: programs.folder.appendingPathComponent("paper.yaml"), atomically: true,
            encoding: .utf8)
        let daemon = try programs.start(
            ["ledgerd", "paper", "--config", "paper.yaml", "--journal", "./live"], "log")
        defer { if daemon.isRunning { kill(daemon.processIdentifier, SIGKILL) } }
        var tick = 0
        /// Prices that rise and fall, so that the strategy trades, until it is enough.
        func trade(until isEnough: () -> Bool) throws {
            while daemon.isRunning, !isEnough() {
                let price = 100 + abs(tick % 24 - 12)
                try truth.quote(price, price + 1)
                tick += 1
            }
        }
        func fills() -> Int {
            Set(
                truth.box.all.compactMap { report -> String? in
                    if case .fill(let fill) = report { fill.execution } else { nil }
                }
            ).count
        }
        try trade { fills() >= 4 }
        proxy.damage(20)
        try trade { proxy.damages >= 150 }
        proxy.damage(0)
        proxy.lie(Self.lies)
        let before = fills()
        // A lie may come with no fill, or with one whose comparison is yet to come.
        func isNoticed() -> Bool {
            (try? programs.text("log"))?.contains("DiscrepancyFound") ?? false
        }
        try trade { fills() > before && isNoticed() }
        proxy.lie(nil)
        // The account is compared every second: it is well again when it agreed twice.
        func passes() -> Int {
            (try? programs.text("log"))?.ranges(of: "ReconciliationEnded status=pass").count ?? 0
        }
        let agreed = passes() + 2
        try trade { passes() >= agreed }
        kill(daemon.processIdentifier, SIGINT)
        daemon.waitUntilExit()
        let log = try programs.text("log")
        #expect(
            daemon.terminationStatus == 0 && log.hasSuffix("Shutdown complete\n"),
            "\(log.suffix(2000))")
        try check(programs, truth, venue)
    }

    private func check(
        _ programs: Programs, _ truth: VenueFixture, _ venue: VenueFixture.Venue
    ) throws {
        for words in [["verify"], ["replay", "--from", "1", "--verify"]] {
            let process = try programs.start(["ledger"] + words + ["--journal", "./live"], "check")
            process.waitUntilExit()
            let text = try programs.text("check")
            #expect(process.terminationStatus == 0, "\(words): \(text)")
        }
        truth.gateway.queryFills(since: .zero, symbols: [venue.symbol])
        truth.gateway.queryAccount(symbols: [venue.symbol])
        _ = truth.box.account()
        var real: [String: VenueFill] = [:]
        for case .fill(let fill) in truth.box.all { real[fill.execution] = fill }
        var executions: Set<String> = []
        for event in try programs.events("VenueFillReported") {
            let name = event["venueExecution"]?.string ?? ""
            guard let fill = real[name] else {
                #expect(name.hasPrefix("lie-") || name.hasPrefix("90000000"), "\(event)")
                continue
            }
            #expect(executions.insert(name).inserted, "\(name) is booked twice")
            #expect(event["price"]?.string == "\(fill.price)", "\(event)")
            #expect(event["quantity"]?.string == "\(fill.quantity)", "\(event)")
        }
        let booked = try programs.events("OrderFilled")
        #expect(booked.count == executions.count, "every true execution, and no other")
        #expect(booked.allSatisfy { $0["quantity"]?.string != "1000" })
        #expect(try programs.events("DiscrepancyFound").count > 0)
        // An outage is one fault, however often the stream was tried.
        let noticed = try ["FaultReported", "LinkChanged"].map { try programs.events($0).count }
        #expect(noticed.reduce(0, +) > 10 && noticed[0] > 0, "\(noticed)")
    }
}
