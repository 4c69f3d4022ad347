import LedgerVenues

/// A secret that is an Ed25519 private key: the PEM file that belongs to the key at Binance, or its line
/// of base64 alone. Any other secret is one for HMAC.
public enum BinancePrivateKey {
    /// PKCS #8 for Ed25519 (RFC 8410), up to the 32 bytes of the key.
    private static let prefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]

    /// - Returns: the 32 bytes of the key; nil for a secret that is none.
    public static func seed(of secret: Secret) -> [UInt8]? {
        let lines = secret.reveal().split(whereSeparator: \.isNewline)
        let body = lines.filter { !$0.hasPrefix("-----") }.joined().filter { $0 != " " }
        guard let bytes = WireBase64.decode(body), bytes.count == prefix.count + 32,
            bytes.starts(with: prefix)
        else { return nil }
        return Array(bytes.dropFirst(prefix.count))
    }
}
