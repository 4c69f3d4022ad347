import Testing

/// Imports that do not reach their end.
@Suite struct IncompleteTapeCases {
    private let program: Program

    init() throws {
        program = Program(folder: try Folder())
        let made = try program.run(
            """
            cat > many.py <<'MAKE'
            import sys
            print("Time,Open,High,Low,Close,Volume")
            for i in range(int(sys.argv[1])):
                close = sys.argv[3] if len(sys.argv) > 3 and i == int(sys.argv[2]) else "1.00"
                print(f"{1500000000 + 60 * i},1.00,1.01,0.99,{close},5", flush=i % 10000 == 0)
            MAKE
            python3 many.py 60000 > good.csv; python3 many.py 60000 50000 x > bad.csv
            python3 many.py 60000 5 1.01 > other.csv
            cat > run.yaml <<SETTINGS
            data: [{path: journal/tape, symbol: X, interval: 60}]
            strategies: [{kind: buy_and_hold, symbols: X}]
            SETTINGS
            """)
        #expect(made.code == 0)
    }

    private func importing(_ file: String) -> String {
        "ledger data import \(file) --symbol X --interval 60 --journal tape"
    }

    @Test func `an incomplete tape is refused, and the same import finishes it`() throws {
        let stopped = try program.run(importing("bad.csv"))
        #expect(stopped.code == 2)
        let refused = try program.run("ledger backtest -c run.yaml")
        #expect(refused.code == 2)
        #expect(
            refused.errors.contains(
                "journal/tape is an incomplete tape: its import of bad.csv did not end"))
        let verified = try program.run("ledger verify --journal tape")
        #expect(verified.code == 0 && verified.errors.contains("tape is an incomplete tape"))
        // The bad row is mended in the file.
        let finished = try program.run("cp good.csv bad.csv; \(importing("bad.csv"))")
        #expect(finished.code == 0 && finished.output.hasPrefix("tape: 60000 rows of X"))
        let whole = try program.run(
            """
            ledger tail --journal tape --all --type Bar --format csv | tail -n +2 | wc -l
            ledger backtest -c run.yaml --format csv | grep ^inputs
            """)
        #expect(whole.output == "60000\ninputs,60006\n")
    }

    @Test func `an import of other rows replaces an incomplete tape`() throws {
        _ = try program.run(importing("bad.csv"))
        let made = try program.run(
            """
            \(importing("other.csv")); ls journal
            ledger tail --journal tape --all --type Bar --format jsonl | grep -c '"close":"1.01"'
            ledger tail --journal tape --all --type Bar --format csv | tail -n +2 | wc -l
            """)
        #expect(made.output.hasSuffix("tape\n1\n60000\n"))
        #expect(made.errors == "tape held an unfinished import of other rows; replacing it\n")
    }

    @Test func `an unfinished import after a whole one is finished, and nothing else is`() throws {
        let found = try program.run(
            """
            sed -n 1,100p good.csv > first.csv
            (sed -n 1p good.csv; sed -n '101,$p' good.csv) > rest.csv
            (sed -n 1p bad.csv; sed -n '101,$p' bad.csv) > badrest.csv
            \(importing("first.csv")) && ! \(importing("badrest.csv")) 2> errors
            \(importing("other.csv")); echo $?
            \(importing("rest.csv")) && ledger verify --journal tape | cut -d, -f1
            """)
        #expect(found.errors.contains("tape holds an unfinished import of badrest.csv"))
        #expect(
            found.output.hasSuffix(
                "tape: 59901 rows of X from 2017-07-14T04:20:00Z to 2017-08-24T18:40:00Z\nok: 60006 events\n"
            ))
    }

    @Test func `an import that is killed is finished by the same import`() throws {
        let found = try program.run(
            """
            mkfifo rows; \(importing("rows")) > out 2> err & run=$!
            python3 many.py 2000000 2> errors > rows & feed=$!
            await sh -c 'ledger tail --journal tape --type Bar --count 1 --format jsonl | grep -q Bar'
            kill -KILL $run; wait $run 2> /dev/null; rm rows
            ledger backtest -c run.yaml > out 2>&1; echo $?
            python3 many.py 100000 > rows
            \(importing("rows")) | cut -d' ' -f1-3; ledger backtest -c run.yaml > out; echo $?
            """)
        #expect(found.output == "2\ntape: 100000 rows\n0\n")
    }

    @Test func `a second import of a tape waits for nothing and hurts nothing`() throws {
        let found = try program.run(
            """
            mkfifo rows; \(importing("rows")) > out 2> err & run=$!
            exec 7> rows; head -30000 good.csv >&7
            await test -s journal/tape/data.mdb
            \(importing("good.csv")); echo $?
            tail -n +30001 good.csv >&7; exec 7>&-; wait $run; echo $?
            ledger tail --journal tape --all --type Bar --format csv | tail -n +2 | wc -l
            """)
        #expect(found.output == "5\n0\n60000\n", "\(found)")
        #expect(found.errors.contains("process N of"), "\(found)")
    }

    @Test func `an import that finds no room is finished once there is some`() throws {
        let found = try program.run(
            """
            (ulimit -f 2000; \(importing("good.csv"))); echo $?
            ledger backtest -c run.yaml; echo $?
            \(importing("good.csv")) > /dev/null; echo $?
            ledger verify --journal tape > /dev/null; echo $?
            ledger tail --journal tape --all --type Bar --format csv | tail -n +2 | wc -l
            """)
        #expect(found.output == "4\n2\n0\n0\n60000\n", "\(found)")
    }
}
