import Foundation
import Testing

/// tools/live_faults in a small size: the daemon, the exchange and both killed at random moments of trading.
@Suite(.serialized) struct KillTests {
    private func kill(_ words: [String]) throws -> (text: String, code: Int32) {
        let programs = try Programs()
        defer { programs.remove() }
        let rounds =
            ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap(Int.init) ?? 8
        return try programs.run(
            [
                Programs.root.appendingPathComponent("tools/live_faults").path, "--rounds",
                "\(rounds)", "--bin", Programs.products,
            ] + words)
    }

    @Test(arguments: ["alpaca", "binance"])
    func `a daemon killed at any moment loses nothing and doubles nothing`(dialect: String) throws {
        let (text, code) = try kill(["--dialect", dialect])
        #expect(code == 0 && text.contains("the books are the same"), "\(text)")
    }

    @Test func `killed with its venue it loses nothing and doubles nothing`() throws {
        let (text, code) = try kill(["--kill", "both", "--seed", "2"])
        #expect(code == 0 && text.contains("the books are the same"), "\(text)")
    }
}
