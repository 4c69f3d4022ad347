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
        commandName: "feed", abstract: "Use a venue's market data without trading.",
        subcommands: [FeedRecordCommand.self])
}

struct FeedRecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record a live feed as a tape for back-tests.",
        discussion: """
            Records the symbols that the configuration lists with path: venue. If the tape exists,
            recording continues it. Press Ctrl-C to stop; everything received up to then is
            saved.

              ledgerd feed record --config \(KnownVenues.paperExample) --journal tape
              ledger backtest --config tape.yaml
            """.paragraphs)

    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Tape: a name under journal/, or a directory.")
    var journal = "tape"
    @Option(help: "Read a recorded web socket instead of a venue.")
    var recording: String?

    func run() throws {
        let loaded = try configurations.load()
        let instruments = try DataSettings.fromVenue(loaded.settings)
        guard !instruments.isEmpty else {
            throw CommandError("the configuration has no data with path: venue")
        }
        let store = try JournalHome.openOrCreate(try JournalHome.place(journal))
        guard try store.head == .empty || JournalIdentity(store)?.kind == "tape" else {
            throw CommandError("\(journal) is not a tape; choose another journal")
        }
        let feeds = try VenueFeed.all(of: loaded)
        guard feeds.count == 1, let feed = feeds.first else {
            throw CommandError(
                "the configuration has data of several venues, and a tape has those of one; keep one "
                    + "account outside in it")
        }
        let gateway = try GatewayFactory.make(
            feed.configuration, symbols: instruments.count, recording: recording,
            ordersLeave: false)
        Interrupt.catchSignals()
        var recorder = try FeedRecorder(
            store, named: journal, instruments: instruments, gateway: gateway,
            queueCapacity: loaded[LiveKeys.queueCapacity])
        try recorder.run { Interrupt.wasAsked || gateway.hasEnded }
        Terminal.print("recorded \(recorder.recorded) inputs into \(journal)")
    }
}
