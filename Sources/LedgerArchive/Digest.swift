import CCrypto
import LedgerEvents

/// A SHA-256 digest; its description is 64 hexadecimal digits.
public enum Digest {
    public static func sha256(_ bytes: UnsafeRawBufferPointer) -> ChainLink {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { result in
            let digest = result.assumingMemoryBound(to: UInt8.self).baseAddress
            let source = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            _ = SHA256(source ?? UnsafePointer(digest), bytes.count, digest)
        }
        return ChainLink(words)
    }

    public static func sha256(_ bytes: [UInt8]) -> ChainLink {
        bytes.withUnsafeBytes { sha256($0) }
    }
}

/// Incremental SHA-256.
struct StreamHasher: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("libcrypto provides SHA-256") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    mutating func update(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    mutating func finish() -> ChainLink {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { result in
            _ = EVP_DigestFinal_ex(
                context, result.assumingMemoryBound(to: UInt8.self).baseAddress, nil)
        }
        return ChainLink(words)
    }
}
