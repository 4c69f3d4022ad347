import ArgumentParser
import LedgerCommands
import LedgerRunning
import VenueRegister

/// The trading daemon: everything that reaches the network.
@main
struct DaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledgerd", abstract: "Trades: paper, live, and a local exchange.",
        discussion: """
            ledgerd exchange --config configs/exchange.yaml
            ledgerd paper --config \(KnownVenues.paperExample)

            Exit codes: 0 done; 2 could not run; 3 a journal is damaged; 4 disk full or failing; 5 the journal is
            held by another process; 64 wrong usage; 130 interrupted. `ledger replay` ends with 7
            when newer rules change the result.
            """,
        version: Build.identity,
        subcommands: [
            ExchangeCommand.self, PaperCommand.self, LiveCommand.self, FeedCommand.self,
            DaemonDataCommand.self,
            DaemonDoctorCommand.self,
        ])

    static func main() async {
        do {
            try OpenFileLimit.raise(least: 64)
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch { exit(reporting: error) }
    }
}
