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
    public static func remove(_ directory: String) throws {
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
}
