import Foundation
import LedgerArchive
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerUpkeep
import TestSupport
import Testing

/// Artifacts and logs over restarts, kills, rotations and prunings.
@Suite struct ArtifactFolderTests {
    private static let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)
    private static let errors = "logs/errors.log"

    /// A journal whose faults are lines of the error log.
    private final class Desk {
        let folder: Folder
        let journal: LMDBJournal
        private var faults = 0

        init(_ folder: Folder, _ name: String = "desk") throws {
            self.folder = folder
            do { _ = try LMDBJournal.create(directory: folder.path(name), durability: .bulk) }
            journal = try SealedJournal.open(directory: folder.path(name), durability: .bulk)
            let settings = try Configuration(path: nil, text: nil, environment: [:]).settings
            try step { sequencer in
                try sequencer.append(
                    JournalOpened(kind: .paper, name: "desk", build: ""), Envelope(time: noon))
                try sequencer.append(
                    ConfigurationLoaded(seed: 0, build: "", settings: settings.text),
                    Envelope(time: noon))
                try sequencer.append(RunStarted(mode: "test", name: "r"), Envelope(time: noon))
            }
        }

        func step(_ body: (inout Sequencer) throws -> Void) throws {
            var sequencer = try Sequencer(journal, holder: "test")
            try body(&sequencer)
            try sequencer.close()
        }

        /// Each fault is a commit of its own.
        func fault(_ count: Int) throws {
            try step { sequencer in
                for _ in 0..<count {
                    faults += 1
                    try sequencer.append(
                        FaultReported(.rest, origin: "test", detail: "fault \(faults)."),
                        Envelope(
                            time: noon.advanced(by: Nanoseconds(Int64(faults) * 1_000_000_000)))
                    )
                }
            }
        }

        func files(_ use: ArtifactFolder.Use = .follow) throws -> ArtifactFolder {
            let identity = try #require(try JournalIdentity(journal))
            return try ArtifactFolder(folder.path(""), of: identity, in: journal, for: use)
        }

        /// A process that writes everything, and is killed before it keeps how far it came if `isKilled`.
        func follow(isKilled: Bool = false) throws {
            let files = try files()
            var artifacts = try Artifacts(of: journal) { try files.write($0) }
            try artifacts.follow(journal)
            try artifacts.close()
            if !isKilled { try files.keep(through: artifacts.position) }
        }

        func rebuild() throws -> ArtifactFolder {
            let files = try files(.rebuild)
            try Artifacts.build(journal) { try files.write($0) }
            try files.finish(through: journal.head.lastSequence)
            return files
        }

        func prune() throws -> SequenceNumber {
            let sealed = try SegmentSealer(journal).seal(through: journal.head.lastSequence)
            let pruning = Pruning(journal)
            let segments = try pruning.segments(before: sealed.last.next)
            let last = try #require(segments.last?.manifest)
            try pruning.keepStates(through: last.last)
            let record = PruneRecord(
                through: last.last, link: "\(last.linkAfter)", kind: "paper", name: "desk")
            try step { sequencer in
                try sequencer.append(
                    OperatorCommanded(.prune(record), actor: "kim", reason: "old"),
                    Envelope(time: sequencer.engine.lastTime))
            }
            try pruning.remove(through: Head(lastSequence: last.last, link: last.linkAfter))
            return last.last
        }

        func text(_ path: String) -> String {
            (try? String(contentsOfFile: folder.path(path), encoding: .utf8)) ?? ""
        }

        func write(_ text: String, _ path: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(path)))
        }

        /// Every file below artifacts/ and logs/.
        var all: [String: String] {
            let paths = FileManager.default.enumerator(atPath: folder.path(""))
            let files = (paths?.compactMap { $0 as? String } ?? []).filter {
                ($0.hasPrefix("logs/") || $0.hasPrefix("artifacts/")) && !text($0).isEmpty
                    && !$0.hasSuffix(".journal")
            }
            return Dictionary(uniqueKeysWithValues: files.map { ($0, text($0)) })
        }

        /// The numbers of the faults in a log, in order.
        func faults(_ path: String) -> [Int] {
            text(path).split(separator: "\n").compactMap { line in
                guard let at = line.range(of: "fault ", options: .backwards) else { return nil }
                return Int(line[at.upperBound...].prefix { $0.isNumber })
            }
        }

        func move(_ path: String, _ other: String) throws {
            try FileManager.default.moveItem(
                atPath: folder.path(path), toPath: folder.path(other))
        }
    }

    @Test func `a log that was moved away is not written again after a restart`() throws {
        let desk = try Desk(Folder())
        try desk.fault(3)
        try desk.follow()
        let before = desk.text(Self.errors)
        try desk.move(Self.errors, "old.log")
        try desk.follow()
        #expect(desk.text(Self.errors) == "")
        try desk.fault(2)
        // Killed between the lines and the mark: the lines are found, and not written twice.
        try desk.follow(isKilled: true)
        #expect(desk.faults(Self.errors) == [4, 5])
        try desk.follow()
        try desk.fault(1)
        try desk.follow()
        #expect(desk.faults(Self.errors) == [4, 5, 6])
        #expect(desk.text("old.log") == before)
        #expect(desk.faults("old.log") == [1, 2, 3])
        // An editor replaces the file, and a rotation cuts it in place.
        try desk.write("note\n", Self.errors)
        try desk.fault(1)
        try desk.follow()
        #expect(desk.text(Self.errors).hasPrefix("note\n"))
        #expect(desk.faults(Self.errors) == [7])
        _ = try desk.rebuild()
        #expect(desk.faults(Self.errors) == [1, 2, 3, 4, 5, 6, 7])
        #expect(try desk.rebuild().written == 0)
    }

    @Test func `lines written before a kill are neither lost nor doubled`() throws {
        let desk = try Desk(Folder())
        for _ in 0..<3 {
            try desk.fault(2)
            try desk.follow(isKilled: true)
            try desk.write(desk.text(Self.errors) + "2024-03-05T12:0", Self.errors)
        }
        try desk.fault(1)
        try desk.follow()
        #expect(desk.faults(Self.errors) == [1, 2, 3, 4, 5, 6, 7])
        #expect(desk.text(Self.errors).hasSuffix("\n"))
        #expect(try desk.rebuild().written == 0)
    }

    @Test(arguments: [true, false])
    func `after a pruning files keep their lines and go on`(isKilled: Bool) throws {
        let desk = try Desk(Folder())
        try desk.fault(4)
        try desk.follow(isKilled: isKilled)
        _ = try desk.rebuild()
        let before = desk.all
        #expect(before.count > 3)
        let last = try desk.prune()
        #expect(try Artifacts(of: desk.journal) { _ in }.position == last)
        try desk.fault(2)
        try desk.follow()
        #expect(desk.faults(Self.errors) == [1, 2, 3, 4, 5, 6])
        try desk.fault(1)
        // A rebuild, too, keeps what is gone from the journal, and repairs the rest.
        try desk.write(desk.text(Self.errors) + "damaged\n", Self.errors)
        _ = try desk.rebuild()
        #expect(desk.faults(Self.errors) == [1, 2, 3, 4, 5, 6, 7])
        #expect(!desk.text(Self.errors).contains("damaged"))
        #expect(try desk.rebuild().written == 0)
        for (path, text) in before where path.hasPrefix("logs/") {
            #expect(desk.text(path).hasPrefix(text), "\(path)")
        }
        for path in before.keys { #expect(!desk.text(path).isEmpty, "\(path)") }
        try desk.move(Self.errors, "old.log")
        try desk.fault(1)
        try desk.follow()
        #expect(desk.faults(Self.errors) == [8])
    }

    @Test func `a pruned journal's files that no mark describes go on where they end`() throws {
        let desk = try Desk(Folder())
        try desk.fault(4)
        try desk.follow()
        // As an earlier version left the mark.
        try desk.write("paper desk\n", "artifacts/.journal")
        _ = try desk.prune()
        try desk.fault(1)
        try desk.follow()
        #expect(desk.faults(Self.errors) == [1, 2, 3, 4, 5])
    }

    @Test func `journals of one name do not share a directory`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        try desk.fault(1)
        try desk.follow()
        let copy = try Desk(folder, "copy")
        #expect(throws: ArtifactFolder.Refusal.self) { try copy.follow() }
        #expect(throws: ArtifactFolder.Refusal.self) { _ = try copy.rebuild() }
        #expect(desk.faults(Self.errors) == [1])
    }
}
