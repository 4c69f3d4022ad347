import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerRunning
import LedgerTransport
import LedgerVenues

/// One account of a run and the gateway to its venue: turns the venue's reports into inputs of the journal,
/// and sends what the account decides. A venue that is down stops the account that trades there and no other.
///
/// It is used by the thread that holds the turn of the run's queue.
final class AccountTrader {
    /// The run whose journal it writes.
    unowned let run: LiveRun
    /// Among the run's gateways; its reports carry it.
    let source: Int
    /// Of the account, in the order of the settings.
    let place: Int
    let gateway: any VenueGateway
    let options: LiveOptions
    var names = VenueNames()
    var executor: Executor
    var recovery: OrderRecovery
    var watch = OrderWatch()
    var faults = FaultDigest()
    var wire = WireWatch()
    var waitingCorrections = WaitingCorrections()
    var isOrderStreamUp = false
    /// Whether the gateway of this process has said that the venue refuses or accepts the key.
    var hasHeardOfKey = false
    var isEnding = false
    /// Which comparisons with the venue this run has journaled.
    var snapshots: [SnapshotKind] = []

    /// - Parameters:
    ///   - last: earlier decisions are recovered by querying the venue, not sent.
    ///   - since: the last journal time before this run.
    init(
        _ run: LiveRun, _ gateway: AccountGateway, source: Int, place: Int,
        after last: SequenceNumber,
        since: Timestamp
    ) {
        (self.run, self.source, self.place) = (run, source, place)
        (self.gateway, options) = (gateway.gateway, gateway.options)
        executor = Executor(after: last, times: gateway.options.times)
        recovery = OrderRecovery(since: since)
    }

    // MARK: The run

    var sequencer: Sequencer {
        _read { yield run.sequencer }
        _modify { yield &run.sequencer }
    }

    var journal: LMDBJournal { run.journal }
    var clock: JournalClock { run.clock }
    var now: Timestamp { run.now }

    /// The account that trades at the venue.
    var engine: AccountEngine { run.sequencer.engine.account(at: place) }

    /// What its inputs are named by. A journal with one account needs no name in them.
    var account: AccountID { run.sequencer.engine.isDesk ? engine.account : .none }

    /// Distinguishes executions in the journal. Two accounts at one venue may trade with each other, and the
    /// venue then gives both fills one number.
    lazy var origin: String = {
        let isFirst = run.sequencer.engine.placesOutside.allSatisfy { $0 >= place }
        return isFirst ? gateway.name : "\(gateway.name) \(engine.names.name(engine.account))"
    }()

    /// What the gateway asks its venue to stream, as the venue writes it.
    var streamedSymbols: [String] {
        let names = engine.names
        let written = options.symbols.map { names.instrument(symbol: $0)?.venueSymbol ?? $0 }
        return written.indices.filter { !written[..<$0].contains(written[$0]) }.map { written[$0] }
    }

    // MARK: The turn

    /// Sends what was committed since the last call.
    func send(committedAt: Int64) throws {
        guard options.sendsOrders else { return }
        try executor.advance(
            journal, engine, gateway, maySend: isOrderStreamUp, committedAt: committedAt)
    }

    /// What a clock tick finds.
    func tick(at steady: Int64) throws {
        try reportWire(at: steady)
        guard options.sendsOrders, isOrderStreamUp else { return }
        try watch.look(engine, gateway, options, steady)
        if options.reconciliation.count > 0 { recovery.reconcile(every: options, at: steady) }
    }

    /// Counts of this process.
    var line: String {
        "orders sent \(executor.sent), fills \(engine.orders.fills), duplicates refused "
            + "\(recovery.duplicates)"
    }
}

/// An account of the configuration, and the gateway to the venue where it trades.
public struct AccountGateway {
    /// The account's name; nil for the account that trades outside, or the first.
    public var account: String?
    public var gateway: any VenueGateway
    public var options: LiveOptions

    public init(account: String? = nil, _ gateway: any VenueGateway, _ options: LiveOptions) {
        (self.account, self.gateway, self.options) = (account, gateway, options)
    }
}
