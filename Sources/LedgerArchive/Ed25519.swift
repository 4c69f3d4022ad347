import CCrypto

/// Ed25519 signatures (RFC 8032), from libcrypto.
enum Ed25519 {
    static let keySize = 32
    static let signatureSize = 64

    /// - Parameter seed: the 32 bytes of a private key.
    /// - Returns: nil if libcrypto rejects the bytes.
    static func publicKey(of seed: [UInt8]) -> [UInt8]? {
        withPrivateKey(seed) { key in
            var bytes = [UInt8](repeating: 0, count: keySize)
            var count = bytes.count
            guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == keySize else {
                return nil
            }
            return bytes
        }
    }

    static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8]? {
        withPrivateKey(seed) { key in
            guard let context = EVP_MD_CTX_new() else { return nil }
            defer { EVP_MD_CTX_free(context) }
            var signature = [UInt8](repeating: 0, count: signatureSize)
            var count = signature.count
            guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
                EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
                count == signatureSize
            else { return nil }
            return signature
        }
    }

    static func isValid(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        guard signature.count == signatureSize, key.count == keySize,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key, key.count)
        else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    private static func withPrivateKey<R>(
        _ seed: [UInt8], _ body: (OpaquePointer) -> R?
    ) -> R? {
        guard seed.count == keySize,
            let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        else { return nil }
        defer { EVP_PKEY_free(key) }
        return body(key)
    }
}
