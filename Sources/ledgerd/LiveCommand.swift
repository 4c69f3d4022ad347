import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerLive
import LedgerReading
import LedgerRunning
import LedgerSafety
import VenueRegister

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Trade with real money if every condition holds; otherwise dry-run.",
        discussion: """
              ledgerd live --config \(KnownVenues.liveExample) --dry-run
              DRY_RUN=0 EXEC_MODE=live ledgerd live --config \(KnownVenues.liveExample)

            Orders are sent only if every condition holds: DRY_RUN is set to false, EXEC_MODE
            is live, the journal's mode is auto, the gateway's paper option is off, the venue
            is enabled, and doctor recorded a healthy result in the last 24 hours. Otherwise
            everything runs but no order is sent. The engine then fills its orders itself
            from the venue's market data, in a journal whose name ends in -dry-run.
            """.paragraphs)

    @OptionGroup var trading: TradingOptions
    @Flag(help: "Send no orders, whatever the environment says.")
    var dryRun = false

    func run() throws {
        let configuration = try trading.configurations.load()
        guard configuration[ModeKeys.mode] == .live else {
            throw CommandError(
                "mode is '\(configuration[ModeKeys.mode])'; ledgerd live needs mode live; use a "
                    + "--config such as \(KnownVenues.liveExample)")
        }
        guard configuration[ModeKeys.venue] != ModeKeys.simulated else {
            throw CommandError("venue.kind is simulated; live trading needs a venue")
        }
        let name = trading.journal ?? configuration[RunKeys.name]
        switch try verdict(configuration, name) {
        case .live:
            let store = try trading.open(
                name, kind: .live, durability: TradingOptions.durability(configuration))
            try TradingRun(
                options: trading, configuration: configuration, name: name, mode: "live"
            ).start(store)
        case .dry(let reason):
            try TradingRun.rehearse(trading, name, because: reason)
        }
    }

    /// Orders leave only if they may in each account.
    private func verdict(
        _ configuration: Configuration, _ name: String
    ) throws -> LiveOrders.Verdict {
        let directory = JournalHome.directory(name)
        var engine: Engine?
        var isHealthy = false
        if JournalHome.isJournal(directory) {
            let store = try LMDBJournal.open(directory: directory, mode: .readOnly)
            engine = try EngineRestorer.engine(of: store, through: try store.head.lastSequence)
            isHealthy = try DoctorRecord.problem(in: store, at: Operator.now) == nil
        }
        for (account, view) in try TradingOptions.views(of: configuration) {
            let place =
                account.isEmpty ? engine?.placesOutside.first : engine?.place(named: account)
            let gate = engine?.account(at: place ?? 0).gate
            let verdict = LiveGate(
                view, mode: gate?.mode ?? .auto, hasDryRunOption: dryRun,
                isDoctorHealthy: isHealthy
            ).verdict
            guard case .dry(let reason) = verdict else { continue }
            return .dry(account.isEmpty ? reason : "account \(account): \(reason)")
        }
        return .live
    }
}
