import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerTransport
import LedgerVenues

/// The one process that trades a journal: it takes what the gateway, operators and the clock say, steps the
/// engine, commits, and lets the executor send what was decided.
///
/// It starts from the journal alone. Whatever was open when the last process ended, however it ended, is
/// asked for at the venue before anything is sent.
public struct LiveRun: ~Copyable {
    var sequencer: Sequencer
    let journal: LMDBJournal
    let gateway: any VenueGateway
    let options: LiveOptions
    var clock = JournalClock()
    public let queue: InputQueue
    var names = VenueNames()
    var executor: Executor
    var recovery: Recovery
    var watch = OrderWatch()
    var faults = FaultDigest()
    /// From bytes received to the commit of what followed from them.
    public private(set) var latency = LatencyHistogram()
    public private(set) var messages: UInt64 = 0
    var isOrderStreamUp = false
    var isEnding = false
    /// Which comparisons with the venue this run has journaled.
    var snapshots: [SnapshotKind] = []
    private var nextTick: Int64 = 0
    private var items: [InputQueue.Item] = []

    /// Opens the journal for a run: defines what is new, loads settings that changed, and says so.
    public init(
        _ journal: LMDBJournal, _ configuration: Configuration, instruments: [Instrument],
        gateway: any VenueGateway, _ options: LiveOptions, holder: String
    ) throws {
        // Decisions up to here are recovered by asking the venue, not sent.
        let last = try journal.head.lastSequence
        var sequencer = try Sequencer(
            journal, holder: holder, commitBytes: 1 << 18, checkpointEvery: 50_000)
        if let begin = gateway.beginsAt { clock.set(begin) }
        let since = sequencer.engine.lastTime
        let opening = LiveOpening(configuration, instruments, options)
        try opening.take(into: &sequencer, at: max(clock.now, since))
        try sequencer.commit()
        self.journal = journal
        self.gateway = gateway
        self.options = options
        self.sequencer = sequencer
        queue = InputQueue(capacity: options.queueCapacity)
        executor = Executor(after: last, times: options.times)
        recovery = Recovery(since: since)
    }

    /// Whether an operator's word or a failing journal ended it; the caller then closes.
    public mutating func run(
        shouldStop: () -> Bool, progress: (borrowing LiveRun) -> Void = { _ in }
    ) throws {
        let queue = self.queue
        gateway.start(symbols: options.symbols) { queue.push($0) }
        while !shouldStop() {
            let taken = nextItems(until: min(nextTick, WallClock.steady + 100_000_000))
            for item in taken { try take(item) }
            try sequencer.drainInbox(at: clock.now)
            if WallClock.steady >= nextTick {
                try tick()
                progress(self)
            }
            try commitAndSend(taken)
        }
    }

    /// What has come, waited for until a time of the steady clock.
    mutating func nextItems(until deadline: Int64) -> [InputQueue.Item] {
        queue.take(into: &items, until: deadline)
        return items
    }

    private mutating func commitAndSend(_ taken: [InputQueue.Item]) throws {
        try pursueRecovery()
        if sequencer.uncommitted > 0 { try sequencer.commit() }
        let committed = WallClock.steady
        for item in taken { latency.add(committed - item.receivedAt) }
        messages += UInt64(taken.count)
        guard options.sendsOrders else { return }
        try executor.advance(
            journal, sequencer.engine, gateway, maySend: isOrderStreamUp, committedAt: committed)
    }

    /// Ends in good order: what waits is taken, orders outside stay, the journal says that the run ended.
    public consuming func finish(reason: String) throws {
        try takeEndSnapshot()
        gateway.stop()
        let taken = nextItems(until: 0)
        for item in taken {
            // That its own end closes connections is no news.
            switch item.report {
            case .link, .fault(.unreachable, _): continue
            default: try take(item)
            }
        }
        messages += UInt64(taken.count)
        queue.close()
        try sequencer.askSimulatedVenue(.end, at: now)
        try sequencer.take(
            RunEnded(inputs: sequencer.engine.inputs, reason: reason), Envelope(time: now))
        try sequencer.commitWithCheckpoint()
        try journal.flush()
        try sequencer.close()
    }

    public var engine: Engine { sequencer.engine }

    private static func line(_ histogram: LatencyHistogram) -> String {
        "median \(histogram.percentile(0.5) / 1000), 99th \(histogram.percentile(0.99) / 1000), "
            + "most \(histogram.largest / 1000) of \(histogram.count)"
    }

    /// What a person wants to know at the end.
    public var summary: [String] {
        let worth = engine.books.equity[engine.account]
        return [
            "messages \(messages), reader waited \(queue.stalls) times",
            "commit after receipt, microseconds: \(Self.line(latency))",
            "order written after its commit, microseconds: "
                + (options.times.map { Self.line($0.histogram) } ?? "not measured"),
            "orders sent \(executor.sent), fills \(engine.orders.fills), duplicates refused "
                + "\(recovery.duplicates)",
            "equity \(worth?.equity ?? .zero)",
        ]
    }

    var now: Timestamp { max(clock.now, sequencer.engine.lastTime) }

    // MARK: The clock

    private mutating func tick() throws {
        let steady = WallClock.steady
        nextTick = steady + options.tick.count
        try sequencer.observeFlagFile(at: now, isRun: true)
        try sequencer.take(ClockTicked(), Envelope(time: now))
        for fault in faults.due(at: steady) {
            _ = try sequencer.attempt(fault, Envelope(time: now))
        }
        guard options.sendsOrders, isOrderStreamUp else { return }
        try watch.look(sequencer.engine, gateway, options, steady)
        if options.reconciliation.count > 0 { recovery.reconcile(every: options, at: steady) }
    }
}
