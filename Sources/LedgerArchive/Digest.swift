import CCrypto
import LedgerEvents

/// SHA-256.
enum Digest {
    static func sha256(_ bytes: UnsafeRawBufferPointer) -> ChainLink {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { result in
            let digest = result.assumingMemoryBound(to: UInt8.self).baseAddress
            let source = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            _ = SHA256(source ?? UnsafePointer(digest), bytes.count, digest)
        }
        return ChainLink(words)
    }

    static func sha256(_ bytes: [UInt8]) -> ChainLink { bytes.withUnsafeBytes { sha256($0) } }
}
