import CCrypto

/// An Ed25519 private key (RFC 8032) that signs requests, by libcrypto.
public struct SignatureKey: Sendable {
    private let seed: [UInt8]

    /// - Parameter seed: the 32 bytes of the key.
    public init(seed: [UInt8]) { self.seed = seed }

    /// 64 bytes, the same for the same message; empty if libcrypto rejects the key.
    public func callAsFunction(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        guard seed.count == 32, EVP_DigestSignInit(context, nil, nil, nil, key) == 1 else {
            return []
        }
        return EVP_DigestSign(context, &signature, &count, message, message.count) == 1
            ? signature : []
    }
}
