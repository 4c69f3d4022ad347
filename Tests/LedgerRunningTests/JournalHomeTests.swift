import Foundation
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

@Suite struct JournalHomeTests {
    /// Killed in its first milliseconds, a daemon leaves files without a table; its next start must not
    /// need a person.
    @Test(arguments: [["wake"], ["wake", "data.mdb"], []])
    func `a journal whose making was cut short is made anew`(left: [String]) throws {
        let home = FileManager.default.temporaryDirectory.path + "/home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        let path = home + "/desk/live"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        for name in left { try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
        #expect(try JournalHome.openOrCreate(path).head == .empty)
        // And what is whole is opened.
        #expect(try JournalHome.openOrCreate(path).head == .empty)
    }

    @Test func `a journal is made with the folders above it`() throws {
        let home = FileManager.default.temporaryDirectory.path + "/home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        #expect(try JournalHome.openOrCreate(home + "/a/b").head == .empty)
    }
}
