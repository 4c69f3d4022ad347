import Foundation
import Testing

/// A program that runs, and what it has printed so far.
final class Running {
    let process: Process
    private let file: URL

    init(_ programs: Programs, _ words: [String], _ environment: [String: String]) throws {
        file = programs.folder.appendingPathComponent("printed-\(UUID().uuidString)")
        try Data().write(to: file)
        process = try programs.start(
            words, output: try FileHandle(forWritingTo: file), environment: environment)
    }

    deinit { if process.isRunning { signal(SIGKILL) } }

    var text: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until it has printed a text so often; ends the test where it ended without.
    func waits(for wanted: String, times: Int = 1) throws {
        try wait("\(wanted) in\n\(text)") {
            text.components(separatedBy: wanted).count > times
        }
    }

    /// The port on which an exchange listens, once it is ready.
    func port() throws -> Int {
        try waits(for: "ready\n")
        let address = text.components(separatedBy: "127.0.0.1:").dropFirst().first
        return try #require(Int(address?.prefix { $0.isNumber } ?? ""))
    }

    /// Looks again until something is so; nothing depends on how long that takes.
    func wait(_ what: @autoclosure () -> String, until isSo: () throws -> Bool) throws {
        // So many that only what never comes is given up.
        for _ in 0..<12_000 {
            let isRunning = process.isRunning
            if try isSo() { return }
            try #require(isRunning, "it ended without \(what())\n\(text)")
            usleep(10_000)
        }
        try #require(Bool(false), "waited in vain for \(what())\n\(text)")
    }

    /// Its exit code, or 128 and the number of the signal that it died of.
    func end() -> Int32 {
        process.waitUntilExit()
        let code = process.terminationStatus
        return process.terminationReason == .exit ? code : 128 + code
    }

    /// Ends it as Ctrl-C does, which has to be in good order.
    func interrupt() {
        signal(SIGINT)
        let code = end()
        #expect(code == 0 && text.hasSuffix("Shutdown complete\n"), "\(code): \(text)")
    }
}

/// A local exchange in Alpaca's dialect whose prices are set by hand, and what a trader does at it.
///
/// The strategy of `configuration` buys 3 when three rising prices cross its averages, and protects them
/// with a stop 5 below.
final class Desk {
    let programs: Programs
    let exchange: Running
    let port: Int
    let key: String
    let secret: String

    let symbol: String

    init(
        key: String = "local-key", secret: String = "local-secret", symbols: String = "A=100",
        history: String = "", _ more: [String] = []
    ) throws {
        symbol = String(symbols.prefix { $0 != "=" })
        programs = try Programs()
        if !history.isEmpty { try Self.serve(history, programs) }
        (self.key, self.secret) = (key, secret)
        let running = try Running(
            programs,
            [
                "ledgerd", "exchange", "--dialects", "alpaca", "--port", "0", "--journal",
                "./exchange", "--feed", "none", "--set", "exchange.symbols=\(symbols)",
                "--set", "exchange.durable=false", "--set", "exchange.alpaca_limit=0",
            ] + more.flatMap { ["--set", $0] },
            ["LEDGER_EXCHANGE_KEY": key, "LEDGER_EXCHANGE_SECRET": secret])
        exchange = running
        port = try running.port()
    }

    /// Makes the exchange's journal hold daily bars of A: an earlier exchange was fed with them.
    private static func serve(_ bars: String, _ programs: Programs) throws {
        try programs.write(bars, "served.csv")
        try programs.write(
            "data:\n  - {path: served.csv, symbol: A, tick: 0.01, lot: 0.000000001, interval: 86400}\n",
            "served.yaml")
        let (text, code) = try programs.run(
            "ledgerd", "exchange", "--config", "served.yaml", "--dialects", "alpaca", "--port", "0",
            "--journal", "./exchange", "--feed", "files", "--clock", "feed", "--speed", "max",
            "--exit-at-end", "--set", "exchange.durable=false")
        try #require(code == 0, "\(text)")
    }

    deinit {
        exchange.signal(SIGKILL)
        exchange.process.waitUntilExit()
        programs.remove()
    }

    /// - Parameters:
    ///   - venue, alpaca: settings of those sections, after a comma.
    ///   - stopLoss: the distance of the stop; 0 for none.
    ///   - more: lines of YAML.
    func configure(
        _ name: String = "desk.yaml", mode: String = "paper", venue: String = "",
        alpaca: String = "", stopLoss: Int = 5, _ more: String = ""
    ) throws {
        try programs.write(
            """
            mode: \(mode)
            run: {name: desk}
            account: {kind: \(mode)}
            venue: {kind: alpaca\(venue)}
            quality: {min_history_days: 0}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 0}
            data:
              - {path: venue, symbol: A, tick: 0.01, lot: 1}
            strategies:
              - {kind: sma_crossover, name: cross, symbols: A, fast: 2, slow: 4, quantity: 3, stop_loss: \(stopLoss)}
            alpaca: {trading_url: "\(address)", data_url: "\(address)", \
            stream_url: "ws://127.0.0.1:\(port)/v2/iex"\(alpaca)}
            \(more)

            """, name)
    }

    /// Buys a tenth of a coin at the first price and keeps it.
    func configureCoin() throws {
        try programs.write(
            """
            mode: paper
            run: {name: desk}
            account: {kind: paper}
            venue: {kind: alpaca}
            quality: {min_history_days: 0}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 1}
            data:
              - {path: venue, symbol: \(symbol), kind: crypto, tick: 0.01, lot: 0.000000001}
            strategies:
              - {kind: buy_and_hold, symbols: \(symbol), quantity: 0.1}
            alpaca: {trading_url: "\(address)", data_url: "\(address)", \
            stream_url: "ws://127.0.0.1:\(port)/v1beta3/crypto/us"}

            """, "desk.yaml")
    }

    /// Buys 3 of A and a tenth of BTC/USD at the first price of each, and keeps them. A symbol without
    /// data pauses after a second.
    func configureBoth(_ more: String = "") throws {
        try programs.write(
            """
            mode: paper
            run: {name: desk}
            account: {kind: paper, calendar: crypto}
            venue: {kind: alpaca}
            quality: {min_history_days: 0, feed_timeout_s: 1, feed_stable: 1}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 0}
            data:
              - {path: venue, symbol: A, tick: 0.01, lot: 1}
              - {path: venue, symbol: BTC/USD, kind: crypto, tick: 0.01, lot: 0.000000001}
            strategies:
              - {kind: buy_and_hold, name: shares, symbols: A, quantity: 3}
              - {kind: buy_and_hold, name: coins, symbols: BTC/USD, quantity: 0.1}
            alpaca: {trading_url: "\(address)", data_url: "\(address)", \
            stream_url: "ws://127.0.0.1:\(port)/v2/iex"}
            \(more)

            """, "desk.yaml")
    }

    var address: String { "http://127.0.0.1:\(port)" }

    func start(_ words: [String], environment: [String: String] = [:]) throws -> Running {
        try Running(programs, words, environment)
    }

    /// A daemon that trades, and that has compared its books.
    func trade(_ words: [String] = [], environment: [String: String] = [:]) throws -> Running {
        let daemon = try Running(
            programs,
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk"] + words,
            environment)
        try daemon.waits(for: "ReconciliationEnded")
        return daemon
    }

    func ledger(_ words: String...) throws -> (text: String, code: Int32) {
        try programs.run(["ledger"] + words)
    }

    /// How many events of a type the daemon's journal has.
    func count(_ type: String, _ journal: String = "./desk") throws -> Int {
        let (text, _) = try programs.run(
            "ledger", "tail", "--journal", journal, "--type", type, "--all", "--format", "jsonl")
        return text.split(separator: "\n").count { $0.hasPrefix("{") }
    }

    // MARK: At the exchange

    /// One request, as a person with the keys makes it, or one for each body.
    @discardableResult
    func ask(_ method: String, _ path: String, _ bodies: [String] = [""]) throws -> String {
        let script = """
            import sys, urllib.request
            for body in sys.argv[5:]:
                request = urllib.request.Request(sys.argv[2], method=sys.argv[1], data=body.encode() or None)
                request.add_header("APCA-API-KEY-ID", sys.argv[3])
                request.add_header("APCA-API-SECRET-KEY", sys.argv[4])
                print(urllib.request.urlopen(request).read().decode())
            """
        let (text, code) = try programs.run(
            ["/usr/bin/env", "python3", "-c", script, method, address + path, key, secret] + bodies)
        try #require(code == 0, "\(method) \(path) \(bodies): \(text)")
        return text
    }

    /// The next prices, one quote each.
    func quote(_ prices: Int...) throws { try quote(prices) }

    func quote(_ prices: [Int]) throws {
        try ask(
            "POST", "/control/quote",
            prices.map { #"{"symbol": "\#(symbol)", "bid": "\#($0)", "ask": "\#($0)"}"# })
    }

    /// The next price of a symbol, as one quote.
    func quote(_ symbol: String, at price: Int) throws {
        try ask(
            "POST", "/control/quote",
            [#"{"symbol": "\#(symbol)", "bid": "\#(price)", "ask": "\#(price)"}"#])
    }

    /// Closes a stream and refuses it with this status; 0 opens it again.
    func refuse(_ path: String, status: Int, retryAfter: Int = 0) throws {
        try ask(
            "POST", "/control/stream",
            [
                #"{"path": "\#(path)", "status": "\#(status)", "retry_after": "\#(retryAfter)"}"#
            ])
    }

    /// How often the streams that are closed now were asked for.
    func refusals() throws -> Int {
        let state = try ask("GET", "/control/state")
        let digits = state.components(separatedBy: #""refusals":"#).last?.prefix { $0.isNumber }
        return try #require(Int(digits ?? ""))
    }

    /// How the exchange misbehaves from now on; not at all for an empty text.
    func faults(_ text: String) throws { try ask("POST", "/control/faults", [text]) }

    /// Prices that make the strategy buy.
    /// A desk whose daemon holds 3, bought at 103, with a stop at the venue.
    static func holding() throws -> (desk: Desk, daemon: Running) {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        return (desk, daemon)
    }

    func rise() throws { try quote(100, 100, 100, 100, 101, 102, 103) }

    /// Statuses of its orders, the first one first.
    func orders() throws -> [String] {
        let text = try ask("GET", "/v2/orders?status=all&direction=asc")
        return text.components(separatedBy: "\"status\":").dropFirst().map {
            String($0.drop { $0 == " " || $0 == "\"" }.prefix { $0 != "\"" })
        }
    }

    func position() throws -> String {
        let text = try ask("GET", "/v2/positions")
        return text.components(separatedBy: "\"qty\":").dropFirst().first.map {
            String($0.drop { $0 == " " || $0 == "\"" }.prefix { $0 != "\"" })
        } ?? "0"
    }

    /// That both books hold the same, and the daemon's journal is whole.
    func expectWhole(_ journal: String = "./desk") throws {
        for check in [["verify"], ["replay", "--from", "1", "--verify"]] {
            let (text, code) = try programs.run(["ledger"] + check + ["--journal", journal])
            #expect(code == 0, "\(text)")
        }
    }
}
