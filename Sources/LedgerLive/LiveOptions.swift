import LedgerDomain
import LedgerConfiguration

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
    public var acknowledgement = Nanoseconds.milliseconds(2000)
    /// An entry that never reached the venue is not sent any more when it is older than this.
    public var entryAge = Nanoseconds.milliseconds(60_000)
    /// Open orders are asked for this often, whatever the stream said: a stream may lose a fill.
    public var poll = Nanoseconds.milliseconds(30_000)
    /// Ledger and venue are compared this often; 0 at the start and after gaps alone.
    public var reconciliation = Nanoseconds.milliseconds(0)
    /// Clock ticks in the journal, and the flag file looked at.
    public var tick = Nanoseconds.milliseconds(500)
    /// A run that nothing wakes looks after this long whether it should stop.
    public var idle = Nanoseconds.milliseconds(100)
    /// A venue's time this far from ours is not taken for the time of an input.
    public var timeTolerance = Nanoseconds.milliseconds(10_000)
    public var queueCapacity = 65_536
    /// Told when orders leave; nil where nobody measures.
    public var times: OrderTimes?

    /// What the configuration says, which has checked it.
    public init(
        _ configuration: Configuration, journalName: String, mode: String, symbols: [String],
        sendsOrders: Bool
    ) {
        self.init(
            journalName: journalName, mode: mode, runName: configuration["run.name"],
            symbols: symbols, sendsOrders: sendsOrders)
        func span(_ key: String, milliseconds scale: Int64) -> Nanoseconds {
            .milliseconds((Int64(configuration[key]) ?? 0) * scale)
        }
        acknowledgement = span("live.acknowledgement_ms", milliseconds: 1)
        entryAge = span("live.max_entry_age_s", milliseconds: 1000)
        poll = span("live.poll_s", milliseconds: 1000)
        reconciliation = span("live.reconcile_s", milliseconds: 1000)
        tick = span("live.tick_ms", milliseconds: 1)
        queueCapacity = Int(configuration["live.queue_capacity"]) ?? queueCapacity
    }

    public init(
        journalName: String, mode: String, runName: String, symbols: [String], sendsOrders: Bool
    ) {
        (self.journalName, self.mode, self.runName) = (journalName, mode, runName)
        (self.symbols, self.sendsOrders) = (symbols, sendsOrders)
    }
}
