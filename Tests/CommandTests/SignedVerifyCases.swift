import Testing

/// What `verify` says of a journal's tree.
@Suite struct SignedVerifyCases {
    @Test func `what verify checked, and with which key, is said`() throws {
        let program = Program(folder: try Folder())
        let found = try program.run(
            """
            mkdir -p journal/signed
            ledger keys generate --name example.com/desk journal/signed/signing.key > desk.pub
            ledger init signed > made
            ledger verify --journal signed | grep -c 'with unchecked signatures'
            ledger verify --journal signed --public-key desk.pub | grep -c 'signed by example.com/desk'
            rm -r journal/signed/tree
            ledger verify --journal signed | grep -c 'tree checkpoints'
            ledger verify --journal signed --public-key desk.pub
            """)
        #expect(found.output == "1\n1\n0\n")
        #expect(found.errors.contains("nothing was checked with example.com/desk+"))
        #expect(found.code == 2)
    }
}
