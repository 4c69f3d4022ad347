import ArgumentParser
import LedgerCommands
import LedgerExchange
import VenueNetwork
import VenueRegister

/// `ledgerd exchange`: a venue of one's own, over loopback.
struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Run a local exchange that speaks the APIs of \(titles).",
        discussion: """
            Examples:
              ledgerd exchange
              ledgerd exchange --config configs/exchange.yaml
              ledgerd exchange --dialects \(names) --port 0 --journal scratch
              ledgerd exchange --dialects \(recorded) --recording stream.gz --speed max --clock feed
              ledgerd exchange --faults drop=0.1,duplicate=0.1,delay=50,seed=7

            Its orders, fills and balances are a journal: `ledger project positions --journal exchange` shows
            them, and a start goes on from it. It prints the addresses that it serves, then `ready`.

            Faults, as NAME=VALUE separated by commas; VALUE is a probability where nothing else is said:
            \(faults)

            While it runs, from this machine: GET /control/state; POST /control/faults with such a text, with
            {"skew_ms": …} to /control/time, with {"symbol", "bid", "ask"} to /control/quote, with {"action":
            "start" or "pause"} to /control/feed, and to /control/disconnect.
            """)

    private static let titles = KnownVenues.all.map(\.title).joined(separator: ", ")
    private static let names = ConnectedVenues.dialects.map(\.name).joined(separator: ",")
    private static let recorded =
        ConnectedVenues.dialects.first { $0.recordings != nil }?.name ?? ""

    private static var faults: String {
        FaultPlan.Fault.allCases.map { fault in
            let padding = String(repeating: " ", count: max(1, 22 - fault.rawValue.utf8.count))
            return "  \(fault.rawValue)\(padding)\(fault.meaning)"
        }.joined(separator: "\n")
    }

    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Journal: a name under journal/, or a directory; made where it is not.")
    var journal = "exchange"
    @Option(
        help: ArgumentHelp(
            "Of \(names), one or more separated by commas; each takes a port more than the one before."
        ))
    var dialects: String?
    @Option(help: "Port; 0 takes a free one.")
    var port: Int?
    @Option(help: "random, files, recording or none.")
    var feed: String?
    @Option(help: "A recorded stream of a venue to play.")
    var recording: String?
    @Option(help: "Times as fast as it happened, such as 1, 10x or max.")
    var speed: String?
    @Option(help: "wall stamps events with this machine's time, feed keeps the feed's.")
    var clock: String?
    @Option(help: "How it misbehaves; see above.")
    var faults: String?
    @Flag(help: "Begin the feed when a client listens to market data.")
    var waitForSubscriber = false
    @Flag(help: "End when the feed does.")
    var exitAtEnd = false

    func run() async throws {
        var options = configurations
        for (name, value) in [
            ("dialects", dialects), ("port", port.map { "\($0)" }),
            ("feed", feed ?? recording.map { _ in "recording" }), ("recording", recording),
            ("speed", speed), ("clock", clock), ("faults", faults),
            ("wait_for_subscriber", waitForSubscriber ? "true" : nil),
            ("exit_at_end", exitAtEnd ? "true" : nil),
        ] {
            if let value { options.overrides.append("exchange.\(name)=\(value)") }
        }
        let settings = try ExchangeOptions(
            try options.load(), known: ConnectedVenues.dialects, journal: journal)
        Interrupt.catchSignals()
        let exchange = try LocalExchange(settings)
        for line in exchange.greeting { Terminal.print(line) }
        let asked = Task {
            while !Task.isCancelled, !Interrupt.wasAsked {
                try await Task.sleep(for: .milliseconds(20))
            }
            exchange.askToEnd()
        }
        defer { asked.cancel() }
        do { try await exchange.waitForEnd() } catch {
            try? exchange.stop()
            throw error
        }
        try exchange.stop()
    }
}
