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
            "Trade without real money.",
        discussion: """
              ledgerd exchange --config configs/exchange.yaml
              ledgerd paper --config \(KnownVenues.paperExample)
              ledgerd paper --config configs/paper_files.yaml --speed 60
              ledgerd paper --config configs/paper_recording.yaml --recording spot.gz

            If venue.kind names a venue (\(KnownVenues.names.joined(separator: ", "
                + ""))), orders go to that venue's paper side
            or to a local exchange with the same API. If venue.kind is simulated, the engine
            fills orders itself from data files, a recording, or a venue's market data. Over
            the same data it decides exactly what `ledger backtest` decides.

            With --dry-run or DRY_RUN=true no order is sent. The engine then fills its orders
            itself from the venue's market data, in a journal whose name ends in -dry-run.

            Press Ctrl-C once to end the run cleanly; it then prints "Shutdown complete".
            Press it twice to exit at once. Either way the journal is complete, and the next
            start continues it.
            """.paragraphs)

    @OptionGroup var trading: TradingOptions
    @Option(
        help: "Speed of recorded data: seconds of data per second (default: as fast as possible).")
    var speed: Double?
    @Option(
        help: "Recorded web socket: lines of local nanoseconds and a message, plain, .gz or .zst.")
    var recording: String?
    @Flag(help: "Send no orders, whatever the environment says.")
    var dryRun = false
    @Flag(help: "Replace an existing journal.")
    var replace = false

    func validate() throws {
        if let speed, !(speed > 0 && speed.isFinite) {
            throw ValidationError("--speed must be above 0")
        }
    }

    func run() throws {
        let configuration = try trading.configurations.load()
        guard configuration[ModeKeys.mode] == .paper else {
            throw CommandError(
                "mode is '\(configuration[ModeKeys.mode])'; ledgerd paper needs mode paper; use "
                    + "a --config such as \(KnownVenues.paperExample)")
        }
        for (account, view) in try TradingOptions.views(of: configuration) {
            try check(view, account)
        }
        let name = trading.journal ?? configuration[RunKeys.name]
        if let reason = dryReason(configuration) {
            return try TradingRun.rehearse(trading, name, because: reason, recording: recording)
        }
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

    /// - Parameter account: its name where several accounts trade outside, else empty.
    private func check(_ configuration: Configuration, _ account: String) throws {
        let prefix = account.isEmpty ? "" : "account \(account): "
        guard configuration[AccountKeys.kind] == .paper else {
            throw CommandError(
                "\(prefix)account.kind is '\(configuration[AccountKeys.kind])'; paper trading needs a "
                    + "paper account"
            )
        }
        guard
            configuration[ExecutionKeys.enabled]
                || configuration[ModeKeys.venue] == ModeKeys.simulated
        else {
            throw CommandError(
                "\(prefix)execution.enabled is false, so no order may be sent to "
                    + "\(configuration[ModeKeys.venue]); to let the engine fill orders itself, "
                    + "set venue.kind to simulated and feed.venue"
            )
        }
    }

    /// Why no order may leave for the venue; nil if orders may, or if they stay here anyway.
    private func dryReason(_ configuration: Configuration) -> String? {
        guard configuration[ModeKeys.venue] != ModeKeys.simulated else { return nil }
        if dryRun { return "--dry-run was given" }
        let isSaid = configuration.origin(of: LiveKeys.dryRun) != .standard
        return isSaid && configuration[LiveKeys.dryRun] ? "DRY_RUN is true" : nil
    }

    /// Puts an empty journal in the place of the old one.
    private func replaceJournal(_ name: String) throws {
        let directory = try JournalHome.place(name)
        guard JournalHome.isJournal(directory) else { return }
        let store = try LMDBJournal.open(directory: directory)
        guard try store.head == .empty || JournalIdentity(store)?.kind == "paper" else {
            throw CommandError("\(name) is not a paper journal and will not be replaced")
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
        for line in result.warmup.map({ $0.lines + $0.notes }) ?? [] { Terminal.print(line) }
        Terminal.print("inputs \(result.inputs)")
        for account in engine.accounts {
            let name = engine.accounts.count > 1 ? "\(engine.names.name(account.account)): " : ""
            Terminal.print("\(name)fills \(account.orders.fills)")
            Terminal.print("\(name)equity \(account.equityText)")
        }
        if let held = engine.profit.equity.heldPrices(engine.names) {
            Terminal.print("prices held back: \(held)")
        }
        Seal.afterwards(store)
        Terminal.print("Shutdown complete")
    }
}
