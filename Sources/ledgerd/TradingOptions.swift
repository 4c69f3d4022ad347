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
import LedgerSettings
import LedgerTransport
import VenueNetwork

/// What `ledgerd paper` and `ledgerd live` have in common.
struct TradingOptions: ParsableArguments {
    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Journal: a name under journal/, or a directory; created if missing.")
    var journal: String?
    @Flag(help: "Do not print events.")
    var quiet = false

    /// Opens or creates the journal. Refuses one that another kind of run created.
    func open(
        _ name: String, kind: JournalKind, durability: Durability
    ) throws -> LMDBJournal {
        let store = try JournalHome.openOrCreate(
            try JournalHome.place(name), durability: durability)
        guard try store.head != .empty else { return store }
        let found = try JournalIdentity(store)?.kind ?? "unknown"
        // A journal created by hand is accepted too.
        guard found == "\(kind)" || found == "\(JournalKind.general)" else {
            throw CommandError(
                "\(name) is a \(found) journal, not a \(kind) journal; choose another with "
                    + "--journal"
            )
        }
        return store
    }

    /// The configuration. One account of it may trade at a venue outside, beside any number that the engine
    /// fills itself.
    func load() throws -> Configuration {
        let configuration = try configurations.load()
        let outside = try Engine.accounts(of: configuration.settings).filter(\.isRemote)
        guard outside.count <= 1 else {
            throw CommandError(
                "accounts \(outside.map(\.name).joined(separator: " and ")) trade at venues outside; "
                    + "a daemon runs one of them in this version; give each a journal")
        }
        return configuration
    }

    static func durability(_ configuration: Configuration) -> Durability {
        configuration[LiveKeys.durability] == .bulk ? .bulk : .durable
    }
}

/// A run on a venue's clock, from its start to `Shutdown complete`.
struct TradingRun {
    let options: TradingOptions
    let configuration: Configuration
    let name: String
    let mode: String
    /// The prefix of every printed line.
    var prefix = ""

    func start(_ store: LMDBJournal, recording: String? = nil) throws {
        let times = OrderTimes()
        let gateway = try GatewayFactory.make(configuration, recording: recording, times: times)
        let instruments = try DataSettings.fromVenue(configuration.settings)
        guard !instruments.isEmpty else {
            throw CommandError("the configuration has no data with path: venue")
        }
        var live = LiveOptions(
            configuration, journalName: name, mode: mode,
            symbols: instruments.map(\.symbol),
            sendsOrders: configuration[ModeKeys.venue] != ModeKeys.simulated)
        live.times = times
        Interrupt.catchSignals()
        let narrator = options.quiet ? nil : try Narrator(store, prefix: prefix)
        let client = try recording == nil ? historyClient() : nil
        defer { client?.stop() }
        let run = try LiveRun(
            store, configuration, instruments: instruments, gateway: gateway,
            history: client.map(VenueHistory.init), live, holder: Operator.holder)
        for line in run.warmup.lines + run.warmup.notes { Terminal.print(prefix + line) }
        let writer = ArtifactWriter(store, configuration[LiveKeys.artifacts])
        do {
            try run.run(shouldStop: { Interrupt.wasAsked || gateway.hasEnded }) {
                narrator?.tell($0)
                writer?.write()
            }
            try run.finish(reason: Interrupt.wasAsked ? "asked to stop" : "end of the feed")
        } catch {
            gateway.stop()
            throw error
        }
        Seal.afterwards(store)
        writer?.finish()
        if let narrator {
            try narrator.finish(run.engine.names)
            for line in run.summary { Terminal.print(prefix + line) }
        }
        Terminal.print("Shutdown complete")
    }

    /// The venue whose history warms the run up; nil where none is asked.
    private func historyClient() throws -> VenueClient? {
        guard configuration[WarmupKeys.source] == .venue else { return nil }
        let kind = configuration[ModeKeys.venue]
        let name = kind == ModeKeys.simulated ? configuration[FeedKeys.venue] : kind
        guard let connection = ConnectedVenues.named(name) else { return nil }
        return try VenueOptions.client(
            connection, configuration, keys: GatewayFactory.settings(connection, configuration).keys
        )
    }

    /// The overrides that let the engine fill every order.
    private static func simulated(_ settings: Settings) throws -> [String] {
        let accounts = settings.entries(.accounts)
        guard !accounts.isEmpty else { return ["account.kind=paper", "venue.kind=simulated"] }
        let venues = settings.entries(.venues).map { "\($0.name).kind=simulated" }
        return try venues
            + zip(accounts, Engine.accounts(of: settings)).filter(\.1.isRemote).map {
                "\($0.0.name).kind=paper"
            }
    }

    /// The same run with the engine's own simulated venue, in a journal whose name ends in -dry-run.
    static func rehearse(
        _ options: TradingOptions, _ name: String, because reason: String,
        recording: String? = nil
    ) throws {
        Terminal.print("[DRY_RUN] no order is sent: \(reason)")
        var dry = options
        let real = try options.load()
        dry.configurations.overrides += ["mode=paper", "feed.venue=\(real[ModeKeys.venue])"]
        dry.configurations.overrides += try simulated(real.settings)
        let artifacts = real[LiveKeys.artifacts]
        if !artifacts.isEmpty {
            dry.configurations.overrides.append("live.artifacts=\(artifacts)/dry-run")
        }
        let configuration = try dry.configurations.load()
        let name = JournalHome.rehearsal(of: name)
        let store = try options.open(
            name, kind: .paper, durability: TradingOptions.durability(configuration))
        var run = TradingRun(
            options: dry, configuration: configuration, name: name, mode: "dry")
        run.prefix = "[DRY_RUN] "
        try run.start(store, recording: recording)
    }
}
