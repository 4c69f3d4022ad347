import Foundation
import Testing

/// What operators are told of a journal that trades at a venue while no process runs it.
@Suite(.serialized) struct UnattendedTests {
    /// A desk that holds a position with a stop at the venue, and whose daemon was killed.
    private func killed() throws -> Desk {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        try daemon.wait("the stop in the journal") {
            try object(desk)["unprotected"] as? [String] == []
        }
        let status = try object(desk)
        let runner = try #require(status["runner"] as? [String: String])
        #expect(
            runner["holder"]?.hasPrefix("ledgerd, process \(daemon.process.processIdentifier) ")
                == true && runner["since"] != nil)
        daemon.signal(SIGKILL)
        #expect(daemon.end() == 128 + SIGKILL)
        return desk
    }

    private func object(_ desk: Desk) throws -> [String: Any] {
        let printed = try desk.ledger("status", "--journal", "./desk", "--format", "json")
        #expect(printed.code == 0, "\(printed.text)")
        let object = try JSONSerialization.jsonObject(with: Data(printed.text.utf8))
        return try #require(object as? [String: Any])
    }

    @Test func `status shows that nobody runs the journal and what is left at the venue`() throws {
        let desk = try killed()
        let status = try object(desk)
        #expect(status["runner"] is NSNull && status["trades_at_venue"] as? Bool == true)
        #expect(status["mode"] as? String == "auto")
        let links = try #require(status["links"] as? [[String: Any]])
        #expect(!links.isEmpty && links.allSatisfy { $0["state"] as? String == "unknown" })
        let positions = try #require(status["positions"] as? [[String: Any]])
        #expect(positions.map { $0["stop_at_venue"] as? String } == ["3"])
        #expect((status["open_orders"] as? [[String: Any]])?.count == 1)
        #expect((status["last_input"] as? [String: Any])?["age_s"] is Int)
        let screen = try desk.ledger("status", "--journal", "./desk")
        #expect(screen.text.contains("no process runs it"), "\(screen.text)")
    }

    @Test(arguments: [
        (["flatten"], "1 order"), (["kill-switch", "engage"], "entries are blocked"),
        (["mode", "halt"], "mode halt: entries are blocked"),
    ])
    func `a safety command says what takes effect only once a process runs`(
        _ command: [String], _ told: String
    ) throws {
        let desk = try killed()
        let given = try desk.programs.run(
            ["ledger"] + command + ["--reason", "leaving", "--journal", "./desk"])
        #expect(given.code == 8, "\(given.text)")
        for text in ["no process runs it; last input ", "in force now", told] {
            #expect(given.text.contains(text), "\(given.text)")
        }
        #expect(given.text.contains("only when a process runs it"), "\(given.text)")
    }

    @Test func `an open gate that nobody serves is not a passed check`() throws {
        let desk = try killed()
        let checked = try desk.ledger("gate", "status", "--check", "--journal", "./desk")
        #expect(checked.code == 8 && checked.text.contains("no process runs it"), "\(checked.text)")
        for view in [
            ["project", "positions"], ["drawdown", "status"], ["kill-switch", "status"],
        ] {
            let shown = try desk.programs.run(["ledger"] + view + ["--journal", "./desk"])
            #expect(shown.code == 0 && shown.text.contains("no process runs it"), "\(shown.text)")
        }
    }

    @Test func `what was commanded meanwhile is done by the next process`() throws {
        let desk = try killed()
        #expect(
            try desk.ledger("flatten", "--reason", "leaving", "--journal", "./desk").code == 8)
        #expect(try desk.position() == "3")
        let again = try desk.trade()
        try again.wait("the sale") { try desk.position() == "0" }
        let now = try desk.ledger(
            "mode", "halt", "--reason", "the end", "--journal", "./desk")
        #expect(now.code == 0 && now.text.contains("run by ledgerd, process "), "\(now.text)")
        again.interrupt()
        try desk.expectWhole()
    }
}
