import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSafety

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at settings, and give a journal other ones.",
        subcommands: [ConfigShowCommand.self, ConfigApplyCommand.self])
}

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every effective setting, where it comes from and what it means.",
        discussion: """
            An option wins over the environment (LEDGER_VENUE_FEE_FIXED for venue.fee_fixed), the
            environment over the file, the file over the default. Keys that are not known are refused.
            Settings that the runbooks name by a variable of their own, such as TRADING_DISABLED, take
            that one too; --all lists the variables. Secrets are shown as fingerprints.

              ledger config show --config configs/backtest.yaml
              ledger config show --all
            """)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Show the keys of data and strategies too, with * where a list's number stands.")
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
        table.write(output.format)
    }
}

struct ConfigApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Give a journal other settings: journaled, with who did it and why.",
        discussion: """
            What neither a file, the environment nor an option names stays as the journal has it; a list
            that a file names (data, strategies) is taken from there as a whole. The account and the
            strategies in their places stay. Where another process runs the journal, it takes the
            settings from its inbox. Orders wait on, unless settings of account, venue, data or
            strategies change: then they are cancelled. Positions are kept.

              TRADING_DISABLED=true ledger config apply --journal main --reason "exchange is down"
              ledger config apply --set drawdown.halt_threshold=0.06 --journal main --reason "smaller risk"
            """)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.requireReason("other settings change what protects the capital")
        let journal = try OperatorStep.open(journals)
        let note = note
        let desk = giver.desk(on: journal)
        var applied: Change?
        // One after the other: the note says why the settings that follow it changed.
        let outcome = try desk.submit { engine in
            applied = try change(of: engine)
            return applied.map { [note, $0.loaded] } ?? []
        }
        if outcome.wasStepped { Seal.afterwards(journal) }
        if let applied { show(applied, try ProjectionReader.fold(of: journal)) }
    }

    private var note: OperatorCommanded { giver.event(.note("other settings")) }

    private struct Change {
        var loaded: ConfigurationLoaded
        var table: Table
    }

    /// Nil, and a word to the operator, where everything stays as it is.
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

    private func show(_ change: Change, _ gate: TradingGate) {
        change.table.write(output.format)
        if output.format == .table { Terminal.print(GateStatus.summary(gate)) }
    }
}
