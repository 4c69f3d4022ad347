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
}
