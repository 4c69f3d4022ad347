import Glibc
import LedgerDomain
import LedgerJournal
import LedgerReading
import LedgerRunning

/// The directory with a journal's `artifacts/` and `logs/`. One process writes it at a time, for one
/// journal: `artifacts/.journal` names the journal, is locked meanwhile, and says how far the logs are
/// written.
///
/// Files are written so that the same journal always gives the same bytes. What is there already is
/// compared and not written again. A log that somebody moved away goes on in a new file.
public final class ArtifactFolder {
    /// Why a directory cannot be used.
    public enum Refusal: Error, Hashable, CustomStringConvertible {
        case isBusy(directory: String)
        case belongs(directory: String, to: String)
        case isForeign(path: String)

        public var description: String {
            switch self {
            case .isBusy(let directory):
                "\(directory): another process writes artifacts/ and logs/ here"
            case .belongs(let directory, let owner):
                "\(directory): artifacts/ and logs/ here are those of journal \(owner); choose "
                    + "another directory, or remove \(directory)/artifacts/.journal"
            case .isForeign(let path):
                "\(path) is there already and is no log of a journal; move it away, or choose another "
                    + "directory"
            }
        }
    }

    public enum Use: Hashable, Sendable {
        /// Continue each log where it ends.
        case follow
        /// Make each log what the journal says, whatever was done to it.
        case rebuild
    }

    let directory: String
    let use: Use
    /// Whether events are gone from the journal that lines were made of.
    let isPruned: Bool
    private let marker: Int32
    private let name: String
    private var saved = ""
    var marks: LogMarks
    /// The logs that this process has written or compared.
    var placed: Set<String> = []
    /// By kind, the log that grows.
    var open: [String: String] = [:]
    var seen: Set<String> = []
    var changed: Set<String> = []

    /// How many files differ from what was there before, and how many were the same.
    public var written: Int { changed.count }
    public var unchanged: Int { seen.count - changed.count }

    /// - Parameter owner: the journal's kind and name.
    /// - Throws: `Refusal`, `ArtifactError`, `JournalError`.
    public init(
        _ directory: String, of owner: JournalIdentity, in journal: LMDBJournal, for use: Use
    ) throws {
        (self.directory, self.use) = (directory, use)
        isPruned = try journal.pruned != nil
        name = "\(owner.kind) \(owner.name)"
        let path = "\(directory)/artifacts/.journal"
        JournalHome.makeParents(of: path)
        marker = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard marker >= 0 else { throw ArtifactError(path: path, code: errno) }
        let isFree = flock(marker, LOCK_EX | LOCK_NB) == 0
        let text = String(decoding: Self.read(marker, count: 1 << 20, at: 0), as: UTF8.self)
        let here = Self.canonical(journal.path)
        marks = LogMarks(text: text)
        do throws(Refusal) {
            try Self.check(text, marks, of: name, here: here, in: directory)
            guard isFree else { throw .isBusy(directory: directory) }
        } catch {
            close(marker)
            throw error
        }
        if use == .rebuild, !isPruned { marks = LogMarks(journal: here) }
        marks.journal = here
        marks.logs = marks.logs.filter { access("\(directory)/\($0.key)", F_OK) == 0 }
        if text.isEmpty { try save() }
    }

    deinit { close(marker) }

    /// Refuses a directory that belongs to another journal, or to no journal. One whose journal is not
    /// where it was belongs to the journal of the same name: it was moved.
    private static func check(
        _ text: String, _ marks: LogMarks, of name: String, here: String, in directory: String
    ) throws(Refusal) {
        let found = text.prefix { $0 != "\n" }
        guard found.isEmpty || found == name else {
            throw .belongs(directory: directory, to: String(found))
        }
        if !marks.journal.isEmpty, marks.journal != here, JournalHome.isJournal(marks.journal) {
            throw .belongs(directory: directory, to: "\(found) in \(marks.journal)")
        }
        for log in ["trades", "errors"] where found.isEmpty {
            let path = "\(directory)/logs/\(log).log"
            guard access(path, F_OK) != 0 else { throw .isForeign(path: path) }
        }
    }

    private static func canonical(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return PlainText.line(path) }
        defer { free(found) }
        return PlainText.line(String(cString: found))
    }

    /// - Throws: `ArtifactError`; a whole file is then as before, a log at most longer.
    public func write(_ file: Artifacts.File) throws(ArtifactError) {
        if let offset = file.offset { return try add(file, at: offset) }
        let path = "\(directory)/\(file.path)"
        if file.bytes.isEmpty {
            guard unlink(path) == 0 else { return }
            changed.insert(file.path)
        }
        seen.insert(file.path)
        guard !file.bytes.isEmpty else { return }
        if (try? WholeFile.read(path)) != file.bytes {
            try ArtifactFile.write(file.bytes, to: path)
            changed.insert(file.path)
        }
    }

    /// Keeps that every line of the events through `event` is written.
    ///
    /// - Throws: `ArtifactError`.
    public func keep(through event: SequenceNumber) throws(ArtifactError) {
        marks.through = max(marks.through, event)
        try save()
    }

    /// Written in place, because the file is locked. After a kill before this, the next process finds the
    /// last lines in their files and does not write them twice.
    func save() throws(ArtifactError) {
        let text = "\(name)\n" + marks.text(open: open.values)
        guard text != saved else { return }
        let path = "\(directory)/artifacts/.journal"
        let bytes = Array(text.utf8)
        try Self.write(bytes, marker, at: 0, path)
        guard ftruncate(marker, off_t(bytes.count)) == 0 else {
            throw ArtifactError(path: path, code: errno)
        }
        saved = text
    }

    /// Cuts off what logs contain beyond what the journal says.
    ///
    /// - Throws: `ArtifactError`.
    public func finish(through event: SequenceNumber) throws(ArtifactError) {
        for path in placed.sorted() {
            guard let mark = marks.logs[path] else { continue }
            let log = try LogOnDisk("\(directory)/\(path)", creates: true)
            guard let log, log.size > mark.end else { continue }
            try log.cut(at: mark.end)
            changed.insert(path)
        }
        try keep(through: event)
    }

    static func read(_ file: Int32, count: Int, at place: off_t) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = 0
            while done < count {
                let got = pread(
                    file, buffer.baseAddress.map { $0 + done }, count - done, place + off_t(done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                done += got
            }
        }
    }

    static func write(
        _ bytes: [UInt8], _ file: Int32, at place: off_t, _ path: String
    ) throws(ArtifactError) {
        let failure =
            lseek(file, place, SEEK_SET) == place ? ArtifactFile.write(bytes, file) : errno
        guard failure == 0 else { throw ArtifactError(path: path, code: failure) }
    }
}
