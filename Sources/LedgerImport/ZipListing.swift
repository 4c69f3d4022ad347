/// The contents of a zip archive, for example of a model checkpoint.
public struct ZipListing {
    public struct Entry: Hashable, Sendable {
        public var name: String
        /// The unpacked size in bytes.
        public var size: Int
    }

    public let entries: [Entry]
    private let archive: ZipArchive
    private let path: String

    /// - Throws: `ImportError` if the file is missing or is not an archive.
    public init(_ path: String) throws(ImportError) {
        archive = try ZipArchive(try InputFile(path: path))
        self.path = path
        entries = archive.entries.map { Entry(name: $0.name, size: $0.unpacked) }
    }

    /// The bytes of an entry, verified against the checksum in the archive.
    ///
    /// - Parameter limit: more bytes than this are an error.
    public func bytes(of name: String, limit: Int) throws(ImportError) -> [UInt8] {
        let entry = try archive.entry(named: name)
        guard entry.unpacked <= limit else {
            throw ImportError(.unsupported, file: path, "\(name) is larger than \(limit) bytes")
        }
        let stream = try archive.open(entry)
        var bytes: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd {
            let (part, failure) = Self.part(of: stream)
            if let failure { throw failure }
            isAtEnd = part.isEmpty
            bytes += part
        }
        return bytes
    }

    private static func part(of stream: Inflater) -> ([UInt8], ImportError?) {
        var failure: ImportError?
        let part = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            do throws(ImportError) {
                count = try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                (count, failure) = (0, error)
            }
        }
        return (part, failure)
    }
}
