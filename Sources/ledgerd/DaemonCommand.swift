import ArgumentParser
import LedgerCommands
import LedgerRunning
import VenueRegister

/// The trading daemon: everything that uses the network.
@main
struct DaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledgerd", abstract: "Trade on paper or live, or run a local exchange.",
        discussion: """
              ledgerd exchange --config configs/exchange.yaml
              ledgerd paper --config \(KnownVenues.paperExample)

            Exit codes:
              0    success
              2    the command could not run
              3    the journal is damaged
              4    the disk is full or failing
              5    another process holds the journal
              6    the command was refused
              64   wrong usage
              130  interrupted
            """.paragraphs,
        version: "ledgerd \(Build.version)",
        subcommands: [
            ExchangeCommand.self, PaperCommand.self, LiveCommand.self, FeedCommand.self,
            SnapshotCommand.self, DaemonDataCommand.self, DaemonDoctorCommand.self,
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
