import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal

/// A journal in memory with a directory for its tree, and a key.
final class SealedDesk {
    let journal = MemoryJournal()
    let directory: String
    let key: SigningKey
    private var clock: Int64 = 0

    init() throws {
        directory =
            FileManager.default.temporaryDirectory.path + "/ledger-tree-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        key = try SigningKey(name: "example.com/desk", seed: [UInt8](repeating: 7, count: 32))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func sealer(
        _ other: (any Journal)? = nil, signs: Bool = true, policy: SealPolicy = SealPolicy()
    ) throws -> TreeSealer {
        try TreeSealer(
            other ?? journal, directory: directory, key: signs ? key : nil, policy: policy)
    }

    /// Commits notes of many lengths, a few to each block.
    @discardableResult
    func note(_ count: Int, in other: (any Journal)? = nil, saying word: String = "n") throws
        -> SequenceNumber
    {
        let journal = other ?? journal
        var left = count
        while left > 0 {
            var batch = Batch(next: try journal.head.lastSequence.next)
            for _ in 0..<min(left, 37) {
                clock += 1
                let text = String(repeating: word, count: Int(clock % 61))
                try batch.append(
                    OperatorCommanded(actor: "t", command: "note", argument: text, reason: ""),
                    Envelope(time: Timestamp(nanoseconds: clock)))
            }
            left -= min(left, 37)
            try journal.append(&batch)
        }
        return try journal.head.lastSequence
    }

    /// Commits one event, derived from the input before it when it says so.
    func commit(_ events: [any Event], isInput: Bool = false) throws {
        let last = try journal.head.lastSequence
        var batch = Batch(next: last.next)
        for event in events {
            let time = Timestamp(nanoseconds: clock)
            try batch.append(event, Envelope(time: time, cause: isInput ? .none : last))
        }
        try journal.append(&batch)
    }

    /// The tree as the definitions have it, from the records alone.
    func leaves() throws -> Leaves {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/secret"))
        var hashes: [MerkleHash] = []
        try journal.forEachRecord(from: .first) { record in
            let number = record.sequence.number
            let seed =
                Array("ledger leaf salt v1\0".utf8) + Array(bytes)
                + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
            let salt = MerkleHash(of: seed).bytes[..<16]
            hashes.append(.leaf(salt + Array(record.bytes)))
            return true
        }
        return Leaves(hashes: hashes)
    }

    var files: [String] {
        let all = FileManager.default.enumerator(atPath: directory + "/tree")
        return (all?.compactMap { $0 as? String } ?? []).sorted()
    }

    func path(_ name: String) -> String { "\(directory)/tree/\(name)" }

    func damage(_ name: String) throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
        bytes[bytes.count / 2] ^= 4
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
}
