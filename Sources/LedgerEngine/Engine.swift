import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The pure core of the ledger: a state, and one step that derives events from an input.
///
/// `step` depends on the state and the input alone: the same inputs give the same events, byte for byte, in
/// any process. State changes only by the input and the events derived from it, through the folds that every
/// reader of the journal uses.
///
/// Three parts own the state. `Accounts` knows what is held and what it is worth, `Safeguards` decides
/// whether risk may be taken, `OrderDesk` keeps strategies and orders. The engine routes each input and
/// carries out what concerns more than one of them.
public struct Engine: Sendable {
    /// Names the engine's checkpoints; the version rises with every change of its state's bytes.
    public static let name = "engine"
    public static let version: UInt32 = 7

    var accounts = Accounts()
    var safeguards = Safeguards()
    var desk = OrderDesk()
    public internal(set) var snapshots = VenueSnapshotCollector()
    public internal(set) var holdings = ForeignHoldings()
    var unread = UnreadItems()
    public internal(set) var activities = AccountActivities()
    public internal(set) var history = RecalledHistory()
    public internal(set) var settings = Settings([])
    public internal(set) var inputs: UInt64 = 0
    public internal(set) var lastTime = Timestamp(nanoseconds: .min)

    var configuration: EngineSettings?
    /// The number of inputs at which the state is digested next.
    var nextDigest = UInt64.max
    /// The strategies that settings may name.
    let catalog: StrategyCatalog

    public init(strategies catalog: StrategyCatalog = .shipped) { self.catalog = catalog }

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
        case EventType.barRecalled.rawValue:
            try begin(&step)
            try recall(decode(record) as BarRecalled, step)
            // What is due is looked at when the history is whole.
            try finish(&step)
        default:
            try begin(&step)
            try stepRare(record, &step)
            safeguards.monitors.equity.lookAgain()
            try watch(&step)
            try finish(&step)
        }
    }

    @inline(__always)
    private mutating func begin(_ step: inout Step) throws(EngineError) {
        guard step.time >= lastTime else { throw .backwards(step.time, after: lastTime) }
        lastTime = step.time
        step.account = accounts.account
        inputs += 1
        if step.time >= safeguards.monitors.days.boundary { approachBoundary() }
        accounts.advance(to: step.time)
    }

    /// Whether time or equity asks the safety layer for something.
    @inline(__always)
    private var mustWatch: Bool {
        safeguards.monitors.days.hasCrossed
            || accounts.profit.equity.asksForLook(
                accounts.account, line: safeguards.monitors.equity.line,
                peak: safeguards.monitors.equity.peak)
    }

    @inline(__always)
    private mutating func finish(
        _ step: inout Step
    ) throws(EngineError) {
        guard inputs >= nextDigest else { return }
        nextDigest = inputs + (configuration?.digestEvery ?? .max / 2)
        try step.emit(StateDigested(digest: digest), account: AccountID.none)
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    public mutating func step(
        _ bar: Bar, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        // First, as every fold of the journal meets the input before what follows from it.
        try mark(bar.instrument, bar.close, high: bar.high, low: bar.low, &step)
        if !desk.isRemote, desk.venue.hasWorking(bar.instrument) {
            desk.venue.begin(bar, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(bar.instrument, low: bar.low, high: bar.high, &step)
        }
        if mustWatch { try watch(&step) }
        for place in 0..<desk.listenerCount(bar.instrument) {
            let slot = desk.listener(bar.instrument, at: place)
            desk.slots[slot].decide(bar, view(slot, at: step.time), &step.decisions)
            if !step.decisions.isEmpty { try decide(slot, barInterval: bar.interval, &step) }
        }
        try finish(&step)
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    public mutating func step(
        _ quote: Quote, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        if let mid = quote.mid {
            try mark(quote.instrument, mid, high: mid, low: mid, &step)
        }
        if !desk.isRemote, desk.venue.hasWorking(quote.instrument) {
            desk.venue.begin(quote, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(quote, &step)
        }
        if mustWatch { try watch(&step) }
        var decided = false
        for place in 0..<desk.listenerCount(quote.instrument) {
            let slot = desk.listener(quote.instrument, at: place)
            desk.slots[slot].decide(quote, view(slot, at: step.time), &step.decisions)
            guard !step.decisions.isEmpty else { continue }
            try decide(slot, &step)
            decided = true
        }
        // The quote stands: an order that reaches the venue at once trades against it.
        if decided, !desk.isRemote, desk.venue.hasWorking(quote.instrument) {
            desk.venue.begin(quote, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        try finish(&step)
    }

    /// The same for an input that was appended to `step` and is at hand as a value.
    public mutating func step(
        _ trade: Trade, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        try mark(
            trade.instrument, trade.price, high: trade.price, low: trade.price, &step)
        if !desk.isRemote, desk.venue.hasWorking(trade.instrument) {
            desk.venue.begin(trade, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(
                trade.instrument, low: trade.price, high: trade.price, &step)
        }
        if mustWatch { try watch(&step) }
        for slot in desk.listening(trade.instrument) {
            desk.slots[slot].decide(trade, view(slot, at: step.time), &step.decisions)
            try decide(slot, &step)
        }
        try finish(&step)
    }

    private mutating func stepRare(_ record: Record, _ step: inout Step) throws(EngineError) {
        // One of a later program says nothing to this one.
        guard let type = record.type else { return }
        guard type.role != .derived else {
            // The folds of the journal would book it, and the engine would not know.
            throw .fold(.inconsistent("\(type.name) is derived, never an input", record.sequence))
        }
        switch type {
        case .configurationLoaded:
            let loaded: ConfigurationLoaded = try decode(record)
            try configure(Settings(text: loaded.settings), &step)
        case .rulesDeclared: try follow(try decode(record), step)
        case .instrumentDefined: try define(try decode(record) as InstrumentDefined, step)
        case .predictionRecorded:
            let prediction: PredictionRecorded = try decode(record)
            for slot in desk.listening(prediction.instrument) {
                desk.slots[slot].decide(
                    prediction, view(slot, at: step.time), &step.decisions)
                try decide(slot, &step)
            }
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid:
            try accounts.apply(record)
        case .operatorCommanded: try obey(try decode(record), &step)
        case .dividendDeclared: try pay(try decode(record), &step)
        case .splitApplied: try split(try decode(record), &step)
        case .sessionClosed: try close(try decode(record), &step)
        case .venueSnapshotBegan, .venuePositionReported, .venueOrderReported, .venueSnapshotEnded,
            .venueHoldingReported, .venueItemUnread:
            try takeSnapshot(record, &step)
        case .runStarted: try beginRun(&step)
        case .runEnded: try endRun(&step)
        // Derives nothing. It is journaled when a step failed, and the next run counts it.
        case .runFailed: safeguards.monitors.counters.failRun()
        case .faultReported: try handle(try decode(record) as FaultReported, &step)
        case .metricReported: try handle(try decode(record) as MetricReported, &step)
        case .flagFileObserved: try handle(try decode(record) as FlagFileObserved, &step)
        case .orderRequested, .orderCancelRequested, .orderReplaceRequested:
            try takeRequest(record, &step)
        case .venueStatusReported:
            try handle(try decode(record) as VenueStatusReported, &step)
        case .venueFillReported:
            try handle(try decode(record) as VenueFillReported, &step)
        case .venueFillCorrected:
            try handle(try decode(record) as VenueFillCorrected, in: record.correlation, &step)
        case .venueDeferralReported:
            try handle(try decode(record) as VenueDeferralReported, &step)
        case .venueActivityReported:
            try handle(try decode(record) as VenueActivityReported, &step)
        case .venueActivitiesAnchored: activities.anchor(at: step.time)
        case .warmupEnded: endWarmup()
        case .venueFiltersLoaded: desk.load(try decode(record) as VenueFiltersLoaded)
        case .linkChanged: try handle(try decode(record) as LinkChanged, &step)
        case .clockTicked: try tick(&step)
        case .bar, .quote, .trade, .barRecalled, .journalOpened, .sessionOpened: break
        default: throw .fold(.inconsistent("no part takes \(type.name)", record.sequence))
        }
    }

    /// What is due by the clock alone.
    private mutating func tick(_ step: inout Step) throws(EngineError) {
        if safeguards.rules.data.isEnabled { try watchData(&step) }
        guard desk.isRemote else { return }
        if safeguards.gate.isFlattening, desk.remote.mayFlatten(at: step.time) {
            try flattenAgain(&step)
        }
        try retry(&step)
        try tellLateCancels(&step)
    }

    // MARK: Settings and definitions

    private mutating func configure(
        _ new: Settings, _ step: inout Step
    ) throws(EngineError) {
        if onlyRulesChange(to: new) {
            try adoptRules(new)
            return try applyGateSettings(isFirst: false, &step)
        }
        try endRepeats(&step)
        // Orders under the former settings end with them. Positions and orders outside stay.
        if !desk.isRemote { try cancelAll(.runEnded, &step) }
        let isFirst = configuration == nil
        let working = desk.venue.allOrders
        try adopt(new)
        history.forgetStrategies()
        step.account = account
        for order in working { desk.keep(order) }
        guard let configuration else { return }
        try step.emit(
            AccountDefined(
                kind: configuration.accountKind, name: configuration.accountName,
                currency: configuration.currency))
        accounts.define(
            Account(
                id: account, name: configuration.accountName, kind: configuration.accountKind,
                currency: configuration.currency))
        for entry in new.entries(.strategies) { try defineStrategy(entry, &step) }
        try applyGateSettings(isFirst: isFirst, &step)
        if isFirst { try awaitReconciliation(&step) }
        try flattenAgain(&step)
    }

    private mutating func defineStrategy(
        _ entry: SettingsEntry, _ step: inout Step
    ) throws(EngineError) {
        let parameters = settings.pairs.filter { $0.key.hasPrefix("\(entry.name).") }
        let id = StrategyID(UInt16(entry.index + 1))
        guard let slot = desk.slots.first(where: { $0.id == id }) else { return }
        let event = StrategyDefined(
            strategy: id, codeVersion: slot.codeVersion, name: slot.name,
            parameters: parameters.map { "\($0.key) = \($0.value)\n" }.joined())
        try step.emit(event)
        accounts.define(event)
    }

    /// Steps under other rules from here on.
    private mutating func follow(
        _ declared: RulesDeclared, _ step: borrowing Step
    ) throws(EngineError) {
        try accounts.follow(declared, step)
        desk.follow(rulesVersion)
    }

    /// Takes up the settings without saying so: what a restored engine needs too.
    mutating func adopt(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let configuration = try EngineSettings(new)
            let adopted = try StrategySlot.all(
                new, account: configuration.accountName, from: catalog)
            self.configuration = configuration
            safeguards.adopt(configuration.safety)
            accounts.open(AccountID(configuration.accountKind, index: 1))
            nextDigest = inputs + configuration.digestEvery
            settings = new
            desk.adopt(configuration, adopted)
            desk.follow(rulesVersion)
        } catch { throw .settings(error) }
        for instrument in names.instruments { introduce(instrument) }
        desk.listen()
    }

    private mutating func define(
        _ event: InstrumentDefined, _ step: borrowing Step
    ) throws(EngineError) {
        guard Int(event.instrument.number) <= NameBook.highest else {
            throw .fold(
                .inconsistent("instrument \(event.instrument.number) cannot be", step.sequence))
        }
        accounts.define(event.definition)
        introduce(event.definition)
        desk.listen()
    }

    private mutating func introduce(_ instrument: Instrument) {
        guard Int(instrument.id.number) <= NameBook.highest else { return }
        desk.introduce(instrument, accounts)
        // The account's calendar may be another one now.
        safeguards.monitors.days.expireAtOnce()
    }

    func held(by slot: Int) -> Quantity {
        accounts.held(by: desk.slots[slot].id, in: desk.slots[slot].instrument)
    }

    @inline(__always)
    mutating func view(_ slot: Int, at time: Timestamp) -> StrategyView {
        // An order that the venue refused counts as one that works until it may be decided again.
        let (id, instrument) = (desk.slots[slot].id, desk.slots[slot].instrument)
        let isRefused =
            desk.remote.isRefused(id, instrument, at: time)
            || desk.slots[slot].position.raw == 0
                && desk.deferred.pausesEntries(id, instrument, at: time)
        return StrategyView(
            position: shown(slot),
            workingOrders: desk.slots[slot].workingOrders + (isRefused ? 1 : 0), time: time,
            account: desk.slots[slot].seesAccount ? account(of: desk.slots[slot].id) : nil)
    }

    /// Mutating and not inlined, so that nothing is copied for strategies that see no account.
    @inline(never)
    private mutating func account(of strategy: StrategyID) -> AccountView {
        AccountView(accounts, of: strategy, desk.register)
    }

    func decode<E: Event>(_ record: Record) throws(EngineError) -> E {
        do { return try E(record) } catch { throw .record(error) }
    }
}
