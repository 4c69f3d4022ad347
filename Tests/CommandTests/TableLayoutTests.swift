import LedgerCommands
import LedgerReading
import TestSupport
import Testing

/// Text tables that are as wide as a terminal.
@Suite struct TableLayoutTests {
    private let words = [
        "a", "of", "orders", "reconciliation", "quality.validator_max_age_hours", "—",
    ]

    private func table(_ random: inout Seeded) -> Table {
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let kinds: [Table.Column.Kind] = [.text, .decimal, .number, .list]
        let columns = (0...pick(9)).map { index in
            Table.Column(
                "column_\(index)", index == 0 ? .text : kinds[pick(4)], isDetail: pick(3) == 0)
        }
        var table = Table(columns)
        for _ in 0..<pick(5) {
            table.add(
                columns.map { column in
                    switch column.kind {
                    case .decimal, .number: "\(pick(1_000_000_000))"
                    default: (0..<pick(12)).map { _ in words[pick(6)] }.joined(separator: " ")
                    }
                })
        }
        return table
    }

    @Test func `no line is wider than the limit, and what is shown is whole`() {
        var random = Seeded(seed: 7)
        for round in 0..<2_000 {
            let table = table(&random)
            let limit = 40 + round % 100
            let layout = TableLayout(table, limit: limit)
            let lines = layout.lines()
            #expect(lines.allSatisfy { $0.count <= limit }, "round \(round)")
            let text = lines.joined(separator: " ")
            let omitted = layout.omitted
            for row in table.rows {
                for (column, cell) in zip(table.columns, row) where !omitted.contains(column.name) {
                    let digits = column.kind == .decimal || column.kind == .number
                    for word in (cell ?? "").split(separator: " ") where digits || word.count < 12 {
                        #expect(text.contains(word), "round \(round)")
                    }
                }
            }
        }
    }

    @Test func `without a limit every column is shown on one line`() {
        var random = Seeded(seed: 8)
        for round in 0..<200 {
            let table = table(&random)
            let layout = TableLayout(table, limit: nil)
            #expect(
                layout.omitted.isEmpty && layout.lines().count == table.rows.count + 2, "\(round)")
        }
    }

    @Test func `empty columns go first, then details, then the last`() {
        var table = Table([
            .init("symbol"), .init("cost", .decimal, isDetail: true), .init("value", .decimal),
            .init("held_price", .decimal), .init("fees", .decimal, isDetail: true),
        ])
        table.add(["AAA", "123456789", "234567891", "", "345678912"])
        #expect(TableLayout(table, limit: 50).omitted == [])
        #expect(!TableLayout(table, limit: 50).lines()[0].contains("held_price"))
        #expect(TableLayout(table, limit: 30).omitted == ["fees"])
        #expect(TableLayout(table, limit: 20).omitted == ["cost", "fees"])
        #expect(TableLayout(table, limit: 9).omitted == ["cost", "value", "fees"])
    }

    @Test func `times are never broken, and names of columns break behind their parts`() {
        var table = Table([.init("opened_at"), .init("note"), .init("average_cost", .decimal)])
        table.add(["2026-11-30T14:51:37.515680537Z", "a long note of many words", "12.5"])
        #expect(
            TableLayout(table, limit: 54).lines() == [
                "                                              average_",
                "opened_at                       note              cost",
                "------------------------------  ------------  --------",
                "2026-11-30T14:51:37.515680537Z  a long note       12.5",
                "                                of many",
                "                                words",
            ])
    }

    @Test func `colours surround words that name a state, and negative numbers`() {
        var table = Table([.init("check"), .init("profit", .decimal)])
        table.add(["FAIL", "-5"])
        table.add(["PASS", "5"])
        #expect(
            TableLayout(table, limit: 80).lines(isColoured: true)[2...] == [
                "\u{1B}[31mFAIL\u{1B}[0m       \u{1B}[31m-5\u{1B}[0m",
                "\u{1B}[32mPASS\u{1B}[0m        5",
            ])
    }
}
