import Glibc

/// File operations on bytes.
extension TreeFiles {
    static func failure(_ name: String) -> ArchiveError {
        ArchiveError(.unusable, at: name, String(cString: strerror(errno)))
    }

    /// - Returns: nil if there is no such file.
    static func read(_ name: String) throws(ArchiveError) -> [UInt8]? {
        let file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(name)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw failure(name) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Replaces a file atomically: after a failure or a kill, the old file is still there.
    ///
    /// - Parameter syncs: whether to wait until it is on disk. Use it for files that cannot be
    ///   rebuilt.
    static func write(
        _ bytes: [UInt8], to name: String, syncs: Bool = true
    ) throws(ArchiveError) {
        let folder = parent(of: name)
        makeFolders(folder)
        let trial = "\(name).\(getpid()).tmp"
        let file = open(trial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw failure(name) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(1 << 20))
            let count = Glibc.write(file, part, part.count)
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        let isWritten = rest.isEmpty && (!syncs || fsync(file) == 0)
        let error = failure(name)
        close(file)
        guard isWritten else {
            unlink(trial)
            throw error
        }
        guard rename(trial, name) == 0 else {
            let error = failure(name)
            unlink(trial)
            throw error
        }
        if syncs { syncFolder(folder) }
    }

    private static func parent(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "."
    }

    static func makeFolders(_ path: String) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        let above = parent(of: path)
        guard above != path, above != "." else { return }
        makeFolders(above)
        mkdir(path, 0o755)
    }

    /// Makes the names of new files durable.
    private static func syncFolder(_ path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a directory and everything in it, if it exists.
    static func remove(folder: String) {
        for name in names(in: folder) {
            let path = "\(folder)/\(name)"
            if unlink(path) != 0 { remove(folder: path) }
        }
        rmdir(folder)
    }

    /// Runs `body` while no other process grows this tree.
    func locked<R>(_ body: () throws -> R) throws -> R {
        Self.makeFolders(path)
        let file = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure("\(path)/lock") }
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Self.failure("\(path)/lock") }
        }
        return try body()
    }
}
