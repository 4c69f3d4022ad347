import Glibc
import LedgerArchive
import LedgerJournal
import LedgerReading

/// Creating and removing journals.
extension JournalHome {
    /// Opens the journal, or creates it. A journal whose creation was interrupted is created again.
    public static func openOrCreate(
        _ directory: String, durability: Durability = .durable
    ) throws(JournalError) -> LMDBJournal {
        if isJournal(directory) {
            do {
                return try SealedJournal.open(directory: directory, durability: durability)
            } catch .incomplete {}
        }
        makeParents(of: directory)
        return try LMDBJournal.create(directory: directory, durability: durability)
    }

    /// Removes a journal's files, tree and directory. A signing key is kept, and its directory then
    /// stays too.
    ///
    /// - Throws: `InputError` for a symbolic link, whose target somebody else may use.
    public static func remove(_ directory: String) throws {
        try refuseLink(directory)
        for file in ["data.mdb", "lock.mdb", "wake", "lease"] { unlink("\(directory)/\(file)") }
        for segment in (try? SegmentFolder(directory).files()) ?? [] { unlink(segment) }
        for file in ["lock", "pruned"] { unlink("\(directory)/segments/\(file)") }
        rmdir("\(directory)/segments")
        TreeSealer.remove(directory: directory)
        let hasKey = access("\(directory)/\(SigningKey.fileName)", F_OK) == 0
        guard rmdir(directory) == 0 || errno == ENOENT || (hasKey && errno == ENOTEMPTY) else {
            throw InputError("\(directory) cannot be removed: \(String(cString: strerror(errno)))")
        }
    }

    /// - Throws: `InputError` when the last part of the path is a symbolic link.
    public static func refuseLink(_ directory: String) throws {
        var status = stat()
        // With a slash at the end the call would look at the link's target.
        let path = withoutSlash(directory)
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
        throw InputError(
            "\(path) is a symbolic link and is not replaced; name the folder that it points to")
    }

    static func withoutSlash(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path.removeLast() }
        return String(path)
    }
}
