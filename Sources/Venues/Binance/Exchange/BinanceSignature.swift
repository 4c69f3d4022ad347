import BinanceWire
import CCrypto
import LedgerDomain
import LedgerExchange
import LedgerVenues

/// Whether a request is signed with the secret: HMAC-SHA256 over its parameters as sent, or a signature by
/// the Ed25519 key that the secret is.
enum BinanceSignature {
    static func isValid(_ signature: String, of text: String, secret: String) -> Bool {
        guard let seed = BinancePrivateKey.seed(of: Secret(secret)) else {
            return signature == of(text.utf8, secret: secret)
        }
        guard let bytes = WireBase64.decode(signature) else { return false }
        let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, bytes, bytes.count, Array(text.utf8), text.utf8.count) == 1
    }

    /// Lower-case hexadecimal digits of HMAC-SHA256.
    static func of(_ text: some Sequence<UInt8>, secret: String) -> String {
        var key = Array(secret.utf8)
        if key.count > 64 { key = hash(key) }
        key += [UInt8](repeating: 0, count: 64 - key.count)
        let inner = hash(key.map { $0 ^ 0x36 } + text)
        let outer = hash(key.map { $0 ^ 0x5C } + inner)
        return outer.map { String(UInt64($0).hex.suffix(2)) }.joined()
    }

    private static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeBufferPointer { input in
            digest.withUnsafeMutableBufferPointer { output in
                _ = SHA256(input.baseAddress, input.count, output.baseAddress)
            }
        }
        return digest
    }

    /// The signed text and the signature; nil if there is none.
    static func split(query: String, body: String) -> (signed: String, signature: String)? {
        let joined = query.isEmpty || body.isEmpty ? query + body : "\(query)\u{0}\(body)"
        var signature: String?
        var kept: [Substring] = []
        for part in joined.split(separator: "\u{0}", omittingEmptySubsequences: false) {
            let pairs = part.split(separator: "&").filter { pair in
                guard pair.hasPrefix("signature=") else { return true }
                signature = Parameters.decoded(pair.dropFirst(10))
                return false
            }
            kept.append(Substring(pairs.joined(separator: "&")))
        }
        return signature.map { (kept.joined(), $0) }
    }
}
