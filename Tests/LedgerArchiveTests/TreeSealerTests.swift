import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

@Suite struct TreeSealerTests {
    /// The example of docs/JOURNAL_FORMAT.md.
    @Test func `the documented leaf`() throws {
        let record = unhex(
            "050004000100018000109a17b5e4b91700000000020000000400000"
                + "06d61696e0300000055534400")
        let secret = try #require(JournalSecret(Array(0..<32)))
        var hasher = LeafHasher(secret)
        let entry = try Record.reading(record) { hasher.entry(.first, $0.bytes) }
        let leaf = try Record.reading(record) { hasher.leaf(.first, $0.bytes) }
        #expect(entry == unhex("523ee7ae7967632194ed11b3b0b706f1") + record)
        #expect("\(leaf)" == "9j0xPrYfN7ukF6xTKFXlbwrysncIzhJxnL1wQVo1Hp0=")
        #expect(leaf == .leaf(entry))
        let document = URL(filePath: #filePath).appending(path: "../../../docs/JOURNAL_FORMAT.md")
        let text = try String(contentsOf: document.standardized, encoding: .utf8)
        #expect(text.contains("\(leaf)") && text.contains("523ee7ae7967632194ed11b3b0b706f1"))
    }

    @Test(arguments: [[1], [255, 1, 1], [256], [300, 212, 1], [100, 1000, 66_000, 5]])
    func `the tree equals its definition, however it grew`(steps: [Int]) throws {
        let desk = try SealedDesk()
        for step in steps {
            try desk.note(step)
            // One that opens the tree anew each time.
            let sealer = try desk.sealer(signs: false)
            try sealer.advance()
            #expect(sealer.repaired == nil)
        }
        let leaves = try desk.leaves()
        let sealer = try desk.sealer(signs: false)
        #expect(sealer.size == UInt64(leaves.hashes.count))
        #expect(sealer.root == leaves.root(0..<leaves.hashes.count))
    }

    @Test func `only full tiles above the leaves and the right edge are kept`() throws {
        let desk = try SealedDesk()
        let sealer = try desk.sealer(signs: false)
        try desk.note(66_000)
        try sealer.advance(through: SequenceNumber(65_000))
        try sealer.advance()
        // 66,000 = 257 × 256 + 208, 257 = 256 + 1.
        #expect(
            desk.files.filter { $0.hasPrefix("tile/") && !$0.hasSuffix(".p") } == [
                "tile/0", "tile/0/257.p/208", "tile/1", "tile/1/000", "tile/1/001.p/1", "tile/2",
                "tile/2/000.p/1",
            ])
    }

    @Test func `two sealers of one journal take turns`() throws {
        let desk = try SealedDesk()
        try desk.note(100)
        let one = try desk.sealer()
        let other = try desk.sealer()
        try one.advance()
        try desk.note(300)
        try other.advance()
        try desk.note(1)
        try one.advance()
        let root = try desk.leaves().root(0..<401)
        #expect(one.size == 401 && one.root == root)
        #expect(try other.checkpoint() == one.checkpoint())
    }

    @Test(arguments: ["tile/1/000.p/3", "tile/0/003.p/232", "head"])
    func `a damaged or missing file is rebuilt`(name: String) throws {
        for isMissing in [false, true] {
            let desk = try SealedDesk()
            try desk.note(1000)
            let note = try desk.sealer().checkpoint()
            if isMissing { try desk.remove(name) } else { try desk.damage(name) }
            let sealer = try desk.sealer()
            #expect(sealer.repaired != nil)
            #expect(try sealer.checkpoint() == note)
            #expect(try desk.sealer().repaired == nil)
        }
    }

    @Test func `a damaged full tile is rebuilt when a proof needs it`() throws {
        let desk = try SealedDesk()
        try desk.note(300)
        let sealer = try desk.sealer()
        let old = try sealer.checkpoint()
        try desk.note(65_700)
        _ = try sealer.checkpoint()
        for isMissing in [false, true] {
            if isMissing { try desk.remove("tile/1/000") } else { try desk.damage("tile/1/000") }
            let prover = try desk.sealer()
            try prover.proveInclusion(of: SequenceNumber(5)).verify(desk.key.verifier)
            #expect(prover.repaired != nil)
        }
        try desk.damage("tile/1/000")
        try sealer.proveConsistency(from: old).verify(desk.key.verifier)
        #expect(sealer.repaired != nil)
    }

    @Test func `a truncated or rewritten journal is rejected`() throws {
        let desk = try SealedDesk()
        try desk.note(500)
        _ = try desk.sealer().checkpoint()
        for (count, word) in [(400, "n"), (500, "x"), (600, "x")] {
            let other = MemoryJournal()
            try desk.note(count, in: other, saying: word)
            #expect(throws: ArchiveError.self) { try desk.sealer(other) }
        }
        // Without the head only the checkpoint tells.
        try desk.remove("head")
        let other = MemoryJournal()
        try desk.note(600, in: other, saying: "y")
        #expect(throws: ArchiveError.self) { try desk.sealer(other) }
    }

    @Test func `without its secret a tree is not begun again`() throws {
        let desk = try SealedDesk()
        try desk.note(10)
        try desk.sealer(signs: false).advance()
        try desk.remove("../secret")
        #expect(throws: ArchiveError.self) { try desk.sealer() }
    }

    @Test func `without a key or an event nothing is signed`() throws {
        let desk = try SealedDesk()
        #expect(throws: ArchiveError.self) { try desk.sealer().checkpoint() }
        try desk.note(1)
        #expect(throws: ArchiveError.self) { try desk.sealer(signs: false).checkpoint() }
    }
}

/// When checkpoints are signed.
@Suite struct SealPolicyTests {
    private func sizes(_ desk: SealedDesk) -> [Int] {
        desk.files.filter { $0.hasPrefix("checkpoints/") }
            .compactMap { Int($0.dropFirst("checkpoints/".count)) }.sorted()
    }

    private static let halted = ModeChanged(from: .auto, to: .halt, actor: "t", reason: "")
    private static let manual = LatchEngaged(
        .killSwitch, clears: .operator, actor: "t", reason: "")
    private static let cleared = LatchCleared(.killSwitch, actor: "t", reason: "")
    private static let feed = LatchEngaged(.feed, clears: .automatic, actor: "t", reason: "")
    private static let fall = DrawdownChanged(
        from: .normal, to: .halt, days: 0, equity: .zero, peak: .zero, drawdown: Price(raw: 0),
        until: .zero, day: "", actor: "t", reason: "")

    @Test func `every so many events`() throws {
        let desk = try SealedDesk()
        try desk.note(1000)
        try desk.sealer(policy: SealPolicy(every: 300)).advance()
        #expect(sizes(desk) == [300, 600, 900])
    }

    @Test(arguments: [halted, manual, cleared, fall] as [any Event & Sendable])
    func `at a change of safety, with its own sequence`(event: any Event & Sendable) throws {
        let desk = try SealedDesk()
        try desk.note(5)
        try desk.commit([event])
        try desk.note(3)
        try desk.commit([event])
        try desk.sealer().advance()
        #expect(sizes(desk) == [6, 10])
        let note = try String(contentsOfFile: desk.path("checkpoints/6"), encoding: .utf8)
        let tree = try SignedCheckpoint(SignedNote(note), signedBy: desk.key.verifier)
        let root = try desk.leaves().root(0..<6)
        #expect(tree.size == 6 && tree.root == root)
        #expect(tree.chain?.through == SequenceNumber(6))
    }

    @Test func `only the last of the checkpoints that one input causes`() throws {
        let desk = try SealedDesk()
        try desk.note(1)
        try desk.commit([Self.halted, Self.manual, Self.cleared, ClockTicked()])
        try desk.note(1)
        try desk.sealer().advance()
        #expect(sizes(desk) == [4])
    }

    @Test func `automatic latches keep a minimum distance`() throws {
        let desk = try SealedDesk()
        for _ in 0..<50 {
            try desk.note(9)
            try desk.commit([Self.feed])
        }
        try desk.sealer(policy: SealPolicy(spacing: 200)).advance()
        #expect(sizes(desk) == [200, 400])
    }

    @Test func `by the time that a living process names`() throws {
        let desk = try SealedDesk()
        let sealer = try desk.sealer(policy: SealPolicy(interval: .minute))
        func at(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }
        #expect(try !sealer.tick(at: at(0)))
        try desk.note(10)
        #expect(try !sealer.tick(at: at(59)))
        #expect(try sealer.tick(at: at(60)))
        try desk.note(10)
        #expect(try !sealer.tick(at: at(119)))
        #expect(try sealer.tick(at: at(125)))
        #expect(sizes(desk) == [10, 20])
    }
}
