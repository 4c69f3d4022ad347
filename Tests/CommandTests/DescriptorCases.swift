import Testing

/// Programs that start with closed standard descriptors, as a daemon's parent leaves them.
@Suite struct DescriptorCases {
    private let program: Program

    init() throws {
        program = Program(folder: try Folder())
        let made = try program.run(
            """
            cat > closed.sh <<'CLOSED'
            # usage: closed.sh COMMAND...: runs it with each of the eight sets of closed descriptors
            for set in 0 1 2 3 4 5 6 7; do
                (
                    (( set & 1 )) && exec 0<&-
                    (( set & 2 )) && exec 1>&-
                    (( set & 4 )) && exec 2>&-
                    "${@//SET/$set}"
                ) > /dev/null 2>&1 < /dev/null || { (( $? < 126 )) || echo "set $set: signal"; }
            done
            CLOSED
            ledger init kept && ledger record note "the only note" --journal kept
            """)
        #expect(made.code == 0)
    }

    @Test func `closed standard descriptors let no output into a journal's files`() throws {
        let found = try program.run(
            """
            cp -r journal/kept before
            for command in verify "tail --all" "project equity" "gate status" "verify --from x"; do
                bash closed.sh ledger $command --journal kept
                cmp before/data.mdb journal/kept/data.mdb
            done
            bash closed.sh ledgerd doctor --journal kept
            bash closed.sh ledger-bench nothing
            bash closed.sh JournalHelper read journal/kept
            cmp before/data.mdb journal/kept/data.mdb
            grep -c -a -e "ok:" -e "ledger:" -e "mode" -e "note" journal/kept/lock.mdb
            """)
        #expect(found.output == "0\n")
        #expect(found.errors == "")
    }

    @Test func `commands that write do it with closed standard descriptors too`() throws {
        let found = try program.run(
            """
            bash closed.sh ledger record note "eight times" --journal kept
            ledger tail --all --journal kept --format jsonl | grep -c "eight times"
            bash closed.sh ledger init madeSET
            bash closed.sh JournalHelper create helpedSET
            for set in 0 1 2 3 4 5 6 7; do
                ledger verify --journal made$set | cut -d: -f1
                JournalHelper pages helped$set && JournalHelper read helped$set
            done | sort | uniq -c | sed 's/^ *//'
            ledger verify --journal kept | cut -d: -f1
            """)
        #expect(found.output == "8\n8 0\n8 ok\nok\n")
        #expect(found.errors == "")
    }
}
