import LedgerArchive
import Testing

@Suite struct SignedNoteTests {
    /// RFC 8032, section 7.1, test 1.
    static let seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    static let publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

    private func key(_ name: String = "example.com/ledger") throws -> SigningKey {
        try SigningKey(name: name, seed: Self.seed)
    }

    @Test func `the published key pair is one`() throws {
        #expect(try key().verifier.bytes == unhex(Self.publicKey))
    }

    /// The key and the note of the documentation of golang.org/x/mod/sumdb/note.
    @Test func `a published note verifies`() throws {
        let key = try VerifierKey(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let text =
            "If you think cryptography is the answer to your problem,\n"
            + "then you don't know what your problem is.\n"
        let signature =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
        let note = try SignedNote("\(text)\n— PeterNeumann \(signature)\n")
        #expect(note.text == text)
        try key.verify(note)
        #expect(throws: ArchiveError.self) { try self.key().verifier.verify(note) }
    }

    @Test func `what is signed verifies, and reads back as it was`() throws {
        let note = try key().sign("example.com/ledger\n0\nabc\n\nmore\n")
        let read = try SignedNote(note.encoded)
        #expect(read == note && read.encoded == note.encoded)
        try key().verifier.verify(read)
        #expect(try key().sign(note.text) == note)
    }

    @Test func `a public key reads back as it was`() throws {
        let verifier = try key().verifier
        #expect(try VerifierKey("\(verifier)") == verifier)
        #expect(verifier.pem.hasPrefix("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"))
    }

    @Test func `no bit of a note may change`() throws {
        let verifier = try key().verifier
        let bytes = Array(try key().sign("example.com/ledger\n7\nAAAA\n").encoded.utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var forged = bytes
                forged[index] ^= 1 << bit
                guard let text = String(validating: forged, as: UTF8.self) else { continue }
                #expect(throws: ArchiveError.self, "byte \(index), bit \(bit)") {
                    try verifier.verify(SignedNote(text))
                }
            }
        }
    }

    @Test(arguments: [
        "", "text\n", "text\n\n", "text\n\n— a AAAA", "text\n\n- a AAAAAAA=\n",
        "text\n\n— a AAAAAAA\n", "text\n\n— a b AAAAAAA=\n", "text\n\n—  AAAAAAA=\n",
        "\n\n— a AAAA\n", "text\n\n— a AAAAAA==\n\n", "te\rxt\n\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=\r\n", "text\n— a AAAAAAA=\n", "text\n\n— a+b AAAAAAA=\n",
    ])
    func `a text that is not a note is rejected`(text: String) {
        #expect(throws: ArchiveError.self) { try SignedNote(text) }
    }

    @Test(arguments: [
        "", "a", "a+b", "a+00000000+AA==",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `a text that is not a public key is rejected`(text: String) {
        #expect(throws: ArchiveError.self) { try VerifierKey(text) }
    }

    @Test(arguments: ["", "two words", "a+b", "line\nbreak"])
    func `a name that would not fit on a line is refused`(name: String) {
        #expect(throws: ArchiveError.self) { try self.key(name) }
    }
}
