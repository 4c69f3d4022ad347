import CCrypto

/// HMAC-SHA-256 (RFC 2104) from libcrypto, with the pads hashed once.
public struct KeyedHash: Sendable {
    private let inner: [UInt8]
    private let outer: [UInt8]

    public init(key: [UInt8]) {
        var block = key.count > 64 ? Self.digest(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        inner = block.map { $0 ^ 0x36 }
        outer = block.map { $0 ^ 0x5c }
    }

    public func callAsFunction(_ message: [UInt8]) -> [UInt8] {
        Self.digest(outer + Self.digest(inner + message))
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        SHA256(bytes, bytes.count, &result)
        return result
    }
}
