import CCrypto
import LedgerEvents

/// Computes chain links: SHA-256 over the previous link (32 bytes), a block's first sequence, count
/// and length (16 bytes), and its payload. Keeps one context, because making one costs more than
/// hashing a small block.
public struct ChainHasher: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), let algorithm = EVP_MD_fetch(nil, "SHA256", nil)
        else {
            preconditionFailure("libcrypto provides SHA-256")
        }
        self.context = context
        self.algorithm = algorithm
    }

    deinit {
        EVP_MD_CTX_free(context)
        EVP_MD_free(algorithm)
    }

    public func link(
        after previous: ChainLink, header: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) -> ChainLink {
        var words: (UInt64, UInt64, UInt64, UInt64) = previous.words
        var code = EVP_DigestInit_ex(context, algorithm, nil)
        withUnsafeMutableBytes(of: &words) { bytes in
            code &= EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
            code &= EVP_DigestUpdate(context, header.baseAddress, header.count)
            code &= EVP_DigestUpdate(context, payload.baseAddress, payload.count)
            let digest = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            code &= EVP_DigestFinal_ex(context, digest, nil)
        }
        precondition(code == 1, "SHA-256 of bytes in memory succeeds")
        return ChainLink(words)
    }
}
