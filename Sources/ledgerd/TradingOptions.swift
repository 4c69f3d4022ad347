import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerLive
import LedgerReading
import LedgerRunning
import LedgerTransport

/// What `ledgerd paper` and `ledgerd live` have in common.
struct TradingOptions: ParsableArguments {
    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Journal: a name under journal/, or a directory; it is made where there is none.")
    var journal: String?
    @Flag(help: "Print no events while it runs.")
    var quiet = false

    /// Opens the journal, or makes it; one that was made by another kind of run is refused.
    func open(
        _ name: String, kind: JournalKind, durability: Durability
    ) throws -> LMDBJournal {
        let store = try JournalHome.openOrCreate(
            try JournalHome.place(name), durability: durability)
        guard try store.head != .empty else { return store }
        let found = try JournalIdentity(store)?.kind ?? "unknown"
        // One that was made by hand for it is as good.
        guard found == "\(kind)" || found == "\(JournalKind.general)" else {
            throw CommandError("\(name) is a journal of kind \(found), not \(kind); name another")
        }
        return store
    }

    static func durability(_ configuration: Configuration) -> Durability {
        configuration[LiveKeys.durability] == .bulk ? .bulk : .durable
    }
}

/// A run on a venue's time, from its start to `Shutdown complete`.
struct TradingRun {
    let options: TradingOptions
    let configuration: Configuration
    let name: String
    let mode: String
    /// In front of every line that is printed.
    var prefix = ""

    func start(_ store: LMDBJournal, recording: String? = nil) throws {
        let times = OrderTimes()
        let gateway = try GatewayFactory.make(configuration, recording: recording, times: times)
        let instruments = try DataSettings.fromVenue(configuration.settings)
        guard !instruments.isEmpty else {
            throw CommandError("the configuration names no data with path: venue")
        }
        var live = LiveOptions(
            configuration, journalName: name, mode: mode,
            symbols: instruments.map(\.symbol),
            sendsOrders: configuration[ModeKeys.venue] != ModeKeys.simulated)
        live.times = times
        Interrupt.catchSignals()
        let narrator = options.quiet ? nil : try Narrator(store, prefix: prefix)
        let run = try LiveRun(
            store, configuration, instruments: instruments, gateway: gateway, live,
            holder: Operator.holder)
        do {
            try run.run(shouldStop: { Interrupt.wasAsked || gateway.hasEnded }) {
                narrator?.tell($0)
            }
            try run.finish(reason: Interrupt.wasAsked ? "asked to stop" : "end of the feed")
        } catch {
            gateway.stop()
            throw error
        }
        Seal.afterwards(store)
        if let narrator {
            try narrator.finish(run.engine.names)
            for line in run.summary { Terminal.print(prefix + line) }
        }
        Terminal.print("Shutdown complete")
    }
}
