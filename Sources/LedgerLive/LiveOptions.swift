import LedgerDomain
import LedgerConfiguration
import LedgerEngine

/// What a run on a venue's clock needs in addition to the journaled settings.
public struct LiveOptions: Sendable {
    public var journalName: String
    /// paper, live or dry; recorded in `RunStarted`.
    public var mode: String
    public var runName: String
    public var symbols: [String]
    /// The symbols whose prices come from the gateway; nil for all. Another account's gateway at the same venue
    /// brings the others.
    public var brings: [String]?
    /// Orders go to the gateway. If false, the engine fills them itself and the gateway only
    /// provides data.
    public var sendsOrders: Bool
    /// Query an order that is unconfirmed for this long.
    public var acknowledgement = LiveKeys.acknowledgement.standard
    /// Give up an entry that is older than this and never reached the venue.
    public var entryAge = LiveKeys.maxEntryAge.standard
    /// Query open orders this often, even if the stream is up, because a stream may lose a fill.
    public var poll = LiveKeys.poll.standard
    /// Reconcile this often; 0 for only at the start and after gaps.
    public var reconciliation = LiveKeys.reconcile.standard
    /// How often the clock ticks in the journal and the flag file is checked.
    public var tick = LiveKeys.tick.standard
    /// How often a run that nothing wakes checks whether to stop.
    public var idle = Nanoseconds.milliseconds(100)
    /// Do not use a venue time that is further than this from ours as the time of an input.
    public var timeTolerance = Nanoseconds.milliseconds(10_000)
    public var queueCapacity = LiveKeys.queueCapacity.standard
    /// Receives the times at which orders are sent; nil if nothing is measured.
    public var times: OrderTimes?

    /// From a configuration that was checked.
    public init(
        _ configuration: Configuration, journalName: String, mode: String, symbols: [String],
        sendsOrders: Bool
    ) {
        self.init(
            journalName: journalName, mode: mode, runName: configuration[RunKeys.name],
            symbols: symbols, sendsOrders: sendsOrders)
        acknowledgement = configuration[LiveKeys.acknowledgement]
        entryAge = configuration[LiveKeys.maxEntryAge]
        poll = configuration[LiveKeys.poll]
        reconciliation = configuration[LiveKeys.reconcile]
        tick = configuration[LiveKeys.tick]
        queueCapacity = configuration[LiveKeys.queueCapacity]
    }

    public init(
        journalName: String, mode: String, runName: String, symbols: [String], sendsOrders: Bool
    ) {
        (self.journalName, self.mode, self.runName) = (journalName, mode, runName)
        (self.symbols, self.sendsOrders) = (symbols, sendsOrders)
    }
}
