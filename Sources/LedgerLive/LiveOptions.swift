import LedgerDomain
import LedgerConfiguration
import LedgerEngine

/// What a run on a venue's time needs beside the journaled settings.
public struct LiveOptions: Sendable {
    public var journalName: String
    /// paper, live or dry, in `RunStarted`.
    public var mode: String
    public var runName: String
    public var symbols: [String]
    /// Orders go to the gateway; else the engine's own venue fills them and the gateway brings data alone.
    public var sendsOrders: Bool
    /// An order that nobody has confirmed for this long is asked for.
    public var acknowledgement = LiveKeys.acknowledgement.standard
    /// An entry that never reached the venue is not sent any more when it is older than this.
    public var entryAge = LiveKeys.maxEntryAge.standard
    /// Open orders are asked for this often, whatever the stream said: a stream may lose a fill.
    public var poll = LiveKeys.poll.standard
    /// Ledger and venue are compared this often; 0 at the start and after gaps alone.
    public var reconciliation = LiveKeys.reconcile.standard
    /// Clock ticks in the journal, and the flag file looked at.
    public var tick = LiveKeys.tick.standard
    /// A run that nothing wakes looks after this long whether it should stop.
    public var idle = Nanoseconds.milliseconds(100)
    /// A venue's time this far from ours is not taken for the time of an input.
    public var timeTolerance = Nanoseconds.milliseconds(10_000)
    public var queueCapacity = LiveKeys.queueCapacity.standard
    /// Told when orders leave; nil where nobody measures.
    public var times: OrderTimes?

    /// What the configuration says, which has checked it.
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
