import ArgumentParser
import LedgerCommands
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerRunning
import LedgerSafety
import LedgerTransport
import LedgerUpkeep
import LedgerVenues
import VenueNetwork

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Fetch the venue's account, positions and open orders into a file.",
        discussion: """
            Queries the venue of the configuration and writes the file that `ledger reconcile`
            and `ledger sync` read. It sends no orders and reads no journal, so the daemon may
            run or not.

              ledgerd snapshot --config configs/live.yaml --out venue.json
              ledger reconcile --snapshot venue.json --journal main
              ledgerd snapshot --config configs/paper_desk.yaml --account coins
            """.paragraphs)

    @OptionGroup var venue: VenueOptions
    @Option(help: "Account, by its name in the configuration, where several trade at venues.")
    var account: String?
    @Option(help: "File to write.")
    var out = "venue.json"

    func run() throws {
        let (configuration, symbols) = try chosen(venue.configurations.load())
        let name = configuration[ModeKeys.venue]
        guard let connection = ConnectedVenues.named(name) else {
            throw CommandError(
                "venue.kind is \(name), which has no account to fetch; set venue.kind to "
                    + ConnectedVenues.all.map(\.name).joined(separator: " or "))
        }
        let client = try VenueOptions.client(
            connection, configuration, url: venue.url,
            keys: GatewayFactory.keys(connection, configuration))
        defer { client.stop() }
        let account: VenueAccount
        do {
            account = try connection.questions.statement(
                client, symbols, configuration[AccountKeys.currency])
        } catch let fault as VenueFault {
            throw CommandError("\(VenueTrouble(connection, fault))")
        } catch let fault as JSONFault {
            throw CommandError("\(connection.name): cannot read the answer: \(fault)")
        }
        let text = VenueSnapshotFile.text(
            of: account, venue: connection.name, takenAt: Operator.now)
        do throws(ArtifactError) { try ArtifactFile.write(Array(text.utf8), to: out) } catch {
            throw CommandError("\(error)", code: error.isFull ? 4 : 2)
        }
        Terminal.print(
            "\(out): cash \(account.cash), \(account.positions.count) positions, "
                + "\(account.openOrders.count) open orders")
        for item in account.unread {
            Terminal.complain(
                "could not be read, and will be a difference: \(item.item) \(item.id) "
                    + "\(item.symbols.joined(separator: " ")): \(item.detail)")
        }
    }

    /// The configuration as the account has it, and the symbols that the venue is asked about.
    private func chosen(_ configuration: Configuration) throws -> (Configuration, [String]) {
        let feeds = try VenueFeed.all(of: configuration)
        let found: VenueFeed?
        if let account {
            let all = try Engine.accounts(of: configuration.settings)
            guard all.contains(where: { $0.name == account }) else {
                throw CommandError(
                    "--account \(account) is not one of \(all.map(\.name).joined(separator: ", "))")
            }
            found = feeds.count == 1 ? feeds[0] : feeds.first { $0.account == account }
        } else {
            guard feeds.count == 1 else {
                throw CommandError(
                    "several accounts trade at venues; name one with --account: "
                        + feeds.compactMap(\.account).joined(separator: ", "))
            }
            found = feeds[0]
        }
        guard let found else {
            throw CommandError("--account \(account ?? "") trades at no venue outside")
        }
        return (found.configuration, found.instruments.map(\.venueSymbol))
    }
}
