import CLMDB
import Glibc

/// A return code of LMDB: negative for LMDB's codes, positive for an `errno`, 0 for success.
public struct LMDBError: Error, Hashable, Sendable, CustomStringConvertible {
    public let code: Int32

    public init(code: Int32) { self.code = code }

    public static let keyExists = LMDBError(code: MDB_KEYEXIST)
    public static let notFound = LMDBError(code: MDB_NOTFOUND)
    public static let pageNotFound = LMDBError(code: MDB_PAGE_NOTFOUND)
    public static let corrupted = LMDBError(code: MDB_CORRUPTED)
    /// A meta page could not be written: the environment rejects everything until it is reopened.
    public static let panic = LMDBError(code: MDB_PANIC)
    public static let versionMismatch = LMDBError(code: MDB_VERSION_MISMATCH)
    public static let invalid = LMDBError(code: MDB_INVALID)
    public static let mapFull = LMDBError(code: MDB_MAP_FULL)
    public static let mapResized = LMDBError(code: MDB_MAP_RESIZED)
    public static let readersFull = LMDBError(code: MDB_READERS_FULL)

    public static let noSpace = LMDBError(code: ENOSPC)
    public static let quota = LMDBError(code: EDQUOT)
    /// The limit of file sizes, `ulimit -f`.
    public static let fileTooLarge = LMDBError(code: EFBIG)
    /// The limits of open files of this process and of the machine.
    public static let tooManyFiles = LMDBError(code: EMFILE)
    public static let tooManyFilesOfAll = LMDBError(code: ENFILE)
    public static let inputOutput = LMDBError(code: EIO)
    public static let noMemory = LMDBError(code: ENOMEM)
    public static let access = LMDBError(code: EACCES)
    public static let notPermitted = LMDBError(code: EPERM)
    public static let readOnlyFileSystem = LMDBError(code: EROFS)

    /// The calling thread's last failed system call.
    static var lastSystemCall: LMDBError { LMDBError(code: errno) }

    public var description: String {
        mdb_strerror(code).map { String(cString: $0) } ?? "LMDB code \(code)"
    }
}

/// Turns a return code into an error; `LMDBEnvironment` adds the place when it leaves a
/// transaction.
@inline(__always)
func check(_ code: Int32) throws(JournalError) {
    if code != MDB_SUCCESS { throw .store(LMDBError(code: code)) }
}
