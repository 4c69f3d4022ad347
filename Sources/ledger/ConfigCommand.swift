import ArgumentParser
import LedgerDrivers
import LedgerEngine

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at settings.", subcommands: [ConfigShowCommand.self])
}

struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every effective setting, where it comes from and what it means.",
        discussion: """
            An option wins over the environment (LEDGER_VENUE_FEE_FIXED for venue.fee_fixed), the
            environment over the file, the file over the default. Keys that are not known are refused.

              ledger config show --config configs/backtest.yaml
              ledger config show --all
            """)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Show the keys of data and strategies too, with * where a list's number stands.")
    var all = false

    func run() throws {
        let configuration = try configurations.load()
        var table = Table([.init("key"), .init("value"), .init("origin"), .init("meaning")])
        for entry in configuration.entries {
            let setting = SettingsSchema.setting(entry.key)
            table.add([entry.key, entry.value, "\(entry.origin)", setting?.help])
        }
        if all {
            for setting in SettingsSchema.all where setting.key.contains("*") {
                let strategies = setting.strategies.joined(separator: ", ")
                let help = strategies.isEmpty ? setting.help : "\(strategies): \(setting.help)"
                table.add([setting.key, setting.defaultValue, "default", help])
            }
        }
        table.write(output.format)
    }
}
