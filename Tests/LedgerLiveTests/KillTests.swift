import Foundation
import TestSupport
import Testing

/// tools/live_faults in a small size: the daemon, the exchange and both killed at random moments of trading,
/// clocks stepped, the disk full.
@Suite(.serialized) struct KillTests {
    private func expectTheSame(_ words: String..., rounds: Int = 8) throws {
        let programs = try Programs()
        defer { programs.remove() }
        let rounds =
            ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap(Int.init) ?? rounds
        let (text, code) = try programs.run(
            [
                Checkout.root.appendingPathComponent("tools/live_faults").path, "--rounds",
                "\(rounds)", "--bin", Checkout.products,
            ] + words)
        // 3: the tool says what this machine does not let it do.
        guard code != 3 else { return print(text) }
        #expect(code == 0 && text.contains("the books are the same"), "\(text)")
    }

    @Test(arguments: ["alpaca", "binance"])
    func `a daemon killed at any moment loses nothing and doubles nothing`(dialect: String) throws {
        try expectTheSame("--dialect", dialect)
    }

    @Test(arguments: ["alpaca", "binance"])
    func `whatever a venue does at once, the books agree and nothing stays unprotected`(
        dialect: String
    ) throws {
        try expectTheSame("--everything", "--dialect", dialect, "--seed", "6")
    }

    @Test func `one daemon with two accounts at venues of each dialect loses nothing of any`()
        throws
    {
        try expectTheSame("--dialect", "both", "--accounts", "2", "--seed", "5")
    }

    @Test func `killed with its venue it loses nothing and doubles nothing`() throws {
        try expectTheSame("--kill", "both", "--seed", "2")
    }

    @Test(arguments: ["alpaca", "binance"])
    func `clocks stepped both ways lose nothing and double nothing`(dialect: String) throws {
        try expectTheSame(
            "--clock", "both", "--dialect", dialect, "--seed", "3", "--longest", "1", rounds: 3)
    }

    @Test func `on a full disk it ends by its code, and with room it goes on`() throws {
        try expectTheSame("--disk", "full", "--seed", "4", "--longest", "1", rounds: 3)
    }

    /// A position of 3 without a stop for 1 s, for 29 s without a daemon, and for 2.5 s more.
    private static let script = """
        import importlib.machinery, importlib.util, sys
        sys.dont_write_bytecode = True
        loader = importlib.machinery.SourceFileLoader("live_faults", sys.argv[1])
        tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("live_faults", loader))
        loader.exec_module(tool)
        own = {"strategy": "cross", "symbol": "A"}
        fill = own | {"order": 2, "side": "buy", "quantity": "3", "remaining": "0"}
        events = [
            ("RunStarted", "10", {}), ("OrderFilled", "10", fill), ("ClockTicked", "11", {}),
            ("RunStarted", "40", {}), ("ClockTicked", "42", {}),
            ("OrderIntended", "42.5", own | {"purpose": "stopLoss"}),
            ("OrderAccepted", "42.5", own | {"order": 6}),
        ]
        events = [{"seq": number + 1, "type": kind, "time": f"2026-01-02T15:00:{time}Z"} | more
                  for number, (kind, time, more) in enumerate(events)]
        class Pair:
            live = ""
            fills = [(50, 3), (100, 7), (150, 7), (200, 7), (250, 9)]
            def events(self, journal, kind):
                return [event for event in events if event["type"] == kind]
        print(tool.check_trading(Pair()), tool.Protection(Pair()).longest)
        """

    @Test func `rounds without a fill are a difference, and time without a daemon does not count`()
        throws
    {
        let programs = try Programs()
        defer { programs.remove() }
        let tool = Checkout.root.appendingPathComponent("tools/live_faults").path
        let (text, code) = try programs.run(
            ["/usr/bin/env", "python3", "-c", Self.script, tool])
        #expect(
            code == 0 && text == "['trading stood still: no fill in rounds 100 to 200'] 3.5\n",
            "\(text)")
    }
}
