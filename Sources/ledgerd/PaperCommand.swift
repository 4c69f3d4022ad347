import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerLive
import VenueRegister
import LedgerReading
import LedgerRunning

struct PaperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paper",
        abstract:
            "Trade without money: at a venue's paper side, a local exchange, or over recorded data.",
        discussion: """
            Examples:
              ledgerd exchange --config configs/exchange.yaml
              ledgerd paper --config \(KnownVenues.paperExample)
              ledgerd paper --config configs/paper_files.yaml --speed 60
              ledgerd paper --config configs/paper_recording.yaml --recording spot.gz

            With venue.kind naming a venue (\(KnownVenues.names.joined(separator: ", "))) orders go to that venue's paper side, or to a
            local exchange that speaks like it. With venue.kind simulated the engine fills them itself, from data files, a recording, or a
            venue's market data. Over the same data it decides what `ledger backtest` decides.

            Ctrl-C once ends it in good order and says "Shutdown complete"; twice ends it at once. The journal is
            whole in both cases, and the next start goes on from it.
            """)

    @OptionGroup var trading: TradingOptions
    @Option(help: "Recorded data: seconds of them in a second; as fast as it goes unless given.")
    var speed: Double?
    @Option(help: "A recorded web socket: lines of local nanoseconds and a message; .gz or .zst.")
    var recording: String?
    @Flag(help: "Replace a journal of that name.")
    var replace = false

    func validate() throws {
        if let speed, !(speed > 0 && speed.isFinite) {
            throw ValidationError("--speed is above 0")
        }
    }

    func run() throws {
        let configuration = try trading.configurations.load()
        guard configuration[ModeKeys.mode] == .paper else {
            throw CommandError(
                "mode is '\(configuration[ModeKeys.mode])'; ledgerd paper runs paper: name a --config, such as "
                    + "\(KnownVenues.paperExample)")
        }
        guard configuration[AccountKeys.kind] == .paper else {
            throw CommandError(
                "account.kind is '\(configuration[AccountKeys.kind])'; paper trading has a paper account"
            )
        }
        guard
            configuration[ExecutionKeys.enabled]
                || configuration[ModeKeys.venue] == ModeKeys.simulated
        else {
            throw CommandError(
                "execution.enabled is false: no order may leave for \(configuration[ModeKeys.venue]); "
                    + "with venue.kind simulated and feed.venue the engine fills them itself")
        }
        let name = trading.journal ?? configuration[RunKeys.name]
        if replace { try replaceJournal(name) }
        let store = try trading.open(
            name, kind: .paper, durability: TradingOptions.durability(configuration))
        let instruments = try DataSettings.fromVenue(configuration.settings)
        if instruments.isEmpty {
            return try overFiles(configuration, store, name)
        }
        let run = TradingRun(
            options: trading, configuration: configuration, name: name, mode: "paper")
        try run.start(store, recording: recording)
    }

    /// Puts an empty journal in the place of the old one.
    private func replaceJournal(_ name: String) throws {
        let directory = try JournalHome.place(name)
        guard JournalHome.isJournal(directory) else { return }
        let store = try LMDBJournal.open(directory: directory)
        guard try store.head == .empty || JournalIdentity(store)?.kind == "paper" else {
            throw CommandError("\(name) is no paper journal; it is not replaced")
        }
        let replacement = try JournalReplacement(
            of: directory, holding: store, as: Operator.holder)
        do { _ = try LMDBJournal.create(directory: replacement.trial) }
        try replacement.finish()
    }

    private func overFiles(
        _ configuration: Configuration, _ store: LMDBJournal, _ name: String
    ) throws {
        let known = try ProjectionReader.fold(NameBook.self, of: store).instruments
        let continues = try store.head != .empty
        let files = try PaperFiles(configuration, known: known, speed: speed)
        Interrupt.catchSignals()
        let result = try files.run(
            into: store, named: name, continues: continues, progress: { _ in },
            shouldStop: { Interrupt.wasAsked })
        let engine = result.engine
        let worth = engine.books.equity[engine.account]
        Terminal.print("inputs \(result.inputs)")
        Terminal.print("fills \(engine.orders.fills)")
        Terminal.print("equity \(worth?.equity ?? .zero)")
        if let held = engine.books.equity.heldPrices(engine.names) {
            Terminal.print("prices held back: \(held)")
        }
        Seal.afterwards(store)
        Terminal.print("Shutdown complete")
    }
}
