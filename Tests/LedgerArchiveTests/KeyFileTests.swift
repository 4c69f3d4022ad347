import Foundation
import LedgerArchive
import Testing

@Suite struct KeyFileTests {
    private func withFolder<R>(_ body: (String) throws -> R) throws -> R {
        let folder =
            FileManager.default.temporaryDirectory.path + "/ledger-key-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a key is saved once, readable only by its owner, and loads`() throws {
        try withFolder { folder in
            let path = folder + "/signing.key"
            let key = try SigningKey(name: "example.com/desk")
            try key.save(path)
            #expect(try mode(path) == 0o600)
            #expect(try SigningKey.load(path).verifier == key.verifier)
            #expect(throws: ArchiveError.self) { try key.save(path) }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o666])
    func `a key that others can use is not loaded`(mode: Int) throws {
        try withFolder { folder in
            let path = folder + "/signing.key"
            try SigningKey(name: "desk").save(path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: ArchiveError.self) { try SigningKey.load(path) }
        }
    }

    @Test func `a damaged key is not loaded, and no error quotes it`() throws {
        try withFolder { folder in
            let path = folder + "/signing.key"
            try SigningKey(name: "desk").save(path)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for at in 0..<text.utf8.count - 1 {
                var bytes = Array(text.utf8)
                bytes[at] = bytes[at] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                do {
                    _ = try SigningKey.load(path)
                    Issue.record("byte \(at) may change")
                } catch {
                    #expect(!"\(error)".contains(text.suffix(20).prefix(10)))
                }
            }
        }
    }

    @Test func `the directory's key is found when nothing is named`() throws {
        try withFolder { folder in
            #expect(try SigningKey.find(nil, directory: folder) == nil)
            try SigningKey(name: "desk").save(folder + "/signing.key")
            #expect(try SigningKey.find(nil, directory: folder)?.name == "desk")
            try SigningKey(name: "other").save(folder + "/other.key")
            #expect(try SigningKey.find(folder + "/other.key", directory: folder)?.name == "other")
            #expect(throws: ArchiveError.self) {
                try SigningKey.find(folder + "/none.key", directory: folder)
            }
        }
    }

    @Test func `nothing prints a private key or a secret`() throws {
        let key = try SigningKey(name: "desk", seed: [UInt8](repeating: 77, count: 32))
        let secret = try #require(JournalSecret([UInt8](repeating: 77, count: 32)))
        for value in [key, secret] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] {
                #expect(!text.contains("77") && !text.contains("TU1N"), "\(text)")
            }
        }
    }

    @Test func `a secret is created once, readable only by its owner`() throws {
        try withFolder { folder in
            #expect(try JournalSecret.load(directory: folder) == nil)
            let secret = try JournalSecret.create(directory: folder)
            #expect(try JournalSecret.load(directory: folder) == secret)
            #expect(try mode(folder + "/secret") == 0o600)
            #expect(throws: ArchiveError.self) { try JournalSecret.create(directory: folder) }
        }
    }
}
