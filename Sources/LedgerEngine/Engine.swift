import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The pure core of the ledger: a state, and one step that derives events from an input.
///
/// `step` depends on the state and the input alone: the same inputs give the same events, byte for byte, in
/// any process. State changes only by the input and the events derived from it, through the folds that every
/// reader of the journal uses.
///
/// The engine books what an input says once, and then lets each account that it concerns take the input, in
/// the order of the settings. `Accounts` is what they share: it lies in the account whose turn it is, so that
/// a journal with one account never moves it.
public struct Engine: Sendable {
    /// Names the engine's checkpoints; the version rises with every change of its state's bytes.
    public static let name = "engine"
    public static let version: UInt32 = 7
    /// Bytes from which a state is digested and saved less often.
    public static let largeState = 1 << 20

    /// The accounts in the order of the settings. Only the one whose turn it is has what all share.
    var parts: [AccountEngine]
    public internal(set) var settings = Settings([])
    /// The place of the account that has what all share.
    var turn = 0
    var routes = AccountRoutes()
    /// One for each kind of account where the settings have thresholds over all of them.
    var deskStops: [DeskStop] = []
    let catalog: StrategyCatalog

    public init(strategies catalog: StrategyCatalog = .shipped) {
        self.catalog = catalog
        parts = [AccountEngine(at: 0, strategies: catalog)]
    }

    // MARK: Prices

    /// Takes one input, which is `record.sequence` in the journal, and appends what it derives to `step`.
    /// The record may lie in the step's batch.
    ///
    /// - Throws: `EngineError`; the state is then no longer usable and `step` holds an incomplete one.
    @inline(__always)
    public mutating func step(
        _ record: Record, in step: inout Step
    ) throws(EngineError) {
        step.begin(record)
        switch record.rawType {
        case EventType.bar.rawValue: try self.step(decode(record) as Bar, in: &step)
        case EventType.quote.rawValue: try self.step(decode(record) as Quote, in: &step)
        case EventType.trade.rawValue: try self.step(decode(record) as Trade, in: &step)
        default: try stepRare(record, &step)
        }
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    @inline(__always)
    public mutating func step(_ bar: Bar, in step: inout Step) throws(EngineError) {
        // First, as every fold of the journal meets the input before what follows from it.
        if parts.count == 1 {
            try begin(0, &step)
            let outcome = try mark(bar.instrument, bar.close, &step)
            if step.time >= parts[0].accounts.nextPayment { try payClaims(&step) }
            try parts[0].step(bar, outcome, in: &step)
        } else {
            try each(bar.instrument, bar.close, &step) {
                (account, outcome, step) throws(EngineError) in
                if let outcome { try account.step(bar, outcome, in: &step) }
            }
        }
        try finish(&step)
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    @inline(__always)
    public mutating func step(_ quote: Quote, in step: inout Step) throws(EngineError) {
        if parts.count == 1 {
            try begin(0, &step)
            var outcome: MarkOutcome?
            if let mid = quote.mid { outcome = try mark(quote.instrument, mid, &step) }
            if step.time >= parts[0].accounts.nextPayment { try payClaims(&step) }
            try parts[0].step(quote, outcome, in: &step)
        } else {
            try each(quote.instrument, quote.mid, &step) {
                (account, outcome, step) throws(EngineError) in
                try account.step(quote, outcome, in: &step)
            }
        }
        try finish(&step)
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    @inline(__always)
    public mutating func step(_ trade: Trade, in step: inout Step) throws(EngineError) {
        if parts.count == 1 {
            try begin(0, &step)
            let outcome = try mark(trade.instrument, trade.price, &step)
            if step.time >= parts[0].accounts.nextPayment { try payClaims(&step) }
            try parts[0].step(trade, outcome, in: &step)
        } else {
            try each(trade.instrument, trade.price, &step) {
                (account, outcome, step) throws(EngineError) in
                if let outcome { try account.step(trade, outcome, in: &step) }
            }
        }
        try finish(&step)
    }

    /// Begins an input that one account takes; it has its turn.
    @inline(__always)
    private mutating func begin(_ place: Int, _ step: inout Step) throws(EngineError) {
        try parts[place].accounts.begin(step)
        parts[place].begin(&step)
        parts[place].accounts.advance(to: step.time)
    }

    /// Marks an instrument, and says so when the price waits for the next one.
    @inline(__always)
    private mutating func mark(
        _ instrument: InstrumentID, _ price: Price, _ step: inout Step
    ) throws(EngineError) -> MarkOutcome {
        let outcome = try parts[turn].accounts.mark(instrument, price, step)
        if outcome == .held {
            try step.emit(
                MarkHeld(
                    instrument: instrument, price: price, mark: profit.equity.mark(instrument)),
                account: AccountID.none)
        }
        return outcome
    }

    /// Marks an instrument and lets each account that trades or holds it take the price.
    ///
    /// - Parameter price: nil for a quote without a mid.
    @inline(never)
    private mutating func each(
        _ instrument: InstrumentID, _ price: Price?, _ step: inout Step,
        _ body: (inout AccountEngine, MarkOutcome?, inout Step) throws(EngineError) -> Void
    ) throws(EngineError) {
        let concerned = routes[instrument]
        try beginEach(concerned, &step)
        var outcome: MarkOutcome?
        if let price { outcome = try mark(instrument, price, &step) }
        if step.time >= parts[turn].accounts.nextPayment { try payClaims(&step) }
        for place in concerned {
            give(to: place, &step)
            try body(&parts[place], outcome, &step)
        }
        learnRoutes()
        if !deskStops.isEmpty { try watchDesk(&step) }
    }

    /// Begins an input that any number of accounts take. Each sees the books as they were before it.
    mutating func beginEach(_ places: [Int], _ step: inout Step) throws(EngineError) {
        try parts[turn].accounts.begin(step)
        for place in places {
            give(to: place, &step)
            parts[place].begin(&step)
        }
        parts[turn].accounts.advance(to: step.time)
    }

    // MARK: Turns

    /// Moves what the accounts share to the one whose turn it is.
    mutating func give(to place: Int) {
        guard place != turn else { return }
        var shared = Accounts()
        swap(&shared, &parts[turn].accounts)
        swap(&shared, &parts[place].accounts)
        turn = place
        parts[place].accounts.open(parts[place].id)
    }

    /// The same, and derives that account's events from here on.
    mutating func give(to place: Int, _ step: inout Step) {
        give(to: place)
        step.account = parts[place].account
    }

    /// What follows when all accounts took an input.
    @inline(__always)
    mutating func finish(_ step: inout Step) throws(EngineError) {
        guard parts[turn].accounts.inputs >= parts[turn].accounts.nextDigest else { return }
        try digestState(&step)
    }

    /// From rules 5 on, a large state is digested less often, so that digests cost an input the same however
    /// many instruments there are.
    @inline(never)
    private mutating func digestState(_ step: inout Step) throws(EngineError) {
        let every = parts[turn].configuration?.digestEvery ?? .max / 2
        parts[turn].accounts.nextDigest = inputs + every
        let (digest, bytes) = digestAndSize
        if rulesVersion.spreadDigests, bytes > Self.largeState {
            parts[turn].accounts.nextDigest = inputs + max(every, UInt64(bytes) / 8)
        }
        try step.emit(StateDigested(digest: digest), account: AccountID.none)
    }

    func decode<E: Event>(_ record: Record) throws(EngineError) -> E {
        do { return try E(record) } catch { throw .record(error) }
    }
}
