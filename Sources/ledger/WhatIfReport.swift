import ArgumentParser
import Glibc
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSettings

struct OtherSettingsOptions: ParsableArguments {
    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Maximum number of differing decisions to list (default: 20).")
    var limit: Int?
    @Option(help: "Maximum number of days of equity to list (default: 20).")
    var days: Int?

    var isUsed: Bool {
        configurations.config != nil || !configurations.overrides.isEmpty || limit != nil
            || days != nil
    }

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more") }
        if let days, days < 0 { throw ValidationError("--days must be 0 or more") }
    }
}

/// What `ledger replay --diff` prints.
struct WhatIfReport {
    private let name: String
    private let journal: LMDBJournal
    private let options: OtherSettingsOptions
    private let style: OutputStyle

    init(
        _ name: String, _ journal: LMDBJournal, _ options: OtherSettingsOptions,
        _ style: OutputStyle
    ) {
        (self.name, self.journal, self.options, self.style) = (name, journal, options, style)
    }

    /// Steps the inputs from `start` on with the other settings and prints the result.
    func run(from start: SequenceNumber) throws {
        let recorded = try WhatIf.settings(of: journal, before: start)
        let other = try options.configurations.load(over: recorded).settings
        let limit = options.limit ?? 20
        let result = try step(other, from: start, limit)
        switch style.format {
        case .table: try show(result, limit)
        case .json: Terminal.print(json(result))
        case .csv, .jsonl: try Self.differences(result).write(style)
        }
        guard result.headBefore == result.headAfter else {
            throw CommandError(
                "\(name) changed during the comparison: it ended at event "
                    + "\(result.headBefore.lastSequence) and now ends at "
                    + "\(result.headAfter.lastSequence); try again when no process writes to it")
        }
    }

    /// Removes the scratch journal before printing, because a closed pipe can end the program.
    private func step(
        _ other: Settings, from start: SequenceNumber, _ limit: Int
    ) throws -> WhatIf.Result {
        Interrupt.catchSignals()
        let directory = "\(Self.temporary)/ledger-what-if-\(getpid())"
        // A killed process with the same id may have left its scratch journal.
        try? JournalHome.remove(directory)
        let scratch = try LMDBJournal.create(directory: directory, durability: .bulk)
        defer { try? JournalHome.remove(directory) }
        var bar = ProgressBar("replay")
        defer { bar.clear() }
        let head = try journal.head.lastSequence.number
        return try WhatIf(journal, scratch: scratch).run(
            other, from: start, limit: limit, days: options.days ?? 20,
            progress: { sequence in
                if Interrupt.wasAsked { throw ExitCode(130) }
                bar.show(sequence.number - start.number, of: head - start.number)
            })
    }

    private static var temporary: String {
        getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    }

    // MARK: For a person

    private func show(_ result: WhatIf.Result, _ limit: Int) throws {
        Terminal.print(
            "\(result.inputs) inputs of \(name) from event \(result.start); settings that differ: "
                + "\(result.settings.count)")
        if !result.settings.isEmpty { try Self.settings(result).write(style.asTable) }
        Terminal.print("\nthe recorded journal before: \(Self.text(result.headBefore))")
        Terminal.print("the recorded journal after:  \(Self.text(result.headAfter))")
        if let first = result.first {
            let what = first.type + (first.symbol.isEmpty ? "" : " \(first.symbol)")
            Terminal.print("\nfirst difference: \(what) of input \(first.input), \(first.time)")
            Terminal.print(PlainText.line("  recorded: \(Self.text(first.recorded))"))
            Terminal.print(PlainText.line("  other:    \(Self.text(first.other))"))
            Terminal.print("\n\(result.differing) decisions differ")
            try Self.counts(result).write(style.asTable)
            if limit > 0 {
                Terminal.print("\nthe first \(result.differences.count) of them")
                try Self.differences(result).write(style.asTable)
            }
        } else {
            Terminal.print("\nno decision differs")
        }
        Terminal.print("")
        try Self.sides(result).write(style.asTable)
        guard !result.days.isEmpty else { return }
        Terminal.print("")
        try Self.curve(result).write(style.asTable)
    }

    private static func text(_ head: Head) -> String {
        "event \(head.lastSequence), chain \(head.link)"
    }

    private static func text(_ decision: WhatIf.Difference.Decision?) -> String {
        decision.map { "event \($0.sequence), \($0.text)" } ?? "nothing"
    }

    // MARK: Tables

    private static func settings(_ result: WhatIf.Result) -> Table {
        var table = Table([.init("setting"), .init("recorded"), .init("other")])
        for (key, recorded, other) in result.settings { table.add([key, recorded, other]) }
        return table
    }

    private static func counts(_ result: WhatIf.Result) -> Table {
        var table = Table([
            .init("decision"), .init("recorded_alone", .number), .init("other_alone", .number),
            .init("changed", .number),
        ])
        for count in result.counts {
            table.add([
                count.type, "\(count.recordedAlone)", "\(count.otherAlone)", "\(count.changed)",
            ])
        }
        return table
    }

    private static func differences(_ result: WhatIf.Result) -> Table {
        var table = Table([
            .init("input", .number), .init("time"), .init("decision"), .init("symbol"),
            .init("recorded"), .init("other"),
        ])
        for difference in result.differences {
            table.add([
                "\(difference.input)", "\(difference.time)", difference.type, difference.symbol,
                difference.recorded?.text, difference.other?.text,
            ])
        }
        return table
    }

    private static func sides(_ result: WhatIf.Result) -> Table {
        var table = Table([
            .init("at the end"), .init("recorded", .decimal), .init("other", .decimal),
        ])
        let (recorded, other) = (result.recorded, result.other)
        for (mine, theirs) in zip(recorded.worths, other.worths) {
            let account = mine.account.isEmpty ? "" : "\(mine.account): "
            table.add(["\(account)equity", "\(mine.equity)", "\(theirs.equity)"])
            table.add(["\(account)highest equity", "\(mine.peak)", "\(theirs.peak)"])
            table.add([
                "\(account)largest drawdown", share(mine.maximumDrawdown),
                share(theirs.maximumDrawdown),
            ])
        }
        table.add(["orders", "\(recorded.orders)", "\(other.orders)"])
        table.add(["fills", "\(recorded.fills)", "\(other.fills)"])
        table.add(["trades", "\(recorded.trades)", "\(other.trades)"])
        table.add(["events", "\(recorded.events)", "\(other.events)"])
        return table
    }

    private static func curve(_ result: WhatIf.Result) -> Table {
        let isDesk = result.days.contains { !$0.account.isEmpty }
        var table = Table(
            (isDesk ? [.init("account")] : []) + [
                .init("day"), .init("recorded", .decimal), .init("other", .decimal),
                .init("other_more", .decimal),
            ])
        for day in result.days {
            var more: String?
            if let recorded = day.recorded, let other = day.other { more = "\(other - recorded)" }
            table.add(
                (isDesk ? [day.account] : []) + [
                    "\(CivilDate(daysSinceEpoch: day.day))", day.recorded.map { "\($0)" },
                    day.other.map { "\($0)" }, more,
                ])
        }
        return table
    }

    /// Six decimals, rounded.
    private static func share(_ value: Double) -> String {
        "\(Price(rounding: (value * 1e6).rounded() / 1e6) ?? .zero)"
    }

    // MARK: JSON

    private func json(_ result: WhatIf.Result) -> String {
        let tables = [
            ("settings", Self.settings(result)), ("counts", Self.counts(result)),
            ("differences", Self.differences(result)), ("end", Self.sides(result)),
            ("days", Self.curve(result)),
        ]
        let heads = [("before", result.headBefore), ("after", result.headAfter)].map {
            "\"\($0.0)\":{\"event\":\($0.1.lastSequence),\"chain\":\"\($0.1.link)\"}"
        }
        return "{\"start\":\(result.start),\"inputs\":\(result.inputs),"
            + "\"differing\":\(result.differing),\"head\":{\(heads.joined(separator: ","))},"
            + "\"digest\":\"\(result.engine.digest.hex)\","
            + tables.map { "\"\($0.0)\":\($0.1.json)" }.joined(separator: ",") + "}"
    }
}
