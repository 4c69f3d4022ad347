import Foundation
import Testing

/// Names, files and arguments with characters that move a terminal's cursor or change its colours.
@Suite struct ControlCharacterCases {
    /// Escape, carriage return, the one-byte form of escape and [, and a change of direction.
    private static let evil = "\u{1B}[2J\r\u{9B}31m\u{202E}"

    @Test func `control characters of names, files and arguments are never printed raw`() throws {
        let program = Program(folder: try Folder())
        #expect(try program.run("ledger init desk > made").code == 0)
        let evil = Self.evil
        try Data("Time,Open\(evil)\n1,2\(evil)\n".utf8).write(
            to: program.folder.url.appendingPathComponent("rows.csv"))
        try Data("\(evil): 1\n".utf8).write(
            to: program.folder.url.appendingPathComponent("evil.yaml"))
        let commands = [
            "ledger verify --journal \"$EVIL\"", "ledger record note \"a$EVIL\" --journal desk",
            "ledger tail --all --journal desk", "ledger \"$EVIL\"", "ledger tail \"--$EVIL\"",
            "ledger data import rows.csv --symbol \"X$EVIL\" --interval 60 --journal tape",
            "ledger backtest -c evil.yaml", "ledger backtest -c \"$EVIL\"",
            "ledger backtest --set \"$EVIL=1\"", "ledger explain 5 --journal desk",
            "ledger explain \"$EVIL\" --journal desk",
            "ledger why-no-trade \"$EVIL\" --journal desk",
            "ledgerd paper -c evil.yaml", "ledgerd \"$EVIL\"", "ledger journals",
        ]
        var isShown = false
        for command in commands {
            let found = try program.run("EVIL=$(printf '\(Self.octal(evil))'); \(command)")
            let text = found.output + found.errors
            isShown = isShown || text.contains("\u{FFFD}")
            let raw = text.unicodeScalars.filter {
                ($0.value < 32 && $0 != "\n") || (127..<160).contains($0.value)
                    || $0 == "\u{202E}"
            }
            #expect(raw.isEmpty, "\(command)")
        }
        #expect(isShown)
    }

    /// As printf takes it.
    private static func octal(_ text: String) -> String {
        text.utf8.map { "\\" + String($0, radix: 8) }.joined()
    }
}
