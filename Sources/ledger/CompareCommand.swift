import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

/// Compares two runs: paper trading with a back-test of the same day (W04), or a change with the
/// version before it (B04).
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the fills and the profit of two journals, or of two accounts.",
        discussion: """
            Fills are compared in order by time, symbol, strategy, side, quantity, price and
            fee; profit is compared by strategy and symbol.

              ledger compare --journal paper --with backtest
              ledger compare --journal new --with reference --tolerance 25
              ledger compare --journal desk --account live --with-account shadow

            Exit codes: 0 equal or within the tolerance; 1 different.
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(
        name: .customLong("with"),
        help: "The other journal (default: the same one, with --with-account).")
    var otherJournal: String?
    @Option(help: "Only this account of the journal.")
    var account: String?
    @Option(help: "Only this account of the other journal.")
    var withAccount: String?
    @Option(
        help: ArgumentHelp(
            "Accept profits that differ by up to this amount, in the account's currency; fills "
                + "may then differ.")
    )
    var tolerance = "0"

    func validate() throws {
        guard otherJournal != nil || withAccount != nil else {
            throw ValidationError("name the other run with --with or --with-account")
        }
    }

    func run() throws {
        guard let allowed = try? Money(tolerance), allowed.raw >= 0 else {
            throw CommandError("--tolerance '\(tolerance)' is not an amount of 0 or more")
        }
        let other = otherJournal ?? journals.journal
        let first = try ComparedRun(journals.directory, account: account)
        let second = try ComparedRun(
            otherJournal.map(JournalHome.directory) ?? journals.directory, account: withAccount)
        var table = Table([
            .init("what"), .init(Self.title(journals.journal, account)),
            .init(Self.title(other, withAccount)), .init("difference", .decimal),
        ])
        table.add([
            "fills", "\(first.fills.count)", "\(second.fills.count)",
            "\(first.fills.count - second.fills.count)",
        ])
        var isWithin = true
        for key in Set(first.profits.map(\.key) + second.profits.map(\.key)).sorted() {
            let (mine, theirs) = (first.profit(key), second.profit(key))
            let difference = Money(raw: mine.raw - theirs.raw)
            isWithin = isWithin && difference.raw.magnitude <= allowed.raw.magnitude
            table.add([key, "\(mine)", "\(theirs)", "\(difference)"])
        }
        let place = zip(first.fills, second.fills).enumerated().first { $1.0 != $1.1 }?.offset
        let isSame = first.fills == second.fills
        if !isSame {
            let index = place ?? min(first.fills.count, second.fills.count)
            table.add([
                "first fill that differs, number \(index + 1)",
                index < first.fills.count ? first.fills[index] : "none",
                index < second.fills.count ? second.fills[index] : "none", nil,
            ])
        }
        try table.write(output.style)
        guard isWithin, isSame || allowed.raw > 0 else { throw ExitCode(1) }
    }

    private static func title(_ journal: String, _ account: String?) -> String {
        account.map { "\(journal):\($0)" } ?? journal
    }
}

/// The part of a run that is compared.
private struct ComparedRun {
    var fills: [String] = []
    var profits: [(key: String, profit: Money)] = []

    /// Of all accounts.
    func profit(_ key: String) -> Money {
        profits.reduce(.zero) { $1.key == key ? $0 + $1.profit : $0 }
    }

    /// - Parameter account: only what is of it; nil for all.
    init(_ directory: String, account: String?) throws {
        let journal = try JournalOptions.open(directory)
        let tables = try ProjectionTables(journal, through: journal.head.lastSequence)
        let names = tables.names
        let accounts = try tables.accounts(in: account)
        // Accounts that are not chosen by name are told apart.
        func of(_ number: AccountID) -> String {
            account == nil && names.accounts.count > 1 ? "\(names.name(number)) " : ""
        }
        func isOfThem(_ number: AccountID) -> Bool { account == nil || accounts.contains(number) }
        try journal.forEachRecord(from: .first, filter: EventFilter([.orderFilled])) { record in
            guard isOfThem(record.account) else { return true }
            let fill = try OrderFilled(record)
            fills.append(
                "\(record.time) \(of(record.account))\(names.name(fill.strategy)) \(fill.side) \(fill.quantity) "
                    + "\(names.symbol(fill.instrument)) at \(fill.price), fee \(fill.fee)")
            return true
        }
        let profit = try ProjectionReader.fold(ProfitAndLoss.self, of: journal)
        for position in profit.positions.positions where isOfThem(position.account) {
            let worth = try Money.notional(
                profit.equity.mark(position.instrument), position.quantity)
            let net =
                position.realised + worth - position.cost + position.dividends - position.fees
            profits.append(
                (
                    "profit of \(of(position.account))\(names.name(position.strategy)) in "
                        + "\(names.symbol(position.instrument))",
                    net
                ))
        }
    }
}
