import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerVenues

/// The single process that trades a journal: it takes reports of the gateways, commands and clock
/// ticks, steps the engine, commits, and lets each account's executor send what was decided.
///
/// It starts from the journal alone. Everything that was open when the last process ended, however
/// it ended, is queried at its venue before anything is sent.
///
/// The thread that read a message from its socket acts on it. The caller's thread handles the
/// clock, operators' commands and the flag file.
// Sendable unchecked: every field is used by the holder of the queue's turn.
public final class LiveRun: @unchecked Sendable {
    var sequencer: Sequencer
    let journal: LMDBJournal
    let options: LiveOptions
    var clock = JournalClock()
    public let queue: InputQueue
    /// In the order of the accounts, so that the first brings the data that several venues have.
    private(set) var traders: [AccountTrader] = []
    /// From bytes received to the resulting commit: for market data that arrived alone, for all
    /// market data, and for everything else.
    private var aloneLatency = LatencyHistogram()
    private var marketLatency = LatencyHistogram()
    private var orderLatency = LatencyHistogram()
    /// What the gateways reported.
    public internal(set) var messages: UInt64 = 0
    /// The history that the run read before its first decision.
    public let warmup: Warmup
    private var nextTick: Int64 = 0
    /// The error that ended another thread's turn.
    private var failure: (any Error)?

    /// Opens the journal for a run: defines what is new, loads changed settings and journals them, then the
    /// history that the journal lacks.
    ///
    /// - Parameters:
    ///   - gateways: at least one; those of several accounts are named.
    ///   - history: is asked for history if `warmup.source` is `venue`.
    public init(
        _ journal: LMDBJournal, _ configuration: Configuration, instruments: [Instrument],
        _ gateways: [AccountGateway], history: VenueHistory? = nil, holder: String
    ) throws {
        guard let options = gateways.first?.options else {
            throw InputError("a run needs a gateway")
        }
        let files = try FeedHistory(configuration, feed: instruments)
        // Earlier decisions are recovered by querying the venue, not sent.
        let last = try journal.head.lastSequence
        var sequencer = try Sequencer(
            journal, holder: holder, commitBytes: 1 << 18, checkpointEvery: 50_000)
        if let begin = gateways.lazy.compactMap(\.gateway.beginsAt).first { clock.set(begin) }
        let since = sequencer.engine.lastTime
        let start = max(clock.now, since)
        try Self.opening(configuration, instruments, options, at: start)
            .submit(into: &sequencer, at: start)
        var warmup = try Warmup.ofFeed(
            configuration, files, knowing: sequencer.engine, venue: history, at: start)
        try warmup.submit(into: &sequencer)
        try sequencer.commit()
        self.warmup = warmup
        self.journal = journal
        self.options = options
        self.sequencer = sequencer
        queue = InputQueue(capacity: options.queueCapacity)
        for (source, one) in gateways.enumerated() {
            let place = try Self.place(of: one, self.sequencer.engine)
            traders.append(
                AccountTrader(self, one, source: source, place: place, after: last, since: since))
        }
        for trader in traders { try trader.recallWaitingCorrections() }
    }

    private static func place(of gateway: AccountGateway, _ engine: Engine) throws -> Int {
        guard let name = gateway.account else { return engine.placesOutside.first ?? 0 }
        guard let place = engine.place(named: name) else {
            throw InputError("the configuration has no account '\(name)'")
        }
        return place
    }

    private static func opening(
        _ configuration: Configuration, _ instruments: [Instrument], _ options: LiveOptions,
        at time: Timestamp
    ) throws -> RunOpening {
        var opening = RunOpening(
            configuration, kind: options.mode == "live" ? .live : .paper,
            name: options.journalName)
        opening.instruments = instruments.map { InstrumentSource($0) }
        let feeds = try VenueFeed.all(of: configuration)
        opening.filters = { instruments in
            try feeds.flatMap { feed in
                let own = feeds.count > 1 ? Set(feed.brings) : nil
                return try FiltersFile.events(
                    feed.configuration.checked.settings,
                    instruments.filter { own?.contains($0.symbol) ?? true },
                    now: time)
            }
        }
        opening.run = RunOpening.Run(mode: options.mode, name: options.runName)
        // Of the accounts that the engine fills itself; a venue outside reports its own.
        opening.depositsCash = true
        opening.takesRatesAt = time
        opening.asksSimulatedVenue = true
        return opening
    }

    /// Runs until stopped; the caller then finishes it.
    ///
    /// - Parameter progress: called after each clock tick; trading continues meanwhile.
    /// - Throws: what the journal or the engine threw, on whichever thread.
    public func run(
        shouldStop: () -> Bool, progress: (NameBook) -> Void = { _ in }
    ) throws {
        let inbox = InboxWatch(journal) { [queue] in queue.wake() }
        defer { inbox.stop() }
        for trader in traders {
            trader.gateway.start(symbols: trader.streamedSymbols, to: sink(trader))
        }
        while !shouldStop() {
            if let names = try ownTurn() { progress(names) }
        }
    }

    /// - Returns: after a tick the names of now.
    private func ownTurn() throws -> NameBook? {
        queue.awaitTurn(until: min(nextTick, MachineTime.steady + options.idle.count))
        defer { queue.endTurn() }
        if let failure { throw failure }
        var hasTicked = false
        do {
            try turn {
                try sequencer.drainInbox(at: clock.now)
                guard MachineTime.steady >= nextTick else { return }
                try tick()
                hasTicked = true
            }
        } catch {
            // Nothing is acted on afterwards.
            queue.close()
            throw error
        }
        return hasTicked ? sequencer.engine.names : nil
    }

    /// A recording is read ahead by one thread and acted on by another. Socket messages are acted
    /// on at once.
    private func sink(_ trader: AccountTrader) -> ReportSink {
        let (queue, source) = (self.queue, trader.source)
        let isRecorded = trader.gateway.beginsAt != nil
        return ReportSink(receive: { queue.push($0, receivedAt: $1, from: source) }) { [self] in
            if isRecorded { queue.wake() } else { actOnArrivals() }
        }
    }

    private func actOnArrivals() {
        guard queue.begin() else { return }
        do {
            // A thread has its own socket to serve, so the run's thread takes what keeps arriving.
            for _ in 0..<4 {
                try turn {}
                guard queue.goOn() else { return }
            }
            try turn {}
            queue.handOver()
        } catch {
            failure = error
            queue.close()
            queue.endTurn()
        }
    }

    /// Takes all waiting reports and requests, commits them, and sends what was decided.
    private func turn(_ more: () throws -> Void) throws {
        for item in queue.taken { try handle(item) }
        try more()
        for trader in traders { try trader.pursueRecovery() }
        if sequencer.uncommitted > 0 { try sequencer.commit() }
        let committed = MachineTime.steady
        for item in queue.taken { note(item, committed) }
        for trader in traders { try trader.send(committedAt: committed) }
    }

    func handle(_ item: InputQueue.Item) throws {
        if case .recordedAt(let time) = item.report { return clock.set(time) }
        messages += 1
        try traders[item.source].handle(item.report)
    }

    private func note(_ item: InputQueue.Item, _ committed: Int64) {
        switch item.report {
        case .quote, .trade, .bar:
            marketLatency.add(committed - item.receivedAt)
            if queue.taken.count == 1 { aloneLatency.add(committed - item.receivedAt) }
        case .recordedAt: break
        default: orderLatency.add(committed - item.receivedAt)
        }
    }

    /// Ends cleanly: processes what waits, leaves orders at the venue, journals the end of the run.
    public func finish(reason: String) throws {
        queue.awaitTurn(until: 0)
        defer {
            queue.close()
            queue.endTurn()
        }
        if let failure { throw failure }
        for item in queue.taken { try handle(item) }
        try takeEndSnapshots()
        for trader in traders { trader.gateway.stop() }
        queue.awaitMore(until: 0)
        for item in queue.taken {
            // Ignore disconnects caused by our own shutdown.
            switch item.report {
            case .link, .fault(.unreachable, _): continue
            default: try handle(item)
            }
        }
        try sequencer.askSimulatedVenue(.end, at: now)
        try sequencer.append(
            RunEnded(inputs: sequencer.engine.inputs, reason: reason), Envelope(time: now))
        try sequencer.commitWithCheckpoint()
        try journal.flush()
        try sequencer.close()
    }

    /// The accounts at the end of a run. If a venue does not answer soon, the journal records that its
    /// account is unknown.
    private func takeEndSnapshots() throws {
        let asked = traders.filter(\.options.sendsOrders)
        for trader in asked { trader.askForEnd() }
        let deadline = MachineTime.steady + AccountTrader.patience
        while asked.contains(where: \.awaitsEnd), MachineTime.steady < deadline {
            queue.awaitMore(until: deadline)
            for item in queue.taken { try handle(item) }
        }
        for trader in asked { try trader.recordMissingSnapshots() }
        try sequencer.commit()
    }

    /// The journal's names.
    public var nameBook: NameBook { sequencer.engine.names }

    /// The account that trades at the venue of the first gateway.
    public var engine: AccountEngine { traders[0].engine }

    private static func line(_ histogram: LatencyHistogram) -> String {
        "median \(histogram.percentile(0.5) / 1000), 99th \(histogram.percentile(0.99) / 1000), "
            + "most \(histogram.largest / 1000) of \(histogram.count)"
    }

    /// The summary printed at the end.
    public var summary: [String] {
        return [
            "messages \(messages), reader waited \(queue.stalls) times",
            "market data committed after receipt, microseconds: \(Self.line(marketLatency)); "
                + "alone: "
                + Self.line(aloneLatency),
            "order reports committed after receipt, microseconds: \(Self.line(orderLatency))",
            "orders written after their commit, microseconds: "
                + (options.times.map { Self.line($0.histogram) } ?? "not measured"),
        ] + accountLines
            + (engine.profit.equity.heldPrices(engine.names).map { ["prices held back: \($0)"] }
                ?? [])
    }

    private var accountLines: [String] {
        traders.flatMap { trader -> [String] in
            let engine = trader.engine
            let prefix = traders.count > 1 ? "\(engine.names.name(engine.account)): " : ""
            return [prefix + trader.line, "\(prefix)equity \(engine.equityText)"]
        }
    }

    var now: Timestamp { max(clock.now, sequencer.engine.lastTime) }

    // MARK: The clock

    private func tick() throws {
        let steady = MachineTime.steady
        nextTick = steady + options.tick.count
        try sequencer.observeFlagFile(at: now, isRun: true)
        try sequencer.append(ClockTicked(), Envelope(time: now))
        for trader in traders { try trader.tick(at: steady) }
    }
}
