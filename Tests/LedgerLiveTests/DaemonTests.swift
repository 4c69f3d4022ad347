import Foundation
import TestSupport
import Testing

@testable import LedgerJournal

/// `ledgerd` as an operator has it: signals, the flag file, a second one, a stalled disk; with the local
/// exchange on loopback, and a stop order that rests there.
@Suite(.serialized) struct DaemonTests {
    @Test func `the first interrupt ends in good order and leaves the stop at the venue`() throws {
        let (desk, daemon) = try Desk.holding()
        daemon.interrupt()
        // Its own end is no alarm.
        #expect(!daemon.text.contains("critical"), "\(daemon.text)")
        #expect(try desk.orders() == ["filled", "new"])
        #expect(try desk.position() == "3")
        #expect(try desk.count("RunEnded") == 1)
        try desk.expectWhole()
        // The account as it was left is in the journal, and the next run begins with its equal.
        let ended = try desk.ledger("project", "reconciliation", "--journal", "./desk")
        #expect(ended.text.contains("end"), "\(ended.text)")
        let again = try desk.trade()
        #expect(!again.text.contains("DiscrepancyFound"), "\(again.text)")
        again.interrupt()
        #expect(try desk.orders() == ["filled", "new"])
        #expect(try desk.count("OrderFilled") == 1)
    }

    @Test(arguments: [(["--dry-run"], [:]), ([], ["DRY_RUN": "true"])])
    func `a paper run that is told to stay dry sends no order`(
        _ words: [String], _ environment: [String: String]
    ) throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.start(
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk"] + words,
            environment: environment)
        try daemon.waits(for: "LinkChanged link=marketData, state=up")
        try desk.rise()
        try daemon.wait("a fill of its own") {
            try desk.quote(103)
            return daemon.text.contains("OrderFilled buy 3 A")
        }
        daemon.interrupt()
        let lines = daemon.text.split(separator: "\n")
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("[DRY_RUN] ") }, "\(daemon.text)")
        #expect(try desk.orders().isEmpty)
    }

    @Test func `a venue that does not answer does not hold up the end`() throws {
        let (desk, daemon) = try Desk.holding()
        desk.exchange.signal(SIGSTOP)
        daemon.interrupt()
        desk.exchange.signal(SIGCONT)
        try desk.expectWhole()
        let again = try desk.trade()
        try again.waits(for: "LatchCleared reconciliation")
        // Gone for good, and at the next start too.
        desk.exchange.signal(SIGKILL)
        try again.waits(for: "LinkChanged link=orders, state=down")
        again.interrupt()
        let alone = try desk.start(
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk"])
        try alone.waits(for: "127.0.0.1:\(desk.port): Connection refused")
        alone.interrupt()
        try desk.expectWhole()
        #expect(try desk.count("RunEnded") == 3)
    }

    @Test func `the second interrupt ends at once, and the journal is whole`() throws {
        let (desk, daemon) = try Desk.holding()
        // It waits for an answer now, and so is still there for the second.
        desk.exchange.signal(SIGSTOP)
        daemon.signal(SIGINT)
        try daemon.wait("the first signal") { !isPending(SIGINT, daemon) }
        daemon.signal(SIGINT)
        #expect(daemon.end() == 130)
        #expect(!daemon.text.contains("Shutdown complete"))
        desk.exchange.signal(SIGCONT)
        try desk.expectWhole()
        #expect(try desk.count("RunEnded") == 0)
        let again = try desk.trade()
        again.interrupt()
        #expect(try desk.orders() == ["filled", "new"])
        #expect(try desk.count("OrderFilled") == 1)
    }

    /// Whether a process has not taken a signal yet.
    private func isPending(_ number: Int32, _ running: Running) -> Bool {
        let status = try? String(
            contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("ShdPnd:") }
        let bits = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        return bits & 1 << UInt64(number - 1) != 0
    }

    @Test func `the flag file stops entries, and its removal alone does not let them through`()
        throws
    {
        let (desk, daemon) = try Desk.holding()
        try desk.quote(90)
        try daemon.wait("the stop's fill") { try desk.orders() == ["filled", "filled"] }
        let flag = desk.programs.folder.appendingPathComponent("state/kill_switch.flag")
        try FileManager.default.createDirectory(
            at: flag.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: flag)
        try daemon.waits(for: "LatchEngaged flagFile")
        try expectRefusals(desk, daemon)
        try FileManager.default.removeItem(at: flag)
        try expectRefusals(desk, daemon)
        daemon.interrupt()
        // It survives a restart.
        let again = try desk.trade()
        try expectRefusals(desk, again)
        let status = try desk.ledger("gate", "status", "--journal", "./desk")
        #expect(status.text.contains("is gone but its latch is still active"), "\(status.text)")
        #expect(try desk.orders().count == 2)
        let seen = try desk.ledger("gate", "observe", "--journal", "./desk")
        #expect(seen.code == 0 && seen.text.contains("nothing is blocked"), "\(seen.text)")
        try desk.quote(90, 90, 90, 90)
        try desk.rise()
        try again.wait("an entry and its stop") { try desk.orders().count == 4 }
        again.interrupt()
        try desk.expectWhole()
    }

    /// Prices at which the strategy wants to enter, and may not. A refusal that repeats is only counted.
    private func expectRefusals(_ desk: Desk, _ daemon: Running) throws {
        func awaits(_ price: Int) throws {
            try daemon.wait("the price \(price)") {
                try desk.ledger("tail", "--journal", "./desk", "--type", "Quote", "--count", "1")
                    .text.contains("bid=\(price) ")
            }
        }
        try desk.quote(90, 90, 90, 90)
        try awaits(90)
        try desk.rise()
        try awaits(103)
        #expect(try desk.count("SignalRejected") > 0)
        #expect(try desk.orders().count == 2)
    }

    @Test func `a terminal that takes nothing more does not hold up the run`() throws {
        let desk = try Desk()
        try desk.configure()
        let path = desk.programs.folder.path + "/terminal"
        #expect(mkfifo(path, 0o600) == 0)
        let pipe = open(path, O_RDWR | O_NONBLOCK)
        defer { close(pipe) }
        // Not even its first line is taken.
        var block = [UInt8](repeating: 10, count: 4096)
        while write(pipe, block, block.count) > 0 {}
        let daemon = try desk.start([
            "/bin/bash", "-c",
            "exec '\(Checkout.products)/ledgerd' paper --config desk.yaml --journal ./desk > terminal",
        ])
        try daemon.wait("a comparison") { try desk.count("ReconciliationEnded") > 0 }
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        #expect(
            try desk.ledger("mode", "halt", "--journal", "./desk", "--reason", "deaf").code == 0)
        daemon.signal(SIGINT)
        // Now somebody reads, and nothing is missing.
        var text = ""
        try daemon.wait("the end") {
            var count = read(pipe, &block, block.count)
            while count > 0 {
                text += String(decoding: block[..<count], as: UTF8.self)
                count = read(pipe, &block, block.count)
            }
            return text.hasSuffix("Shutdown complete\n")
        }
        #expect(daemon.end() == 0)
        for line in ["OrderFilled", "ModeChanged", "RunEnded"] { #expect(text.contains(line)) }
        try desk.expectWhole()
    }

    @Test func `a second daemon on a journal is refused and harms nothing`() throws {
        let (desk, daemon) = try Desk.holding()
        let second = try desk.programs.run(
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk")
        #expect(
            second.code == 5
                && second.text.contains(
                    "is being sequenced by ledgerd, process \(daemon.process.processIdentifier) "),
            "\(second)")
        try desk.quote(90)
        try daemon.wait("the stop's fill") { try desk.orders() == ["filled", "filled"] }
        try daemon.wait("the fill in the journal") { try desk.count("OrderFilled") == 2 }
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a stalled writer sends nothing and loses nothing`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade(["--set", "live.queue_capacity=16"])
        try desk.quote(100, 100, 100, 100)
        try daemon.wait("four quotes") { try desk.count("Quote") == 4 }
        let journal = try LMDBJournal.open(
            directory: desk.programs.folder.appendingPathComponent("desk").path)
        var problem: (any Error)?
        // Whoever holds the one write transaction holds up every commit of the daemon.
        try journal.environment.write { (_) throws(JournalError) in
            do {
                try desk.quote(101, 102, 103)
                try desk.quote((0..<60).map { 103 + $0 % 2 })
                #expect(try desk.orders().isEmpty)
            } catch { problem = error }
        }
        if let problem { throw problem }
        try daemon.wait("all quotes") { try desk.count("Quote") == 67 }
        try daemon.wait("an entry and its stop") { try desk.orders() == ["filled", "new"] }
        daemon.interrupt()
        #expect(!daemon.text.contains("reader waited 0 times"), "\(daemon.text)")
        try desk.expectWhole()
    }
}
