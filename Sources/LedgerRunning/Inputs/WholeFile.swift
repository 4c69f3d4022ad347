import Glibc
import LedgerImport
import LedgerReading

/// Reads a whole file of moderate size.
public enum WholeFile {
    public static let limit = 64 << 20

    /// The bytes of a file as it is; `-` is standard input.
    ///
    /// - Throws: `InputError` for a file that cannot be read or is larger than `limit`.
    public static func read(_ path: String, limit: Int = limit) throws(InputError) -> [UInt8] {
        let file = try descriptor(path)
        defer { if file != 0 { close(file) } }
        return try readAll(path, limit) { buffer throws(InputError) in
            while true {
                let count = Glibc.read(file, &buffer, buffer.count)
                if count >= 0 { return count }
                guard errno == EINTR else {
                    throw InputError("\(path): \(String(cString: strerror(errno)))")
                }
            }
        }
    }

    /// The bytes of a file, unpacked if it is compressed.
    ///
    /// - Throws: `InputError` for a file that cannot be read or unpacked, or is larger than `limit`.
    public static func unpacked(_ path: String) throws(InputError) -> [UInt8] {
        let source: ByteSource
        do { source = try ByteSource(path: path) } catch { throw InputError("\(error)") }
        return try readAll(path, limit) { buffer throws(InputError) in
            do { return try source.read(into: &buffer) } catch { throw InputError("\(error)") }
        }
    }

    /// - Parameter fill: fills part of the buffer; returns 0 at the end.
    private static func readAll(
        _ path: String, _ limit: Int, _ fill: (inout [UInt8]) throws(InputError) -> Int
    ) throws(InputError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes: [UInt8] = []
        while true {
            let count = try fill(&buffer)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw InputError("\(path) is larger than \(limit >> 20) MiB")
            }
        }
    }

    /// Milliseconds within which somebody must write into a named pipe.
    private static let patience: Int32 = 1000

    /// Opens a file for reading; `-` is standard input. A pipe that nobody writes into does not hold up
    /// the command.
    private static func descriptor(_ path: String) throws(InputError) -> Int32 {
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
