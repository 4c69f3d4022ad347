import Foundation
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

/// A journal that takes another one's place.
@Suite struct JournalReplacements {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("ledger-replacement-\(UUID().uuidString)")
    private var old: String { folder.appendingPathComponent("old").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try LMDBJournal.create(directory: old)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func data() throws -> UInt64 {
        let found = try FileManager.default.attributesOfItem(atPath: "\(old)/data.mdb")
        return found[.systemFileNumber] as? UInt64 ?? 0
    }

    @Test func `a journal is replaced in one step`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let before = try data()
        try Data("key".utf8).write(to: URL(fileURLWithPath: "\(old)/signing.key"))
        let replacement = try JournalReplacement(of: old)
        do { _ = try LMDBJournal.create(directory: replacement.trial) }
        #expect(try names() == ["old", "old.replacing"])
        #expect(try data() == before)
        try replacement.finish()
        #expect(try names() == ["old"])
        #expect(try data() != before)
        #expect(FileManager.default.fileExists(atPath: "\(old)/signing.key"))
    }

    @Test func `a replacement that is given up leaves the old journal`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let before = try data()
        let replacement = try JournalReplacement(of: old + "/")
        do { _ = try LMDBJournal.create(directory: replacement.trial) }
        try replacement.discard()
        #expect(try names() == ["old"])
        #expect(try data() == before)
    }

    @Test func `a link is neither replaced nor removed`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let link = folder.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: old)
        for path in [link, link + "/"] {
            #expect(throws: InputError.self) { try JournalReplacement(of: path) }
            #expect(throws: InputError.self) { try JournalHome.remove(path) }
        }
        #expect(try data() != 0)
    }
}
