import Glibc

/// Small files that only their owner can read: private keys and secrets.
public enum PrivateFile {
    private static func failure(_ path: String) -> ArchiveError {
        ArchiveError(.unusable, at: path, String(cString: strerror(errno)))
    }

    /// - Returns: nil if there is no such file.
    static func readIfPresent(_ path: String) throws(ArchiveError) -> [UInt8]? {
        if access(path, F_OK) != 0, errno == ENOENT { return nil }
        return try read(path)
    }

    /// - Throws: `ArchiveError.unusable` if other users can read it or if it is larger than 4,096
    ///   bytes.
    public static func read(_ path: String) throws(ArchiveError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(.unusable, at: path, "is not a file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ArchiveError(
                .unusable, at: path,
                "other users can access it; run chmod 600 and find out who read it")
        }
        var bytes = [UInt8](repeating: 0, count: 4097)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw failure(path) }
        guard count <= 4096 else {
            throw ArchiveError(.unusable, at: path, "is too large for a key")
        }
        return Array(bytes[..<count])
    }

    /// Whether only the owner can access it; false if it does not exist.
    public static func isPrivate(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 == 0
    }

    /// Writes a new file and waits until it is on disk.
    static func create(_ path: String, _ bytes: [UInt8]) throws(ArchiveError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == EEXIST {
                throw ArchiveError(.unusable, at: path, "already exists and will not be replaced")
            }
            throw failure(path)
        }
        defer { close(file) }
        guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            let error = failure(path)
            unlink(path)
            throw error
        }
    }
}

/// Bytes from the kernel's random generator.
enum RandomBytes {
    static func make(_ count: Int) throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard getentropy(&bytes, count) == 0 else {
            throw ArchiveError(.unusable, at: "", "the kernel provides no random bytes")
        }
        return bytes
    }
}
