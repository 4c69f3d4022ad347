import Foundation
import Testing

/// Files that a command refuses stay as they are.
@Suite struct UntouchedFileCases {
    private let program: Program

    init() throws { program = Program(folder: try Folder()) }

    @Test func `logs of another program are refused and stay`() throws {
        let found = try program.run(
            """
            ledger init desk > init; mkdir logs; echo mine > logs/errors.log
            ledger artifacts rebuild --journal desk; echo $?; cat logs/errors.log
            """)
        #expect(found.output == "6\nmine\n", "\(found)")
        #expect(found.errors.contains("is no log of a journal"), "\(found)")
    }

    @Test func `a file of bars that cannot be continued stays`() throws {
        let found = try program.run(
            """
            printf 'time,open,high,low,close,volume\n' > head
            row=2026-01-02T00:00:00Z,1,1,1,1,5
            { cat head; echo $row; echo 2026-01-03T00:00:00Z,1,1,1; } > damaged.csv
            { cat head; echo $row; printf 2026-01-03T00:00:00Z,1,1,1,1,5; } > open.csv
            for file in damaged open; do
                cp $file.csv $file.old
                ledgerd data update $file.csv --symbol A --interval 86400 --venue alpaca \\
                    --url http://127.0.0.1:1; echo $?
                cmp $file.csv $file.old && echo same
            done
            """)
        #expect(found.output == "2\nsame\n2\nsame\n", "\(found)")
        #expect(found.errors.contains("ends with a line that is not a bar"), "\(found)")
    }

    @Test func `a pipe is no history, and a beginning belongs to a new journal`() throws {
        let found = try program.run(
            """
            mkfifo pipe; printf 'time,close\n2020-01-01,1\n' > bars.csv
            cat > desk.yaml <<'YAML'
            mode: paper
            account: {kind: paper}
            venue: {kind: alpaca}
            data:
              - {path: venue, symbol: A, tick: 0.01, lot: 1}
              - {path: pipe, symbol: A, interval: 86400}
            strategies: [{kind: buy_and_hold, symbols: A, quantity: 1}]
            alpaca: {trading_url: "http://127.0.0.1:1", data_url: "http://127.0.0.1:1", stream_url: "ws://127.0.0.1:1/v2/iex"}
            YAML
            ledgerd paper --config desk.yaml --journal desk; echo $?
            ledger backtest --continue --from 2012-01-01; echo $?
            ledger backtest --from ""; echo $?
            """)
        #expect(found.output == "2\n64\n64\n", "\(found)")
        #expect(found.errors.contains("pipe is a pipe"), "\(found)")
    }
}
