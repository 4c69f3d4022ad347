import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerJournal
import LedgerLive
import LedgerReading
import LedgerRunning
import VenueRegister

struct FeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed", abstract: "A venue's market data, without trading.",
        subcommands: [FeedRecordCommand.self])
}

struct FeedRecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Journal a live feed as a tape that back-tests take.",
        discussion: """
            Examples:
              ledgerd feed record --config \(KnownVenues.paperExample) --journal tape
              ledger backtest --config tape.yaml

            The symbols are those of the configuration with path: venue. A tape that is there is gone on with. Ctrl-C
            ends it; what came until then is on the disk.
            """)

    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Tape: a name under journal/, or a directory.")
    var journal = "tape"
    @Option(help: "A recorded web socket instead of a venue.")
    var recording: String?

    func run() throws {
        let loaded = try configurations.load()
        let instruments = try DataSettings.fromVenue(loaded.settings)
        guard !instruments.isEmpty else {
            throw CommandError("the configuration names no data with path: venue")
        }
        let store = try JournalHome.openOrCreate(try JournalHome.place(journal))
        guard try store.head == .empty || JournalIdentity(store)?.kind == "tape" else {
            throw CommandError("\(journal) is no tape; name another journal")
        }
        let gateway = try GatewayFactory.make(loaded, recording: recording, ordersLeave: false)
        Interrupt.catchSignals()
        var recorder = try FeedRecorder(
            store, named: journal, instruments: instruments, gateway: gateway,
            queueCapacity: loaded[LiveKeys.queueCapacity])
        try recorder.run { Interrupt.wasAsked || gateway.hasEnded }
        Terminal.print("recorded \(recorder.recorded) inputs into \(journal)")
    }
}
