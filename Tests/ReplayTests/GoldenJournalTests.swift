import Foundation
import LedgerEvents
import LedgerJournal
import TestSupport
import Testing

/// Journals of every released format stay readable for ever. Nothing rewrites these files.
@Suite struct GoldenJournalTests {
    static let names = GoldenJournal.names

    private func copy(_ name: String) throws -> Folder { try GoldenJournal.copy(name) }
    private func expected(_ name: String) throws -> String { try GoldenJournal.lines(name) }

    @Test func `together they have every type of event`() throws {
        let text = try Self.names.map(expected).joined()
        for type in EventType.allCases { #expect(text.contains("\"type\":\"\(type.name)\"")) }
    }

    @Test(arguments: names)
    func `the program reads what was written`(name: String) throws {
        let folder = try copy(name)
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        #expect(try journal.lines().joined() == expected(name))
        #expect(try journal.verifyChain() == journal.head)
    }

    @Test(arguments: names)
    func `the Python reader reads what was written`(name: String) throws {
        let folder = try copy(name)
        let output = folder.url.appendingPathComponent("output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = Checkout.root.appendingPathComponent("tools/python")
        process.arguments = [
            Checkout.root.appendingPathComponent("tools/read_journal.py").path, folder.path(""),
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOf: output, encoding: .utf8) == expected(name))
    }
}
