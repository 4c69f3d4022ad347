import Foundation
import TestSupport
import Testing

/// The built program, a Python that counts its journals again, and the documents' commands.
enum Outside {
    /// The program that is built beside the tests.
    static let program = Checkout.products + "/ledger"

    /// - Returns: what it printed, both streams, and its exit code.
    static func run(
        _ words: [String], home: String
    ) throws -> (output: String, code: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Other tests of this process leave SIGPIPE ignored, which a child inherits.
        process.arguments = ["--default-signal=PIPE"] + words
        process.currentDirectoryURL = URL(filePath: Checkout.root.path)
        var environment = ProcessInfo.processInfo.environment
        environment["LEDGER_HOME"] = home
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    /// A network of the script's own, with a loopback and nothing else, where the machine lets us: the ports
    /// that the manual names are free there, and nothing can get out.
    static func alone(_ script: String) -> [String] {
        for words in [["unshare", "-n"], ["unshare", "-rn"]]
        where (try? run(words + ["ip", "link", "set", "lo", "up"], home: "/"))?.code == 0 {
            return words + ["bash", "-c", "ip link set lo up\n" + script]
        }
        return ["bash", "-c", script]
    }

    static func withHome<R>(_ body: (String) throws -> R) throws -> R {
        let home = FileManager.default.temporaryDirectory.path + "/ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        return try body(home)
    }
}

/// Journals counted again by another program, from their JSON lines alone.
@Suite struct RecountTests {
    private func ledger(_ words: String..., home: String) throws -> String {
        let (output, code) = try Outside.run([Outside.program] + words, home: home)
        #expect(code == 0, "ledger \(words.joined(separator: " ")): \(output)")
        return output
    }

    /// Back-tests, proves and recounts.
    private func check(_ settings: [String], home: String) throws {
        let words = settings.flatMap { ["--set", $0] }
        let run = try Outside.run(
            [Outside.program, "backtest", "--journal", "run", "--replace"] + words, home: home)
        #expect(run.code == 0, "\(settings): \(run.output)")
        let replay = try ledger("replay", "--journal", "run", "--from", "1", "--verify", home: home)
        #expect(replay.hasPrefix("identical: "))
        #expect(try ledger("verify", "--journal", "run", home: home).hasPrefix("ok: "))
        try recount("run", home)
    }

    private func recount(_ journal: String, _ home: String) throws {
        let (output, code) = try Outside.run(
            ["python3", "tools/recount.py", journal, Outside.program], home: home)
        #expect(code == 0, "\(journal): \(output)")
        #expect(output.hasPrefix("the same: "))
    }

    /// Files of a data set, the preset that reads them, and what they are of.
    private static let sets: [(files: String, preset: String, symbol: String, lot: String)] = [
        ("lean/equity/usa/daily/aapl.zip", "lean-daily", "AAPL", "1"),
        ("lean/equity/usa/daily/spy.zip", "lean-daily", "SPY", "1"),
        ("lean/equity/usa/hour/aapl.zip", "lean-hour", "AAPL", "1"),
        ("lean/equity/usa/hour/spy.zip", "lean-hour", "SPY", "1"),
        ("lean/equity/usa/minute/spy/*_trade.zip", "lean-minute-trade", "SPY", "1"),
        ("lean/equity/usa/minute/spy/*_quote.zip", "lean-minute-quote", "SPY", "1"),
        ("lean/equity/usa/tick/ibm/*_trade.zip", "lean-tick-trade", "IBM", "1"),
        (
            "lean/crypto/coinbase/minute/btcusd/*_trade.zip", "lean-minute-trade-crypto", "BTCUSD",
            "0.00000001"
        ),
    ]

    @Test(
        .enabled(if: Checkout.hasData, "the market data beside the package are missing"),
        arguments: sets.indices)
    func `real market data count again to the last digit`(index: Int) throws {
        let (pattern, preset, symbol, lot) = Self.sets[index]
        let path = Checkout.data + "/" + pattern
        let folder = (path as NSString).deletingLastPathComponent
        let ending = ((pattern as NSString).lastPathComponent as NSString)
            .replacingOccurrences(of: "*", with: "")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
        #expect(!files.isEmpty)
        try Outside.withHome { home in
            let (output, code) = try Outside.run(
                [Outside.program, "data", "import"] + files + [
                    "--preset", preset, "--symbol", symbol, "--tick", "0.0001", "--lot", lot,
                    "--journal", "tape",
                ], home: home)
            #expect(code == 0, "\(output)")
            try check(
                [
                    "data.0.path=\(home)/tape", "strategies.0.kind=sma_crossover",
                    "strategies.0.symbols=\(symbol)", "strategies.0.fast=5",
                    "strategies.0.quantity=3", "venue.fee_basis_points=7.5",
                    "venue.slippage_basis_points=3", "account.cash=1000000",
                    "strategies.0.stop_loss=2.5", "strategies.0.take_profit=4",
                ], home: home)
        }
    }

    @Test func `the second reader prints the same lines as tail`() throws {
        try Outside.withHome { home in
            _ = try ledger(
                "backtest", "--config", "configs/backtest.yaml", "--journal", "run", home: home)
            let ours = try ledger(
                "tail", "--all", "--format", "jsonl", "--journal", "run", home: home)
            let (theirs, code) = try Outside.run(
                ["tools/python", "tools/read_journal.py", "\(home)/run"], home: home)
            #expect(code == 0)
            #expect(ours == theirs)
        }
    }
}

@Suite struct ReadmeTests {
    @Test func `every command of the README does what it says`() throws {
        let text = try String(contentsOfFile: Checkout.root.path + "/README.md", encoding: .utf8)
        var commands: [String] = []
        var isShell = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isShell = line == "```sh"
            } else if isShell {
                commands.append(String(line))
            }
        }
        #expect(commands.count > 10)
        try Outside.withHome { home in
            let first = "ledger backtest --config configs/backtest.yaml --journal demo"
            for command in [first] + commands {
                #expect(command.hasPrefix("ledger "))
                let line = Outside.program + command.dropFirst("ledger".count)
                let (output, code) = try Outside.run(["bash", "-c", line], home: home)
                #expect(code == 0, "\(command): \(output)")
                #expect(!output.isEmpty, "\(command) says nothing")
            }
        }
    }
}

@Suite struct ManualTests {
    /// One script, because procedures build on each other; bash stops at the first that fails.
    @Test(arguments: [("OPERATIONS", 30), ("AUDIT", 10)])
    func `every command of the manual does what it says`(document: String, least: Int) throws {
        let path = Checkout.root.path + "/docs/\(document).md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var script = "set -e\ncd \"$LEDGER_HOME\"\n"
        // What never comes is not waited for without end.
        script += "tail() { timeout 120 tail \"$@\"; }\n"
        script += "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
        script += "ln -s \(Checkout.root.path)/configs \(Checkout.root.path)/tools .\n"
        if document == "AUDIT" { script += "unset LEDGER_HOME\n" }
        script += "PATH=\((Outside.program as NSString).deletingLastPathComponent):$PATH\n"
        var isShell = false
        var count = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isShell = line == "```sh"
            } else if isShell {
                script += "\(line)\n"
                if line.contains("ledger ") { count += 1 }
            }
        }
        #expect(count > least)
        try Outside.withHome { home in
            let (output, code) = try Outside.run(
                Outside.alone(script + "echo done\n"), home: home)
            #expect(code == 0 && output.hasSuffix("done\n"), "\(output.suffix(2000))")
        }
    }
}

@Suite struct BenchmarkTests {
    private func digest(_ words: [String], _ home: String) throws -> [String] {
        let program = Outside.program + "-bench"
        let (output, code) = try Outside.run([program] + words, home: home)
        #expect(code == 0, "\(output)")
        return output.split(separator: "\n").compactMap { line in
            for key in ["digest", "link"] {
                if let found = line.range(of: "\"\(key)\": \"") {
                    return String(line[found.upperBound...].prefix { $0 != "\"" })
                }
            }
            return nil
        }
    }

    @Test func `what is measured comes to the same result each time`() throws {
        try Outside.withHome { home in
            let made = try digest(["journal", "2000", home], home)
            #expect(try digest(["journal", "2000", home], home) == made)
            let scans = try digest(["scan", "\(home)/run"], home)
            #expect(scans.count == 5 && Set(scans).count == 1)
            for fold in ["positions", "all"] {
                let folds = try digest(["fold", fold, "\(home)/run"], home)
                #expect(folds.count == 5 && Set(folds).count == 1)
            }
            let bulk = try digest(["append", "bulk", "100", "1000", "\(home)/append"], home)
            let durable = try digest(["append", "durable", "100", "1000", "\(home)/append"], home)
            #expect(bulk.count == 1 && bulk == durable)
        }
    }
}
