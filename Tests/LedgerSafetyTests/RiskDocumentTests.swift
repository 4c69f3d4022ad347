import Foundation
import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// The tables of docs/RISK.md against the code: every state and input stands there once, and does what
/// it says.
@Suite struct RiskDocumentTests {
    private static let text: String = {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        return (try? String(contentsOfFile: root + "/docs/RISK.md", encoding: .utf8)) ?? ""
    }()

    /// The rows below a table's head, as trimmed cells.
    static func table(_ head: String) throws -> [[String]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == head }, "no table \(head)")
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private struct Input: Hashable {
        var phase: DrawdownPhase
        var level: DrawdownLevel
        var isOver: Bool
        var isHealthy: Bool?
    }

    private static func levels(_ cell: String) -> [DrawdownLevel] {
        cell == "any"
            ? DrawdownLevel.allCases
            : cell.split(separator: ",").compactMap { name in
                DrawdownLevel.allCases.first {
                    "\($0)" == name.trimmingCharacters(in: .whitespaces)
                }
            }
    }

    @Test func `the drawdown stop's table has every state and input once, and the code does it`()
        throws
    {
        let rows = try Self.table("| phase | equity | time over | checks | step |")
        var seen: [Input: String] = [:]
        for row in rows {
            let phase = try #require(DrawdownPhase.allCases.first { "\($0)" == row[0] })
            let levels = Self.levels(row[1])
            #expect(!levels.isEmpty, "\(row)")
            let overs = row[2] == "any" ? [false, true] : [row[2] == "yes"]
            let checks: [Bool?] =
                switch row[3] {
                case "any": [nil, true, false]
                case "not asked": [nil]
                default: [row[3] == "passed"]
                }
            for level in levels {
                for isOver in overs {
                    for isHealthy in checks {
                        let input = Input(
                            phase: phase, level: level, isOver: isOver, isHealthy: isHealthy)
                        #expect(seen[input] == nil, "\(input) stands twice")
                        seen[input] = row[4]
                        let step = DrawdownStop.step(
                            phase, level, isOver: isOver, isHealthy: isHealthy)
                        #expect("\(step)" == row[4], "\(input)")
                    }
                }
            }
        }
        let all = DrawdownPhase.allCases.count * DrawdownLevel.allCases.count * 2 * 3
        #expect(seen.count == all)
    }

    @Test func `the ladder of modes is the table's`() throws {
        let rows = try Self.table("| from | to auto | to manual | to paper | to halt |")
        #expect(rows.count == TradingMode.allCases.count)
        for row in rows {
            let from = try #require(TradingMode.allCases.first { "\($0)" == row[0] })
            for (index, to) in [TradingMode.auto, .manual, .paper, .halt].enumerated() {
                #expect((row[index + 1] == "yes") == from.mayBecome(to), "\(from) to \(to)")
            }
        }
    }

    @Test func `what each effect stops is the table's`() throws {
        let rows = try Self.table("| effect | an entry | an order that reduces risk |")
        #expect(rows.count == LatchEffect.allCases.count + 1)
        for row in rows {
            var gate = TradingGate()
            if let effect = LatchEffect.allCases.first(where: { "\($0)" == row[0] }) {
                gate.engage(
                    LatchEngaged(
                        .killSwitch, effect: effect, clears: .operator, actor: "", reason: ""),
                    at: .zero, sequence: SequenceNumber(1))
            } else {
                #expect(row[0] == "none")
            }
            for (column, isReducing) in [(1, false), (2, true)] {
                let latch = gate.block(StrategyID(1), InstrumentID(1), isReducing: isReducing)
                #expect((latch == nil) == (row[column] == "passes"), "\(row[0])")
            }
        }
    }

    @Test func `every source of a latch is explained`() throws {
        let rows = try Self.table("| source | goes up | clears |")
        let named = rows.flatMap { row in
            row[0].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(named.sorted() == LatchSource.allCases.map { "\($0)" }.sorted())
        for row in rows {
            for name in row[0].split(separator: ",") {
                let source = LatchSource.allCases.first {
                    "\($0)" == name.trimmingCharacters(in: .whitespaces)
                }
                let isOperator = source?.clears == .operator && source != .mode
                // Something else may lift such a latch as well, which its row then names first.
                #expect(row[2].hasSuffix("operator") == isOperator, "\(row[0])")
            }
        }
    }
}
