import CCrypto
import CCurl
import CLMDB
import CZlib
import CZstd
import Testing

/// The C libraries that are linked are at least as new as what this package was written against.
@Suite struct LibraryVersions {
    @Test func `lmdb is 0.9.24 or newer`() {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        _ = mdb_version(&major, &minor, &patch)
        #expect((major, minor, patch) >= (0, 9, 24), "liblmdb-dev has \(major).\(minor).\(patch)")
    }

    @Test func `zstd is 1.5 or newer`() {
        let number = ZSTD_versionNumber()
        #expect(number >= 10_500, "libzstd-dev has \(number)")
    }

    @Test func `zlib is 1.2.11 or newer`() throws {
        let parts = numbers(String(cString: try #require(zlibVersion())))
        try #require(parts.count >= 2)
        let (major, minor, patch) = (parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
        #expect((major, minor, patch) >= (1, 2, 11), "zlib1g-dev has \(parts)")
    }

    @Test func `OpenSSL is 3 or newer`() {
        #expect(OPENSSL_version_major() >= 3, "libssl-dev has \(OPENSSL_version_major())")
    }

    @Test func `curl is 7.88 or newer`() throws {
        let information = try #require(curl_version_info(CURLVERSION_FIRST))
        let number = information.pointee.version_num
        #expect(number >= 0x07_58_00, "libcurl4-openssl-dev has \(String(number, radix: 16))")
    }

    private func numbers(_ text: String) -> [Int] {
        text.split { !$0.isNumber }.compactMap { Int($0) }
    }
}
