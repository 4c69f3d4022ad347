import Glibc
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerJournal

/// What is refused at the door, and what is let in.
@Suite struct JournalOpening {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.journal }

    /// LMDB's, without a journal's tables.
    private func bareEnvironment() throws -> LMDBEnvironment {
        let directory = JournalDirectory(path: path)
        return try LMDBEnvironment(
            directory, OpenDirectories.Claim(directory), readOnly: false)
    }

    private func close(_ journal: consuming LMDBJournal) {}

    @Test func `a journal is opened again with everything in it`() throws {
        do {
            let journal = try LMDBJournal.create(directory: path)
            try journal.commitTrades(1000)
        }
        let journal = try LMDBJournal.open(directory: path)
        #expect(try journal.sequences() == Array(1...1000))
        #expect(try journal.verifyChain() == journal.head)
    }

    @Test func `an empty path is not a journal`() {
        #expect(throws: JournalError.notFound(path)) { try LMDBJournal.open(directory: path) }
    }

    @Test func `a file is not a journal`() throws {
        try write([1], to: path)
        for open in [
            { try LMDBJournal.open(directory: path) }, { try LMDBJournal.create(directory: path) },
        ] {
            #expect(throws: JournalError.notAJournal(path, "it is not a directory")) { try open() }
        }
    }

    @Test func `a directory with other files is refused`() throws {
        try write([1], to: directory.path + "/letters")
        #expect(throws: JournalError.notAJournal(directory.path, "it has no data.mdb")) {
            try LMDBJournal.open(directory: directory.path)
        }
        #expect(throws: JournalError.notEmpty(directory.path, "letters")) {
            try LMDBJournal.create(directory: directory.path)
        }
    }

    @Test func `a data file of other bytes is refused and left alone`() throws {
        mkdir(path, 0o755)
        let bytes = [UInt8](repeating: 7, count: 9000)
        try write(bytes, to: path + "/data.mdb")
        let error = JournalError.notAJournal(path, "data.mdb is not an LMDB file")
        #expect(throws: error) { try LMDBJournal.open(directory: path) }
        #expect(throws: error) { try LMDBJournal.create(directory: path) }
        #expect(try contents(of: path + "/data.mdb") == bytes)
    }

    @Test func `another program's LMDB file is refused`() throws {
        mkdir(path, 0o755)
        do {
            let foreign = try bareEnvironment()
            try foreign.write { (transaction) throws(JournalError) in
                _ = try transaction.create("customers", 0)
            }
        }
        let error = JournalError.notAJournal(path, "data.mdb is an LMDB file of another program")
        #expect(throws: error) { try LMDBJournal.open(directory: path) }
        #expect(throws: error) { try LMDBJournal.create(directory: path) }
    }

    @Test func `an interrupted creation is recognised and completed`() throws {
        mkdir(path, 0o755)
        try write([], to: path + "/wake")
        #expect(throws: JournalError.incomplete(path)) { try LMDBJournal.open(directory: path) }
        do { _ = try bareEnvironment() }
        #expect(throws: JournalError.incomplete(path)) { try LMDBJournal.open(directory: path) }
        let journal = try LMDBJournal.create(directory: path)
        try journal.commitTrades(1)
        #expect(try journal.sequences() == [1])
    }

    /// A journal with an event, whose lease was taken once.
    private func used() throws {
        let journal = try LMDBJournal.create(directory: path)
        try journal.release(journal.acquireLease(holder: "test"))
        try journal.commitTrades(1)
    }

    @Test(arguments: ["lease", "wake", "lock.mdb"])
    func `a journal whose data file is gone is not begun anew`(trace: String) throws {
        for isEmpty in [false, true] {
            try used()
            for name in ["data.mdb", "lease", "wake", "lock.mdb"] where name != trace {
                unlink("\(path)/\(name)")
            }
            if isEmpty { try write([], to: path + "/data.mdb") }
            let error = JournalError.lost(path, trace)
            #expect(throws: error) { try LMDBJournal.create(directory: path) }
            #expect(throws: error) { try LMDBJournal.open(directory: path) }
            #expect(throws: error) { try LMDBJournal.open(directory: path, mode: .readOnly) }
            #expect(error.exitCode == 3)
            for name in ["data.mdb", trace] { unlink("\(path)/\(name)") }
            rmdir(path)
        }
    }

    @Test func `a data file without tables takes no used journal's place`() throws {
        try used()
        unlink(path + "/data.mdb")
        unlink(path + "/lock.mdb")
        do { _ = try bareEnvironment() }
        let error = JournalError.lost(path, "lease")
        #expect(throws: error) { try LMDBJournal.open(directory: path) }
        #expect(throws: error) { try LMDBJournal.create(directory: path) }
    }

    @Test func `a journal is not created over another`() throws {
        close(try LMDBJournal.create(directory: path))
        #expect(throws: JournalError.alreadyExists(path)) {
            try LMDBJournal.create(directory: path)
        }
    }

    @Test func `a newer format is refused`() throws {
        do {
            let journal = try LMDBJournal.create(directory: path)
            try journal.environment.write { (transaction) throws(JournalError) in
                let marker = Array("LGRJ".utf8) + [2, 0, 0, 0]
                try transaction.put(journal.tables.meta, Array("format".utf8), marker)
            }
        }
        let error = JournalError.newerFormat(path, found: 2, supported: 1)
        #expect(throws: error) { try LMDBJournal.open(directory: path) }
        #expect(throws: error) { try LMDBJournal.open(directory: path, mode: .readOnly) }
    }

    @Test func `a second environment in one process is refused under any name`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let link = directory.path + "/link"
        symlink(path, link)
        #expect(throws: JournalError.alreadyOpen(link)) { try LMDBJournal.open(directory: link) }
        #expect(throws: JournalError.alreadyOpen(link)) { try LMDBJournal.create(directory: link) }
        try journal.commitTrades(1)
        close(consume journal)
        #expect(try LMDBJournal.open(directory: link).sequences() == [1])
    }

    @Test func `a truncated data file is rejected`() throws {
        do {
            let journal = try LMDBJournal.create(directory: path)
            try journal.commitTrades(20_000)
        }
        truncate(path + "/data.mdb", 200_000)
        let error = #expect(throws: JournalError.self) { try LMDBJournal.open(directory: path) }
        #expect(error?.exitCode == 3)
    }

    @Test func `a journal opened for reading does not write`() throws {
        close(try LMDBJournal.create(directory: path))
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        #expect(throws: JournalError.readOnly(path)) { try journal.commitTrades(1) }
        #expect(throws: JournalError.readOnly(path)) { try journal.acquireLease(holder: "x") }
        #expect(throws: JournalError.readOnly(path)) { try journal.submit([], submitter: "x") }
    }

    @Test(
        arguments: [
            ("nfs4", "nfs4"), ("cifs", "cifs"), ("9p", "9p"), ("ceph", "ceph"),
            ("fuse.sshfs", "fuse.sshfs"), ("ext4", nil), ("tmpfs", nil), ("fuseblk", nil),
        ] as [(String, String?)])
    func `remote and local file systems are distinguished`(_ type: String, _ name: String?) {
        let mounts = """
            21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
            36 21 0:30 / /srv/a - b rw,relatime shared:2 master:1 - \(type) host:/export rw
            """
        let spaced = mounts.replacing("a - b", with: "a\\040b")
        #expect(FileSystemKind.remoteName(mountID: "36", in: spaced) == name)
        #expect(FileSystemKind.remoteName(mountID: "99", in: spaced) == nil)
    }

    @Test func `every error says what to do and has an exit code`() {
        let errors: [JournalError] = [
            .notFound("p"), .notAJournal("p", "w"), .incomplete("p"), .alreadyExists("p"),
            .notEmpty("p", "f"), .newerFormat("p", found: 2, supported: 1),
            .remoteFileSystem("p", "nfs"), .alreadyOpen("p"), .notPermitted("p", "w"),
            .readOnly("p"), .conflict(expected: .first, found: .first),
            .fenced(held: 1, current: 2), .leaseHeld(by: "x"),
            .duplicate(producer: "v", key: .counter(1), sequence: .first), .invalidRow("w"),
            .submissionTooLarge(9), .inboxFull(9),
            .corruptBlock(.first, .payloadChecksum, goodThrough: .none),
            .brokenChain(.first, goodThrough: .none),
            .missingEvents(expected: .first, found: .none), .damagedRow(table: "t", key: "k"),
            .damaged("p", "w"), .diskFull("p", .noSpace), .diskNearlyFull(free: 1, reserve: 2),
            .mapFull("p"), .io("p", .inputOutput), .store(.readersFull),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.allSatisfy { $0.description != "the journal failed" })
        #expect(Set(errors.map(\.exitCode)) == [2, 3, 4, 5])
    }
}
