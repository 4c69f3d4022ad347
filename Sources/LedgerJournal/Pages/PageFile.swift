import CLMDB
import Glibc

/// A journal's data file, read page by page without mapping it, so that a damaged page is found and
/// not followed.
struct PageFile: ~Copyable {
    /// The directory of the journal, for messages.
    let directory: String
    private let descriptor: Int32

    static let headerSize = 16
    static let metaFlag: UInt16 = 8
    private static let metaSize = headerSize + 136
    private static let pageSizes = 512...32_768
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let version: UInt32 = 1
    /// Pages at the end that are free are possibly never written; LMDB keeps the last page's number.
    private static let unwrittenPages: UInt64 = 16

    /// - Returns: nil when there is no data file or it is empty.
    /// - Throws: `.notAJournal` for what is not a regular file, `.notPermitted`, `.io`.
    init?(_ directory: JournalDirectory) throws(JournalError) {
        // A pipe must not hold up the opening.
        let opened = open(directory.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            switch errno {
            case ENOENT: return nil
            case EACCES, EPERM: throw .notPermitted(directory.path, "data.mdb cannot be read")
            case ENXIO: throw .notAJournal(directory.path, "data.mdb is not a regular file")
            default: throw .system(directory.path)
            }
        }
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            let error = LMDBError.lastSystemCall
            close(opened)
            throw .system(directory.path, error)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .notAJournal(directory.path, "data.mdb is not a regular file")
        }
        guard status.st_size > 0 else {
            close(opened)
            return nil
        }
        descriptor = opened
        self.directory = directory.path
    }

    deinit { close(descriptor) }

    func damaged(_ why: String) -> JournalError { .damaged(directory, why) }

    /// The size of the file now.
    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Fills `bytes[..<count]` from the file.
    ///
    /// - Returns: false when the file ends before.
    func read(_ bytes: inout PageBytes, count: Int, at offset: Int) throws(JournalError) -> Bool {
        var done = 0
        while done < count {
            let got = bytes.bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress?.advanced(by: done), count - done,
                    off_t(offset + done))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .system(directory) }
            guard got > 0 else { return false }
            done += got
        }
        return true
    }

    // MARK: Meta pages

    /// One of the two meta pages: the beginning of a snapshot.
    ///
    ///     offset  size
    ///          0    16  page header
    ///         16     8  magic and version
    ///         24    16  address and size of the map, not used here
    ///         40    48  tree of free pages
    ///         88    48  tree of tables
    ///        136     8  last page
    ///        144     8  transaction
    struct Meta: Hashable, Sendable {
        let pageSize: Int
        let free: PageTable
        let main: PageTable
        let lastPage: UInt64
        let transaction: UInt64
    }

    /// Both meta pages, after checking them and the length of the file.
    ///
    /// A writer may replace one while it is read, so what looks damaged is read again.
    func metas() throws(JournalError) -> [Meta] {
        var failure = damaged("its meta pages cannot be read")
        for attempt in 0..<20 {
            do throws(JournalError) { return try metasOnce() } catch { failure = error }
            if attempt > 0 { usleep(1000) }
        }
        throw failure
    }

    private func metasOnce() throws(JournalError) -> [Meta] {
        var head = PageBytes(count: Self.metaSize)
        guard try read(&head, count: Self.metaSize, at: 0) else {
            throw .notAJournal(directory, "data.mdb is not an LMDB file")
        }
        let first = head
        let pageSize = Int(clamping: head.u32(40))
        let isKnown = Self.pageSizes.contains(pageSize) && pageSize & (pageSize - 1) == 0
        // With a damaged size the other page is looked for where this machine's page size puts it.
        let step = isKnown ? pageSize : Int(sysconf(Int32(_SC_PAGESIZE)))
        guard try read(&head, count: Self.metaSize, at: step) else {
            if Self.hasMagic(first) { throw damaged("data.mdb was truncated to \(size) bytes") }
            throw .notAJournal(directory, "data.mdb is not an LMDB file")
        }
        guard Self.hasMagic(first) || Self.hasMagic(head) else {
            throw .notAJournal(directory, "data.mdb is not an LMDB file")
        }
        if Self.isOtherVersion(first), Self.isOtherVersion(head) {
            throw .notAJournal(directory, "data.mdb belongs to another version of LMDB")
        }
        let metas = [try meta(first, number: 0), try meta(head, number: 1)]
        try checkPair(metas)
        return metas
    }

    private static func hasMagic(_ page: PageBytes) -> Bool { page.u32(headerSize) == magic }

    private static func isOtherVersion(_ page: PageBytes) -> Bool {
        hasMagic(page) && page.u32(headerSize + 4) != version
    }

    private func meta(_ page: PageBytes, number: UInt64) throws(JournalError) -> Meta {
        func bad(_ why: String) -> JournalError { damaged("meta page \(number) \(why)") }
        guard Self.hasMagic(page), !Self.isOtherVersion(page), page.u16(10) == Self.metaFlag,
            page.u64(0) == number
        else { throw bad("has a wrong header") }
        let pageSize = Int(clamping: page.u32(40))
        guard Self.pageSizes.contains(pageSize), pageSize & (pageSize - 1) == 0 else {
            throw bad("has a page size of \(pageSize)")
        }
        let meta = Meta(
            pageSize: pageSize, free: PageTable(page, at: 40), main: PageTable(page, at: 88),
            lastPage: page.u64(136), transaction: page.u64(144))
        guard meta.free.flags == PageTable.integerKeys, meta.main.flags == 0 else {
            throw bad("has wrong flags")
        }
        guard meta.transaction == 0 || meta.transaction & 1 == number else {
            throw bad("belongs to transaction \(meta.transaction)")
        }
        guard meta.lastPage >= 1, meta.lastPage < 1 << 40 else {
            throw bad("has page \(meta.lastPage) as the last")
        }
        for (name, tree) in [("free pages", meta.free), ("tables", meta.main)] {
            if let problem = tree.problem(last: meta.lastPage) {
                throw bad("is wrong: its tree of \(name) \(problem)")
            }
        }
        return meta
    }

    /// Each commit writes one of the two pages, in turn.
    private func checkPair(_ metas: [Meta]) throws(JournalError) {
        let (even, odd) = (metas[0], metas[1])
        guard even.pageSize == odd.pageSize else {
            throw damaged("its meta pages have different page sizes")
        }
        let (low, high) = (
            min(even.transaction, odd.transaction), max(even.transaction, odd.transaction)
        )
        guard high - low == 1 || high == 0 else {
            throw damaged("its meta pages belong to transactions \(low) and \(high)")
        }
        let last = max(even.lastPage, odd.lastPage)
        let needed = (last + 1 - min(last - 1, Self.unwrittenPages)) * UInt64(even.pageSize)
        guard UInt64(size) >= needed else {
            throw damaged("data.mdb was truncated to \(size) of at least \(needed) bytes")
        }
    }
}
