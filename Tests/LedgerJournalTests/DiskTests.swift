import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerJournal

/// A file system of four megabytes in memory, unmounted afterwards.
final class SmallDisk {
    let directory: TemporaryDirectory

    static let isPossible = (try? SmallDisk()) != nil

    init() throws {
        directory = try TemporaryDirectory()
        let mount = try HelperProcess(
            "mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.path])
        guard mount.wait() == 0 else { throw LMDBError.notPermitted }
    }

    deinit { _ = try? HelperProcess("umount", ["-l", directory.path]).wait() }
}

/// A disk that fills up. Needs the right to mount one.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small disk is not permitted here"))
struct FullDisk {
    /// Commits trades until it fails, and says with what.
    private func fill(_ journal: LMDBJournal) -> JournalError? {
        var failure: JournalError?
        while failure == nil {
            do { try journal.commitTrades(1000) } catch { failure = error as? JournalError }
        }
        return failure
    }

    @Test func `a full disk fails the commit and keeps the last one`() throws {
        let disk = try SmallDisk()
        let path = disk.directory.journal
        var last = Head.empty
        do {
            let journal = try LMDBJournal.create(directory: path, diskReserve: 0)
            guard case .diskNearlyFull = fill(journal) else {
                Issue.record("the watch comes first")
                return
            }
            last = try journal.head
            let failure = #expect(throws: JournalError.self) {
                while true { try journal.commitTrades(1000, rows: CommitRows(isHalt: true)) }
            }
            guard case .diskFull = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(failure?.exitCode == 4)
            #expect(try journal.head.lastSequence >= last.lastSequence)
            last = try journal.head
        }
        let journal = try LMDBJournal.open(directory: path)
        #expect(try journal.head == last)
        #expect(try journal.verifyChain() == last)
    }

    @Test func `the reserve is kept for the halt`() throws {
        let disk = try SmallDisk()
        let reserve = 1 << 20
        let journal = try LMDBJournal.create(
            directory: disk.directory.journal, diskReserve: reserve)
        guard case .diskNearlyFull(let free, reserve) = fill(journal) else {
            Issue.record("the reserve is kept")
            return
        }
        #expect(free >= reserve)
        let head = try journal.head
        #expect(throws: JournalError.self) { try journal.commitTrades(1000) }
        try journal.commitTrades(1, rows: CommitRows(isHalt: true))
        #expect(try journal.head.lastSequence == head.lastSequence.next)
        #expect(journal.diskUse().reserve == reserve)
    }

    @Test func `a read-only disk is read and not written`() throws {
        let disk = try SmallDisk()
        let path = disk.directory.journal
        do { try LMDBJournal.create(directory: path, diskReserve: 0).commitTrades(10) }
        let mount = try HelperProcess("mount", ["-o", "remount,ro", disk.directory.path])
        try #require(mount.wait() == 0)
        let error = #expect(throws: JournalError.self) { try LMDBJournal.open(directory: path) }
        guard case .notPermitted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        #expect(try journal.sequences() == Array(1...10))
        #expect(try !journal.waitForEvents(after: SequenceNumber(10), timeout: .zero))
        #expect(journal.readerLag().isEmpty)
    }

    @Test func `a journal is not created on a full disk`() throws {
        let disk = try SmallDisk()
        let filler = [UInt8](repeating: 1, count: 4 << 20)
        try? write(filler, to: disk.directory.path + "/filler")
        let error = #expect(throws: JournalError.self) {
            try LMDBJournal.create(directory: disk.directory.journal)
        }
        #expect(error?.exitCode == 4)
    }
}
