import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show on one screen who runs a journal, what is blocked, held and unprotected.",
        discussion: """
            Shows the process that runs the journal, its links to the venue, the age of the last
            input, the gate with its latches, positions with what protects them, open orders
            prices that are held back, and how many days of data entries have and need. Without a running process nobody knows the links, and
            what the engine watches itself is unprotected.

              ledger status --journal main
              ledger status --journal main --format json
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(help: "Only this account (default: all).")
    var account: String?

    func run() throws {
        let all = try DeskStatus.all(journals.openForReading())
        guard all[0].head != .none else {
            throw CommandError("\(journals.journal) is empty; create it with `ledger init`")
        }
        let chosen = all.filter { account == nil || $0.account == account }
        guard !chosen.isEmpty else {
            throw CommandError(
                "there is no account '\(account ?? "")'; the journal has "
                    + all.map(\.account).joined(separator: ", "))
        }
        switch output.format {
        case .table:
            for (place, status) in chosen.enumerated() {
                if place > 0 { Terminal.print("") }
                try show(status)
            }
        case .csv:
            var table = try summary(chosen[0])
            for status in chosen.dropFirst() { table.add(try summary(status).rows[0]) }
            try table.write(output.style)
        case .json: Terminal.print(JSONObject.text(of: try chosen.map(object)))
        case .jsonl:
            for status in chosen {
                let text = try object(status).text
                Terminal.print(text.split(separator: "\n").joined())
            }
        }
    }

    // MARK: For people

    private func show(_ status: DeskStatus) throws {
        try summary(status).write(output.style.asTable, isRecord: true)
        let sections: [(title: String, table: Table)] = [
            ("latches", ProjectionTables.latches(status.engine.gate, status.engine.names)),
            ("links", try status.links()),
            ("positions", status.positions),
            ("open orders", try status.orders()),
            ("held prices", status.heldPrices),
        ]
        for section in sections where !section.table.rows.isEmpty {
            Terminal.print("\n\(section.title)")
            try section.table.write(output.style.asTable)
        }
    }

    private func summary(_ status: DeskStatus) throws -> Table {
        let worth = status.engine.profit.equity[status.engine.account]
        let unprotected = status.unprotectedPositions
        var table = Table([
            .init("journal"), .init("kind"), .init("account"), .init("venue"), .init("runner"),
            .init("last_input"), .init("mode"), .init("gate"), .init("latches", .number),
            .init("drawdown_stop"), .init("equity", .decimal), .init("positions", .number),
            .init("open_orders", .number), .init("waiting_for_venue"), .init("unprotected", .list),
            .init("held_prices", .list), .init("history", .list),
        ])
        table.add([
            status.name, status.kind, status.account, status.venue, Self.runner(status),
            status.activity.lastInput.map {
                "\($0), \(JournalActivity.age(of: $0, at: Operator.now)) ago"
            },
            status.engine.gate.mode.word, status.engine.gate.summary,
            "\(status.engine.gate.latches.count)", "\(status.engine.stop.phase)".uppercased(),
            worth.map { status.engine.isEquityKnown ? "\($0.equity)" : Table.unknown },
            "\(status.positions.rows.count)",
            "\(try status.orders().rows.count)", status.waiting, Self.list(unprotected),
            Self.list(status.heldPrices), status.historyText,
        ])
        return table
    }

    /// Each row in words, one per line.
    private static func list(_ table: Table) -> String {
        table.rows.map { row in
            zip(table.columns, row).map { "\($0.name) \($1 ?? "")" }.joined(separator: ", ")
        }.joined(separator: "\n")
    }

    private static func runner(_ status: DeskStatus) -> String {
        guard let runner = status.activity.runner else { return "no process runs it" }
        return runner.name + (runner.since.map { ", since \($0)" } ?? "")
    }

    // MARK: For programs

    private func object(_ status: DeskStatus) throws -> JSONObject {
        let worth = status.engine.profit.equity[status.engine.account]
        var object = JSONObject()
        object.add("journal", status.name)
        object.add("kind", status.kind)
        object.add("events", status.head.number)
        object.add("account", status.account)
        object.add("venue", status.venue)
        object.add("trades_at_venue", status.engine.isRemote)
        object.add("runner", raw: Self.runner(status.activity.runner))
        object.add("last_input", raw: Self.lastInput(status.activity.lastInput))
        object.add("mode", status.engine.gate.mode.word)
        object.add("gate", status.engine.gate.summary)
        object.add("is_open", status.engine.gate.isOpen)
        object.add("drawdown_stop", "\(status.engine.stop.phase)".uppercased())
        let equity = status.engine.isEquityKnown ? worth?.equity : nil
        object.add("equity", raw: equity.map { "\"\($0)\"" } ?? "null")
        let (orders, cancels) = status.engine.unanswered
        object.add("unanswered_orders", orders)
        object.add("unanswered_cancels", cancels)
        object.add(
            "latches",
            raw: ProjectionTables.latches(status.engine.gate, status.engine.names).json)
        object.add("links", raw: try status.links().json)
        object.add("positions", raw: status.positions.json)
        object.add("open_orders", raw: try status.orders().json)
        object.add("unprotected", raw: status.unprotectedPositions.json)
        object.add("held_prices", raw: status.heldPrices.json)
        object.add("history", raw: status.history.json)
        return object
    }

    private static func runner(_ runner: LeaseHolder?) -> String {
        guard let runner else { return "null" }
        var object = JSONObject()
        object.add("holder", runner.name)
        if let since = runner.since { object.add("since", "\(since)") }
        return object.line
    }

    private static func lastInput(_ time: Timestamp?) -> String {
        guard let time else { return "null" }
        let (age, overflow) = Operator.now.nanoseconds.subtractingReportingOverflow(
            time.nanoseconds)
        var object = JSONObject()
        object.add("time", "\(time)")
        object.add("age_s", overflow ? 0 : max(0, age / 1_000_000_000))
        return object.line
    }
}
