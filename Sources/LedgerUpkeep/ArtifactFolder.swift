import Glibc
import LedgerReading
import LedgerRunning

/// The directory with a journal's `artifacts/` and `logs/`. One process writes it at a time, for one
/// journal: `artifacts/.journal` names the journal and is locked meanwhile.
///
/// Files are written so that the same journal always gives the same bytes. What is there already is
/// compared and not written again.
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

    private let directory: String
    private let marker: Int32
    /// Where each log ends.
    private var ends: [String: UInt64] = [:]
    private var seen: Set<String> = []
    private var changed: Set<String> = []

    /// How many files differ from what was there before, and how many were the same.
    public var written: Int { changed.count }
    public var unchanged: Int { seen.count - changed.count }

    /// - Parameter owner: the journal's kind and name.
    /// - Throws: `Refusal`, `ArtifactError`.
    public init(_ directory: String, of owner: JournalIdentity) throws {
        self.directory = directory
        let path = "\(directory)/artifacts/.journal"
        JournalHome.makeParents(of: path)
        marker = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard marker >= 0 else { throw ArtifactError(path: path, code: errno) }
        guard flock(marker, LOCK_EX | LOCK_NB) == 0 else {
            close(marker)
            throw Refusal.isBusy(directory: directory)
        }
        let name = "\(owner.kind) \(owner.name)"
        let found = String(decoding: Self.read(marker, count: 4096, at: 0), as: UTF8.self)
            .prefix { $0 != "\n" }
        guard found.isEmpty || found == name else {
            close(marker)
            throw Refusal.belongs(directory: directory, to: String(found))
        }
        for log in ["trades", "errors"] where found.isEmpty {
            let path = "\(directory)/logs/\(log).log"
            guard access(path, F_OK) != 0 else {
                close(marker)
                throw Refusal.isForeign(path: path)
            }
        }
        if found.isEmpty { try Self.write(Array((name + "\n").utf8), marker, at: 0, path) }
    }

    deinit { close(marker) }

    /// - Throws: `ArtifactError`; a whole file is then as before, a log at most longer.
    public func write(_ file: Artifacts.File) throws(ArtifactError) {
        let path = "\(directory)/\(file.path)"
        if file.bytes.isEmpty {
            guard unlink(path) == 0 else { return }
            changed.insert(file.path)
        }
        seen.insert(file.path)
        guard !file.bytes.isEmpty else { return }
        if let offset = file.offset {
            try append(file.bytes, at: offset, path) { changed.insert(file.path) }
            ends[path] = offset + UInt64(file.bytes.count)
        } else if (try? WholeFile.read(path)) != file.bytes {
            try ArtifactFile.write(file.bytes, to: path)
            changed.insert(file.path)
        }
    }

    /// Cuts off what logs contain beyond what the journal says.
    ///
    /// - Throws: `ArtifactError`.
    public func finish() throws(ArtifactError) {
        for (path, end) in ends.sorted(by: { $0.key < $1.key }) {
            let file = try Self.log(path)
            defer { close(file) }
            guard lseek(file, 0, SEEK_END) > off_t(end) else { continue }
            guard ftruncate(file, off_t(end)) == 0 else {
                throw ArtifactError(path: path, code: errno)
            }
            changed.insert(String(path.dropFirst(directory.count + 1)))
        }
    }

    // MARK: Logs

    /// A log that somebody moved away begins again with what follows.
    private func append(
        _ bytes: [UInt8], at offset: UInt64, _ path: String, _ isChanged: () -> Void
    ) throws(ArtifactError) {
        JournalHome.makeParents(of: path)
        let file = try Self.log(path)
        defer { close(file) }
        let place = min(off_t(offset), lseek(file, 0, SEEK_END))
        guard Self.read(file, count: bytes.count, at: place) != bytes else { return }
        isChanged()
        guard ftruncate(file, place) == 0 else { throw ArtifactError(path: path, code: errno) }
        try Self.write(bytes, file, at: place, path)
    }

    /// - Throws: `ArtifactError`; EINVAL for what is no plain file.
    private static func log(_ path: String) throws(ArtifactError) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard file >= 0 else { throw ArtifactError(path: path, code: errno) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw ArtifactError(path: path, code: EINVAL)
        }
        return file
    }

    private static func read(_ file: Int32, count: Int, at place: off_t) -> [UInt8] {
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

    private static func write(
        _ bytes: [UInt8], _ file: Int32, at place: off_t, _ path: String
    ) throws(ArtifactError) {
        let failure =
            lseek(file, place, SEEK_SET) == place ? ArtifactFile.write(bytes, file) : errno
        guard failure == 0 else { throw ArtifactError(path: path, code: failure) }
    }
}
