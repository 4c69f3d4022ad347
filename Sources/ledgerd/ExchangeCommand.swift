import ArgumentParser
import LedgerCommands
import LedgerExchange
import VenueNetwork
import VenueRegister

/// `ledgerd exchange`: a private venue on loopback.
struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Run a local exchange that speaks the APIs of \(titles).",
        discussion: """
              ledgerd exchange
              ledgerd exchange --config configs/exchange.yaml
              ledgerd exchange --dialects \(names) --port 0 --journal scratch
              ledgerd exchange --dialects \(recorded) --recording stream.gz --speed max \\
                --clock feed
              ledgerd exchange --faults drop=0.1,duplicate=0.1,delay=50,seed=7

            Orders, fills and balances are kept in a journal: show them with `ledger project
            positions --journal exchange`. The next start continues it. The command prints
            the addresses that it serves, then `ready`.

            Faults are NAME=VALUE, separated by commas. VALUE is a probability unless noted:
            \(faults)

            While it runs, control it from this machine: GET /control/state; POST faults as above
            to /control/faults, {"skew_ms": …} to /control/time, {"symbol", "bid", "ask"} to
            /control/quote, {"action": "start" or "pause"} to /control/feed, an empty body to
            /control/disconnect, {"positions": […], "orders": […], "balances": […]} in the
            venue's own words to /control/account, or a message to /control/message, which
            is sent on the order streams as it is.
            """.paragraphs)

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
    @Option(help: "Journal: a name under journal/, or a directory; created if missing.")
    var journal = "exchange"
    @Option(
        help: ArgumentHelp(
            "APIs to serve, separated by commas: \(names). Each uses the next higher port."
        ))
    var dialects: String?
    @Option(help: "First port; 0 chooses free ports.")
    var port: Int?
    @Option(help: "Market data: random, files, recording or none.")
    var feed: String?
    @Option(help: "Play this recorded venue stream.")
    var recording: String?
    @Option(help: "Speed of the recording relative to real time, such as 1, 10x or max.")
    var speed: String?
    @Option(help: "Event times: wall uses this machine's clock, feed keeps those of the feed.")
    var clock: String?
    @Option(help: "Faults to inject; see above.")
    var faults: String?
    @Flag(help: "Start the feed when a client subscribes to market data.")
    var waitForSubscriber = false
    @Flag(help: "Exit when the feed ends.")
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
