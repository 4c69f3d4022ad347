import Glibc
import LedgerJournal

/// A directory of its own under the system's temporary one, removed with its journals afterwards.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("\(Self.parent)/ledger-journal-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw LMDBError(code: errno) }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static var parent: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }

    /// Where a journal may be created.
    var journal: String { path + "/journal" }

    deinit {
        _ = try? HelperProcess("/bin/rm", ["-rf", path]).wait()
    }
}

/// The whole of a file.
func contents(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LMDBError(code: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count == bytes.count else { throw LMDBError(code: EIO) }
    return bytes
}

func write(_ bytes: [UInt8], to path: String, at offset: Int = 0) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LMDBError(code: errno) }
    defer { close(descriptor) }
    guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
        throw LMDBError(code: errno)
    }
}

/// Flips a bit in every copy of `marker` in a file. A page that was rewritten leaves its old copy.
func damage(_ path: String, at marker: UInt64) throws {
    let bytes = try contents(of: path)
    let wanted = withUnsafeBytes(of: marker.littleEndian) { Array($0) }
    for offset in stride(from: 0, through: bytes.count - 8, by: 8)
    where bytes[offset] == wanted[0] && bytes[offset..<offset + 8].elementsEqual(wanted) {
        try write([bytes[offset + 3] ^ 0x10], to: path, at: offset + 3)
    }
}
