import Glibc

/// The stored bytes of a file, of standard input or of memory.
///
/// It knows nothing of compression. It reads forward in chunks; `read(at:)` seeks if the input can.
final class InputFile {
    let name: String
    /// The size of the file; nil if unknown, for example for a pipe.
    let size: Int?
    private var descriptor: Int32
    private var memory: [UInt8]
    /// The number of bytes returned by `read(into:)`.
    private(set) var position = 0
    private var isInMemory: Bool { descriptor < 0 }

    /// The maximum size of a zip archive read from a pipe.
    static let pipeLimit = 256 << 20

    /// - Parameter path: `-` is standard input.
    init(path: String) throws(ImportError) {
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        memory = []
        guard descriptor >= 0 else {
            size = nil
            throw ImportError(.cannotRead, file: name, "cannot be opened: \(Self.reason(errno))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            size = nil
            throw ImportError(.cannotRead, file: name, "is a directory; name a file")
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        size = bytes.count
        descriptor = -1
        memory = bytes
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// Fills as much of `buffer` as one system call provides; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        let count = isInMemory ? copy(from: position, to: buffer) : try readFile(buffer)
        position += count
        return count
    }

    /// Fills `buffer` from `offset`; short only at the end. Does not move the position.
    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImportError) -> Int {
        if isInMemory { return copy(from: offset, to: buffer) }
        var used = 0
        while used < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[used...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + used))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(errno) }
            if count == 0 { break }
            used += count
        }
        return used
    }

    func bytes(at offset: Int, count: Int) throws(ImportError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        let read: Result<Int, ImportError> = result.withUnsafeMutableBytes { buffer in
            do throws(ImportError) {
                return .success(try self.read(at: offset, into: buffer))
            } catch {
                return .failure(error)
            }
        }
        result.removeLast(count - (try read.get()))
        return result
    }

    /// This file if it can seek; otherwise a complete copy in memory that begins with `head`.
    func seekable(after head: [UInt8]) throws(ImportError) -> InputFile {
        if size != nil { return self }
        var all = head
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let read: Result<Int, ImportError> = chunk.withUnsafeMutableBytes { buffer in
                do throws(ImportError) { return .success(try self.read(into: buffer)) } catch {
                    return .failure(error)
                }
            }
            let count = try read.get()
            if count == 0 { break }
            all += chunk[..<count]
            guard all.count <= Self.pipeLimit else {
                throw ImportError(
                    .unsupported, file: name,
                    "a zip archive from a pipe may have at most \(Self.pipeLimit >> 20) MiB; "
                        + "save it to a file first")
            }
        }
        return InputFile(bytes: all, name: name)
    }

    private func readFile(_ buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw unreadable(errno) }
        }
    }

    private func copy(from offset: Int, to buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = max(0, min(buffer.count, memory.count - offset))
        guard count > 0 else { return 0 }
        memory.withUnsafeBytes { bytes in
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        }
        return count
    }

    private func unreadable(_ code: Int32) -> ImportError {
        ImportError(
            .cannotRead, file: name, byte: position, "cannot be read: \(Self.reason(code))")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
