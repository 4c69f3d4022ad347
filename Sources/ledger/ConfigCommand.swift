import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import LedgerSafety

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show settings, or change those of a journal.",
        subcommands: [ConfigShowCommand.self, ConfigApplyCommand.self])
}

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every setting with its origin and meaning.",
        discussion: """
            Command-line options override the environment (LEDGER_VENUE_FEE_FIXED for
            venue.fee_fixed), the environment overrides the file, and the file overrides the
            default. Unknown keys are errors. Some settings also have a shorter variable,
            such as TRADING_DISABLED; --all lists these. Secrets are shown as fingerprints.

              ledger config show --config configs/backtest.yaml
              ledger config show --all
            """.paragraphs)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Also show the keys of data and strategies, with * for the list index.")
    var all = false

    func run() throws {
        let configuration = try configurations.load()
        var columns: [Table.Column] = [
            .init("key"), .init("value"), .init("origin"), .init("meaning"),
        ]
        if all { columns.insert(.init("variables"), at: 3) }
        var table = Table(columns)
        for entry in configuration.entries {
            let setting = SettingsSchema.setting(entry.key)
            let cells = [entry.key, entry.value, "\(entry.origin)", setting?.help]
            let isListed = entry.key.contains { $0.isNumber }
            let variables = setting.map { isListed ? [] : Configuration.variables($0) } ?? []
            table.add(all ? cells[..<3] + [variables.joined(separator: " ")] + cells[3...] : cells)
        }
        if all {
            for setting in SettingsSchema.all where setting.isListed {
                let strategies = setting.strategies.joined(separator: ", ")
                let help = strategies.isEmpty ? setting.help : "\(strategies): \(setting.help)"
                table.add([setting.key, setting.defaultValue, "default", nil, help])
            }
        }
        try table.write(output.style)
    }
}

struct ConfigApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Change the settings of a journal.",
        discussion: """
            A setting that no file, variable or option names keeps its value in the journal. A
            list in the file (data, strategies, accounts with venues) replaces the whole list.
            The accounts and the order of the strategies cannot change; new ones can be added
            at the end. If another process runs the journal, it
            receives the new settings through its inbox. Orders keep working unless settings
            of the account, venue, data or strategies change; then they are cancelled.
            Positions are kept. The journal records who changed the settings and why.

              TRADING_DISABLED=true ledger config apply --journal main \\
                --reason "exchange is down"
              ledger config apply --set drawdown.halt_threshold=0.06 --journal main \\
                --reason "smaller risk"
            """.paragraphs)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.requireReason("changed settings can weaken what protects the capital")
        let journal = try OperatorStep.open(journals)
        let note = note
        let before: ByAccount<TradingGate> = try ProjectionReader.fold(of: journal)
        let desk = giver.desk(on: journal)
        var applied: Change?
        // In this order, because the note explains why the settings that follow it changed.
        let outcome = try Standing.toldOnFailure(journal) {
            try desk.submit { engine in
                applied = try change(of: engine)
                return applied.map { [note, $0.loaded] } ?? []
            }
        }
        if outcome.wasStepped { Seal.afterwards(journal) }
        if let applied { try applied.table.write(output.style) }
        let after: ByAccount<TradingGate> = try ProjectionReader.fold(of: journal)
        try Standing(journal).tell(output.format, needsRunner: after != before)
    }

    private var note: OperatorCommanded { giver.event(.note("other settings")) }

    private struct Change {
        var loaded: ConfigurationLoaded
        var table: Table
    }

    /// Nil if nothing changes; then it says so.
    private func change(of engine: Engine) throws -> Change? {
        let old = engine.settings
        let new = try configurations.load(over: old)
        if let problem = engine.problem(with: new.settings) { throw CommandError(problem) }
        var table = Table([.init("key"), .init("before"), .init("after"), .init("origin")])
        for entry in new.entries where old.text(of: entry.key) != entry.value {
            table.add([entry.key, old.text(of: entry.key), entry.value, "\(entry.origin)"])
        }
        for pair in old.pairs where new.settings.text(of: pair.key) == nil {
            table.add([pair.key, pair.value, nil, nil])
        }
        guard !table.rows.isEmpty else {
            Terminal.complain("nothing changes")
            return nil
        }
        let loaded = ConfigurationLoaded(
            seed: new[RunKeys.seed], build: Build.identity, settings: new.settings.text)
        return Change(loaded: loaded, table: table)
    }
}
