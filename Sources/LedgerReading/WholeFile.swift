import Glibc

/// Reads a whole file of moderate size.
public enum WholeFile {
    /// - Throws: `InputError` for a file that cannot be read or is larger than 64 MiB.
    public static func read(_ path: String) throws(InputError) -> [UInt8] {
        let file = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw InputError("\(path): \(String(cString: strerror(errno)))") }
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
}
