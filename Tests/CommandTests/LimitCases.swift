import Testing

/// Limits of the system, and files that are no files.
@Suite struct LimitCases {
    private let program: Program

    init() throws {
        program = Program(folder: try Folder())
        let made = try program.run(
            """
            python3 - > rows.csv <<'MAKE'
            print("Time,Open,High,Low,Close,Volume")
            for i in range(20000): print(f"{1500000000 + 60 * i},1.00,1.01,0.99,1.00,5")
            MAKE
            cat > run.yaml <<SETTINGS
            data: [{path: rows.csv, symbol: X, interval: 60}]
            strategies: [{kind: buy_and_hold, symbols: X}]
            SETTINGS
            ledger init desk
            """)
        #expect(made.code == 0)
    }

    @Test func `the limit of file sizes is named, and ends nothing by a signal`() throws {
        for blocks in [1, 6, 8, 12, 64, 512] {
            let found = try program.run(
                "ulimit -f \(blocks); ledger backtest -c run.yaml --journal limited\(blocks)")
            #expect(found.code == 4, "\(blocks)")
            #expect(found.errors.contains("ulimit -f"), "\(blocks): \(found.errors)")
        }
    }

    @Test func `the limit of open files is named, and ends nothing by a trap`() throws {
        for files in [8, 12, 15] {
            for command in ["ledger verify --journal desk", "ledgerd exchange --port 0"] {
                let found = try program.run("ulimit -n \(files); \(command)")
                #expect(found.code == 2, "\(files) \(command)")
                #expect(found.errors.contains("`ulimit -n`"), "\(files) \(command)")
            }
        }
        #expect(try program.run("ulimit -n 16; ledger verify --journal desk").code == 0)
    }

    @Test func `a pipe that nobody writes into holds no command up`() throws {
        let found = try program.run(
            """
            mkfifo pipe; mkdir journal/odd; mkfifo journal/odd/data.mdb
            for command in "backtest -c pipe" "verify --journal ./pipe" "verify --journal odd" \\
                "gate status --journal odd" "snapshot verify pipe" "keys show pipe" \\
                "prove check pipe --public-key pipe" "config show -c pipe" \\
                "init ./pipe" "backup pipe --journal desk"; do
                ledger $command > out 2>&1; echo "$? $(wc -l < out)"
            done | sort -u
            ledger backtest -c <(cat run.yaml) --journal piped > out; echo $?
            """)
        #expect(found.output == "2 1\n0\n", "\(found.errors)")
    }
}
