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

    /// The configuration as each account that trades outside has it; as it is if none does.
    static func views(of configuration: Configuration) throws -> [(name: String, Configuration)] {
        let outside = try Engine.accounts(of: configuration.settings).filter(\.isRemote)
        guard outside.count > 1 else { return [("", configuration)] }
        return outside.map { ($0.name, configuration.view(of: $0.id)) }
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
        let feeds = try VenueFeed.all(of: configuration)
        let instruments = try DataSettings.fromVenue(configuration.settings)
        guard !instruments.isEmpty else {
            throw CommandError("the configuration has no data with path: venue")
        }
        let times = OrderTimes()
        let gateways = try feeds.map { try gateway(of: $0, recording: recording, times) }
        Interrupt.catchSignals()
        let narrator = options.quiet ? nil : try Narrator(store, prefix: prefix)
        let clients = try recording == nil ? historyClients(feeds) : []
        defer { for client in clients { client.client.stop() } }
        let run = try LiveRun(
            store, configuration, instruments: instruments, gateways, history: history(clients),
            holder: Operator.holder)
        for line in run.warmup.lines + run.warmup.notes { Terminal.print(prefix + line) }
        let writer = ArtifactWriter(store, configuration[LiveKeys.artifacts])
        do {
            try run.run(
                shouldStop: { Interrupt.wasAsked || gateways.allSatisfy(\.gateway.hasEnded) }
            ) {
                narrator?.tell($0)
                writer?.write()
            }
            try run.finish(reason: Interrupt.wasAsked ? "asked to stop" : "end of the feed")
        } catch {
            for one in gateways { one.gateway.stop() }
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

    private func gateway(
        of feed: VenueFeed, recording: String?, _ times: OrderTimes
    ) throws -> AccountGateway {
        let gateway = try GatewayFactory.make(
            feed.configuration, symbols: feed.instruments.count, recording: recording, times: times)
        var live = LiveOptions(
            feed.configuration, journalName: name, mode: mode,
            symbols: feed.instruments.map(\.symbol), sendsOrders: feed.sendsOrders)
        live.brings = feed.account == nil ? nil : feed.brings
        live.times = times
        return AccountGateway(account: feed.account, gateway, live)
    }

    /// The venues whose history warms the run up, with the symbols of each; none where none is asked.
    private func historyClients(
        _ feeds: [VenueFeed]
    ) throws -> [(symbols: [String], client: VenueClient)] {
        guard configuration[WarmupKeys.source] == .venue else { return [] }
        return try feeds.compactMap { feed in
            guard !feed.brings.isEmpty, let connection = ConnectedVenues.named(feed.kind) else {
                return nil
            }
            let keys = try GatewayFactory.settings(connection, feed.configuration).keys
            return (
                feed.brings, try VenueOptions.client(connection, feed.configuration, keys: keys)
            )
        }
    }

    /// Each symbol's history is asked at its own venue.
    private func history(
        _ clients: [(symbols: [String], client: VenueClient)]
    ) -> VenueHistory? {
        guard let first = clients.first else { return nil }
        let all = clients.map { ($0.symbols, VenueHistory($0.client)) }
        guard all.count > 1 else { return VenueHistory(first.client) }
        return VenueHistory(name: all.map(\.1.name).joined(separator: ", ")) { question in
            guard let own = all.first(where: { $0.0.contains(question.instrument.symbol) }) else {
                throw InputError("no venue has \(question.instrument.symbol)")
            }
            return try own.1.bars(question)
        }
    }

    /// The overrides that let the engine fill every order.
    private static func simulated(_ settings: Settings) throws -> [String] {
        let accounts = settings.entries(.accounts)
        guard !accounts.isEmpty else { return ["account.kind=paper", "venue.kind=simulated"] }
        let outside = try Engine.accounts(of: settings).filter(\.isRemote).count
        var venues: [String] = []
        for entry in settings.entries(.venues) {
            venues.append("\(entry.name).kind=simulated")
            let kind = settings.text(of: "\(entry.name).kind") ?? ModeKeys.simulated
            if outside > 1, kind != ModeKeys.simulated {
                venues.append("\(entry.name).feed.venue=\(kind)")
            }
        }
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
        let real = try options.configurations.load()
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
