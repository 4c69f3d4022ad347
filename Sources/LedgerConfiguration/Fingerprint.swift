import CCrypto
import LedgerEngine
import LedgerSettings

/// Replaces a secret wherever it would be seen: enough to tell two secrets apart, too little to
/// find one.
package enum Fingerprint {
    /// `sha256:` and the first 8 hexadecimal digits of the SHA-256 of the text's UTF-8. An empty
    /// text stays empty, and a fingerprint stays as it is.
    package static func of(_ secret: String) -> String {
        if secret.isEmpty || isFingerprint(secret) { return secret }
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let bytes = Array(secret.utf8)
        SHA256(bytes, bytes.count, &digest)
        return "sha256:"
            + digest.prefix(4).map { byte in
                let digits = String(byte, radix: 16)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// A text that only starts like a fingerprint is a secret.
    package static func isFingerprint(_ text: String) -> Bool {
        text.utf8.count == 15 && text.hasPrefix("sha256:")
            && text.dropFirst(7).allSatisfy { "0123456789abcdef".contains($0) }
    }

    /// The first secret that is not replaced by a fingerprint; nil if there is none.
    package static func missing(in settings: Settings) -> String? {
        settings.pairs.first {
            SettingsSchema.setting($0.key)?.isSecret == true && !$0.value.isEmpty
                && !isFingerprint($0.value)
        }?.key
    }
}
