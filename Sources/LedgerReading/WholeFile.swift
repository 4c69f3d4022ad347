import Glibc

/// Reads a whole file of moderate size.
public enum WholeFile {
    /// - Throws: `InputError` for a file that cannot be read or is larger than 64 MiB.
    public static func read(_ path: String) throws(InputError) -> [UInt8] {
        let file = try descriptor(path)
        defer { if file != 0 { close(file) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw InputError("\(path): \(String(cString: strerror(errno)))")
            }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= 64 << 20 else { throw InputError("\(path) is larger than 64 MiB") }
        }
    }

    /// Milliseconds within which somebody must write into a named pipe.
    private static let patience: Int32 = 1000

    /// Opens a file for reading; `-` is standard input. A pipe that nobody writes into does not hold up
    /// the command.
    public static func descriptor(_ path: String) throws(InputError) -> Int32 {
        if path == "-" { return 0 }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
        var status = stat()
        if fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
            var wanted = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, patience) > 0 else {
                close(file)
                throw InputError("\(path) is a pipe that nobody writes into")
            }
        }
        _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK)
        return file
    }
}
