/// The uncompressed bytes of an input: a plain file, or an unpacked gzip, zstd or zip stream.
///
/// The format is detected from the first bytes, never from the name. Memory use is bounded no
/// matter what size a stream claims. `archive.zip#entry.csv` names one entry of an archive.
public final class ByteSource {
    private enum Form {
        case plain
        case deflate(Inflater)
        case zstd(ZstdReader)
    }

    /// The file, and the archive entry if there is one, as shown in messages.
    public private(set) var name: String
    /// The entry to read if the file is a zip archive.
    public private(set) var entryName: String?
    private let file: InputFile
    private var form = Form.plain
    /// The first bytes of the file: read to detect the format, not returned yet.
    private var head: [UInt8]

    /// - Parameter path: a file, `archive.zip#entry`, or `-` for standard input.
    /// - Throws: `ImportError` if the file cannot be opened or the archive cannot be read.
    public convenience init(path: String) throws(ImportError) {
        let (file, entry) = try Self.open(path)
        try self.init(file, entry: entry)
    }

    public convenience init(bytes: [UInt8], name: String) throws(ImportError) {
        try self.init(InputFile(bytes: bytes, name: name), entry: nil)
    }

    /// Bytes of the stored file consumed so far and its total size, for a progress bar.
    public var progress: (read: Int, of: Int?) {
        switch form {
        case .plain: (file.position, file.size)
        case .deflate(let inflater): (inflater.position, file.size)
        case .zstd(let reader): (reader.position, file.size)
        }
    }

    private init(_ file: InputFile, entry: String?) throws(ImportError) {
        self.file = file
        name = file.name
        head = try Self.head(of: file)
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
            try openArchive(entry: entry)
            return
        }
        guard entry == nil else {
            throw ImportError(.unsupported, file: name, "not a zip archive, so it has no entries")
        }
        if head.starts(with: [0x1F, 0x8B]) {
            form = .deflate(try Inflater(FileFeed(file, head: head), .gzip))
            head = []
        } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || isSkippableFrame {
            form = .zstd(try ZstdReader(FileFeed(file, head: head)))
            head = []
        }
    }

    /// Fills part of `buffer`, which must not be empty; returns 0 at the end.
    ///
    /// - Throws: `ImportError` if the file cannot be read, or if its stream is damaged or
    ///   truncated.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        switch form {
        case .plain:
            guard head.isEmpty else { return takeHead(into: buffer) }
            return try file.read(into: buffer)
        case .deflate(let inflater): return try inflater.read(into: buffer)
        case .zstd(let reader): return try reader.read(into: buffer)
        }
    }

    /// Fills part of an array; returns 0 at the end.
    public func read(into buffer: inout [UInt8]) throws(ImportError) -> Int {
        try buffer.withUnsafeMutableBufferPointer { bytes throws(ImportError) in
            try read(into: UnsafeMutableRawBufferPointer(bytes))
        }
    }

    private func takeHead(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, head.count)
        for index in 0..<count { buffer[index] = head[index] }
        head.removeFirst(count)
        return count
    }

    private var isSkippableFrame: Bool {
        head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1..<4].elementsEqual([0x2A, 0x4D, 0x18])
    }

    private func openArchive(entry: String?) throws(ImportError) {
        let archive = try ZipArchive(try file.seekable(after: head))
        let found = try archive.entry(named: entry)
        form = .deflate(try archive.open(found))
        head = []
        entryName = found.name
        name = "\(file.name)#\(found.name)"
    }

    private static func head(of file: InputFile) throws(ImportError) -> [UInt8] {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while head.count < 4 {
            let count = try withUnsafeMutableBytes(of: &byte) { buffer throws(ImportError) in
                try file.read(into: buffer)
            }
            if count == 0 { break }
            head.append(byte)
        }
        return head
    }

    private static func open(_ path: String) throws(ImportError) -> (InputFile, String?) {
        do throws(ImportError) { return (try InputFile(path: path), nil) } catch {
            guard let mark = path.lastIndex(of: "#") else { throw error }
            return (
                try InputFile(path: String(path[..<mark])),
                String(path[path.index(after: mark)...])
            )
        }
    }
}
