import Foundation
import TestSupport
import Testing

/// What commands print for programs.
@Suite struct OutputCases {
    private let program: Program

    init() throws { program = Program(folder: try Folder()) }

    /// The documented keys of a command; nil where the document does not list it.
    private func keys(_ command: String) throws -> [String]? {
        let text = try String(
            contentsOf: Checkout.root.appendingPathComponent("docs/OUTPUT.md"), encoding: .utf8)
        let line = text.split(separator: "\n").first { line in
            line.hasPrefix("| `") && line.split(separator: "|")[0].contains("`\(command)`")
        }
        return line?.split(separator: "|")[1].split(separator: ";")[0].split(separator: ",").map {
            String($0.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }

    @Test func `every key that a command prints is documented`() throws {
        _ = try program.run(
            """
            ln -s "$ROOT/configs" . && ledger backtest -c configs/backtest.yaml --journal demo
            ledger snapshot export demo.zst --journal demo
            """)
        let commands = [
            "journals", "project positions", "project orders --all", "project equity",
            "project pnl", "project gate --at 2000-10-20", "project drawdown", "project risk",
            "project funnel", "project health", "project quality", "data inspect", "gate status",
            "kill-switch status", "mode", "doctor --min-disk 0 --min-memory 0", "why-no-trade",
            "diff --from 21 --to 22", "config show",
            "replay --verify --from 1", "verify", "tree advance", "snapshot list demo.zst",
            "backtest -c configs/backtest.yaml --replace",
            "data import configs/sample/IBM.csv --symbol IBM --interval 86400 --tick 0.0001",
        ]
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            let documented = words.indices.reversed().map { words[...$0].joined(separator: " ") }
            let name = try #require(try documented.first { try keys($0) != nil }, "\(command)")
            let place =
                ["journals", "config show", "snapshot list"].contains(name)
                ? "" : "--journal \(name == "backtest" || name == "data import" ? "other" : "demo")"
            let result = try program.run(
                "rm -rf journal/other; ledger \(command) \(place) --format json")
            #expect(result.code == 0, "\(command): \(result.errors)")
            let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            let object = try #require(
                (json as? [[String: Any]])?.first ?? json as? [String: Any], "\(command)")
            #expect(Set(object.keys) == Set(try #require(try keys(name))), "\(command)")
        }
    }

    @Test func `an unknown column is refused by name, and chosen ones come in their order`() throws
    {
        let found = try program.run(
            """
            ledger init hand > init; ledger record deposit 5 --journal hand > init
            ledger project equity --journal hand --columns cash,account --format csv
            ledger project equity --journal hand --columns cash,money; echo $?
            """)
        #expect(found.output == "cash,account\n5,main\n64\n")
        #expect(found.errors.hasPrefix("ledger: --columns money: no such column; the columns are "))
    }

    @Test func `a CSV of one type of event has its fields as columns`() throws {
        let found = try program.run(
            """
            ln -s "$ROOT/configs" . && ledger backtest -c configs/backtest.yaml --journal demo > summary
            ledger tail --journal demo --type OrderFilled --format csv --count 2 | head -1
            ledger tail --journal demo --type OrderFilled --format csv --all > fills.csv
            python3 -c 'import csv; rows = list(csv.DictReader(open("fills.csv"))); print(
            len(rows), rows[0]["symbol"], rows[0]["price"], rows[0]["quantity"], rows[0]["strategy"])'
            """)
        #expect(found.output.hasPrefix("seq,time,type,account,symbol,cause,correlation,strategy,"))
        #expect(found.output.hasSuffix("150 IBM 100.5754 50 hold\n"))
    }

    @Test func `a row that the engine cannot step is named`() throws {
        let found = try program.run(
            """
            (echo Time,Open,High,Low,Close,Volume; echo 1499999940,1,1,1,1,5; for i in 0 1 2; do
            echo "$((1500000000 + 60 * i)),9000000000,9000000000,9000000000,9000000000,5"; done) > big.csv
            cat > big.yaml <<SETTINGS
            account: {cash: 1000000000000}
            data: [{path: big.csv, symbol: X, interval: 60}]
            strategies: [{kind: buy_and_hold, symbols: X, quantity: 900000000000}]
            SETTINGS
            ledger backtest -c big.yaml --journal big; echo $?
            ledger data import big.csv --symbol X --interval 60 --journal tape > made
            sed -i 's/path: big.csv/path: journal\\/tape/' big.yaml
            ledger backtest -c big.yaml --journal bigtape; echo $?
            """)
        #expect(found.output == "2\n2\n")
        #expect(found.errors.contains("ledger: big.csv:3: "))
        #expect(found.errors.contains("ledger: journal/tape, event "))
    }
}
