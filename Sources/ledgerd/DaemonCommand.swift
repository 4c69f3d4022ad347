import ArgumentParser

/// The trading daemon: everything that reaches the network.
@main
struct DaemonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledgerd", abstract: "Trades: paper, live, and a local exchange.",
        subcommands: [ExchangeCommand.self, DaemonDataCommand.self, DaemonDoctorCommand.self])
}
