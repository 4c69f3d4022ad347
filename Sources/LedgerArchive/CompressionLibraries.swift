import CCrypto
import CZlib
import CZstd

/// The linked compression and cryptography libraries.
public enum CompressionLibraries {
    public static var zstd: String {
        let number = ZSTD_versionNumber()
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }

    public static var zlib: String { zlibVersion().map { String(cString: $0) } ?? "" }

    public static var openSSL: String {
        "\(OPENSSL_version_major()).\(OPENSSL_version_minor()).\(OPENSSL_version_patch())"
    }
}
