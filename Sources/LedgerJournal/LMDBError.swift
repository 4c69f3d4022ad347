import CLMDB
import Glibc

/// A return code of LMDB: negative its own, positive an `errno`, 0 success.
package struct LMDBError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package static let keyExists = LMDBError(code: MDB_KEYEXIST)
    package static let notFound = LMDBError(code: MDB_NOTFOUND)
    package static let pageNotFound = LMDBError(code: MDB_PAGE_NOTFOUND)
    package static let corrupted = LMDBError(code: MDB_CORRUPTED)
    /// A meta page could not be written: the environment refuses everything until it is reopened.
    package static let panic = LMDBError(code: MDB_PANIC)
    package static let versionMismatch = LMDBError(code: MDB_VERSION_MISMATCH)
    package static let invalid = LMDBError(code: MDB_INVALID)
    package static let mapFull = LMDBError(code: MDB_MAP_FULL)
    package static let mapResized = LMDBError(code: MDB_MAP_RESIZED)
    package static let readersFull = LMDBError(code: MDB_READERS_FULL)

    package static let noSpace = LMDBError(code: ENOSPC)
    package static let quota = LMDBError(code: EDQUOT)
    package static let inputOutput = LMDBError(code: EIO)
    package static let noMemory = LMDBError(code: ENOMEM)
    package static let access = LMDBError(code: EACCES)
    package static let notPermitted = LMDBError(code: EPERM)
    package static let readOnlyFileSystem = LMDBError(code: EROFS)

    /// The calling thread's last failed system call.
    static var lastSystemCall: LMDBError { LMDBError(code: errno) }

    package var description: String {
        mdb_strerror(code).map { String(cString: $0) } ?? "LMDB code \(code)"
    }
}

/// Turns a return code into an error; `LMDBEnvironment` adds the place when it leaves a
/// transaction.
@inline(__always)
func check(_ code: Int32) throws(JournalError) {
    if code != MDB_SUCCESS { throw .store(LMDBError(code: code)) }
}
