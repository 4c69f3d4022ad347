import LedgerImport

/// Reads a whole file, and unpacks it if it is compressed.
public enum ExchangeFile {
    private static let most = 64 << 20

    public static func bytes(_ path: String) throws -> [UInt8] {
        let source = try ByteSource(path: path)
        var found: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while found.count < most {
            let read = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
            guard read > 0 else { return found }
            found += piece[..<read]
        }
        throw ImportError(.unsupported, file: path, "is larger than 64 MiB")
    }
}
