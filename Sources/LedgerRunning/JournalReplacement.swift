import Glibc
import LedgerArchive
import LedgerJournal
import LedgerReading

/// A journal that is made beside the one that it replaces, and takes its name when it is whole. Until
/// then the old one stays unchanged.
public final class JournalReplacement {
    /// The journal to replace.
    public let directory: String
    /// Where the new one is made.
    public let trial: String
    private let old: LMDBJournal?
    private var lease: Lease?

    /// What may be in a journal's folder; anything else belongs to somebody and is not removed.
    private static let known: Set<String> = [
        "data.mdb", "lock.mdb", "wake", "lease", "segments", "tree", JournalSecret.fileName,
        SigningKey.fileName,
    ]

    /// Makes room for the new journal, and gives it the old one's key to sign with.
    ///
    /// - Parameter old: the journal to replace, whose lease is held until the end.
    /// - Throws: `InputError` for a link, a folder with other files, and one that cannot be renamed;
    ///   `.leaseHeld` while a process writes the old journal.
    public init(of directory: String, holding old: LMDBJournal? = nil, as holder: String = "")
        throws
    {
        try JournalHome.refuseLink(directory)
        self.directory = JournalHome.withoutSlash(directory)
        let name = self.directory.split(separator: "/").last ?? ""
        guard name != "." && name != ".." else {
            throw InputError("\(directory) cannot be replaced; name it by its path")
        }
        trial = self.directory + ".replacing"
        if let other = try Folder.names(self.directory).first(where: { !Self.known.contains($0) }) {
            throw InputError(
                "\(directory) contains \(other), which is no part of a journal; move it away first")
        }
        self.old = old
        lease = try old?.acquireLease(holder: holder)
        try discard()
        guard mkdir(trial, 0o755) == 0 else { throw failure(trial) }
        let key = SigningKey.fileName
        guard link("\(self.directory)/\(key)", "\(trial)/\(key)") == 0 || errno == ENOENT else {
            throw failure(trial)
        }
    }

    /// Removes the new journal.
    public func discard() throws {
        try JournalHome.refuseLink(trial)
        unlink("\(trial)/\(SigningKey.fileName)")
        try JournalHome.remove(trial)
    }

    /// Gives the new journal its name, in one step, and removes the old one.
    public func finish() throws {
        if let lease { try old?.release(lease) }
        lease = nil
        let exchanged = FolderExchange.swap(trial, with: directory)
        if !exchanged {
            // Some file systems cannot exchange.
            let old = directory + ".replaced"
            guard rename(directory, old) == 0 else { throw failure(directory) }
            guard rename(trial, directory) == 0 else {
                let error = failure(trial)
                rename(old, directory)
                throw error
            }
            guard rename(old, trial) == 0 else { throw failure(old) }
        }
        try discard()
    }

    private func failure(_ path: String) -> InputError {
        InputError("\(path): \(String(cString: strerror(errno)))")
    }
}
