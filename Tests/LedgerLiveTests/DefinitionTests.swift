import Foundation
import Testing

/// An instrument whose definition changes between two runs of the daemon.
@Suite(.serialized) struct DefinitionTests {
    private func configure(_ desk: Desk, _ definition: String) throws {
        try desk.configure()
        let file = desk.programs.folder.appendingPathComponent("desk.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try desk.programs.write(
            text.replacingOccurrences(of: "tick: 0.01, lot: 1", with: definition), "desk.yaml")
    }

    @Test func `a changed definition is journaled while nothing is open, and else refused`() throws
    {
        let desk = try Desk()
        try configure(desk, "tick: 0.01, lot: 0.01")
        try desk.trade().interrupt()
        try configure(desk, "tick: 0.5, lot: 1")
        let daemon = try desk.trade()
        #expect(try desk.count("InstrumentDefined") == 2)
        try desk.rise()
        try daemon.wait("the entry and its stop") { try desk.orders() == ["filled", "new"] }
        daemon.interrupt()
        let now = try desk.ledger(
            "project", "instruments", "--journal", "./desk", "--format", "csv")
        #expect(now.text.hasSuffix(",0.5,1\n"), "\(now.text)")
        try desk.expectWhole()
        // Its stop works at the venue.
        try configure(desk, "tick: 0.01, lot: 1")
        let refused = try desk.programs.run(
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk")
        #expect(refused.code == 2)
        #expect(
            refused.text.contains("desk.yaml:8: data.0.tick '0.01' cannot follow '0.5': order "),
            "\(refused.text)")
        #expect(try desk.count("InstrumentDefined") == 2)
        try desk.expectWhole()
    }

    @Test func `a tape keeps the definition that its recording began with`() throws {
        let desk = try Desk()
        try configure(desk, "tick: 0.01, lot: 1")
        let words = ["ledgerd", "feed", "record", "--config", "desk.yaml", "--journal", "./tape"]
        let recording = try desk.start(words)
        try recording.wait("a recorded quote") {
            try desk.quote(100)
            return try desk.count("Quote", "./tape") > 0
        }
        recording.signal(SIGINT)
        #expect(recording.end() == 0, "\(recording.text)")
        try configure(desk, "tick: 0.5, lot: 1")
        let refused = try desk.programs.run(words)
        #expect(refused.code == 2)
        #expect(refused.text.contains("A has a different definition in ./tape"), "\(refused.text)")
    }
}
