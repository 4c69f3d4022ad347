import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The ledger's pure heart: a state, and one step that turns an input into the events derived from it.
///
/// `step` depends on nothing but the state and the input: the same inputs give the same events, byte
/// for byte, in any process. State changes only by the events that it emits and the input itself, each
/// booked by the folds that every reader of the journal uses.
public struct Engine: Sendable {
    /// Names the engine's checkpoints; the version rises with every change of its state's bytes.
    public static let name = "engine"
    public static let version: UInt32 = 6

    var accounts = Accounts()
    public internal(set) var orders = OrderRegister()
    public internal(set) var gate = TradingGate()
    public internal(set) var stop = DrawdownStop()
    public internal(set) var snapshots = SnapshotCollector()
    var history = MarketHistory()
    public internal(set) var settings = Settings([])
    public internal(set) var inputs: UInt64 = 0
    public internal(set) var lastTime = Timestamp(nanoseconds: .min)

    var configuration: EngineSettings?
    public internal(set) var rules = SafetyRules()
    var vigil = Vigil()
    var venue = SimulatedVenue(settings: VenueSettings(), seed: 0)
    /// Whether orders go to a venue outside; `venue` then only keeps those that work there.
    public internal(set) var isRemote = false
    var remote = RemoteOrders()
    /// The venue's rules for orders, by instrument.
    public internal(set) var filters = VenueFilterBook()
    var slots: [StrategySlot] = []
    /// The number of inputs at which the state is digested next.
    var nextDigest = UInt64.max
    /// By instrument number: which slots listen.
    private var listeners: [[Int]] = []

    /// Whether each instrument's data are counted.
    var watchesData = false
    /// Whether the days of each instrument are kept.
    var watchesDays = false

    /// The strategies that settings may name.
    let catalog: StrategyCatalog

    public init(strategies catalog: StrategyCatalog = .shipped) { self.catalog = catalog }

    /// Takes one input, which stands in the journal as `record.sequence`, and appends what follows from
    /// it to `batch`.
    ///
    /// - Throws: `EngineError`; the state is then no longer usable and the batch holds half a step.
    @inline(__always)
    public mutating func step(
        _ record: Record, in step: inout Step
    ) throws(EngineError) {
        step.begin(record)
        switch record.rawType {
        case EventType.bar.rawValue: try self.step(decode(record) as Bar, in: &step)
        case EventType.quote.rawValue: try self.step(decode(record) as Quote, in: &step)
        case EventType.trade.rawValue: try self.step(decode(record) as Trade, in: &step)
        default:
            try begin(&step)
            try stepRare(record, &step)
            vigil.equity.lookAgain()
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
        if step.time >= vigil.days.boundary { approachBoundary() }
        accounts.advance(to: step.time)
    }

    /// Whether time or equity asks the safety layer for something.
    @inline(__always)
    private var mustWatch: Bool {
        vigil.days.hasCrossed
            || accounts.books.equity.asksForLook(
                accounts.account, line: vigil.equity.line, peak: vigil.equity.peak)
    }

    @inline(__always)
    private mutating func finish(
        _ step: inout Step
    ) throws(EngineError) {
        guard inputs >= nextDigest else { return }
        nextDigest = inputs + (configuration?.digestEvery ?? .max / 2)
        try step.emit(StateDigested(digest: digest), account: AccountID.none)
    }

    /// The same for one that is at hand as a value and was appended to `step`.
    public mutating func step(
        _ bar: Bar, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        // First, as every fold of the journal meets the input before what follows from it.
        try mark(bar.instrument, bar.close, high: bar.high, low: bar.low, &step)
        if !isRemote, venue.hasWorking(bar.instrument) {
            venue.begin(bar, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if !remote.targets.isEmpty {
            try reachTargets(bar.instrument, low: bar.low, high: bar.high, &step)
        }
        if mustWatch { try watch(&step) }
        for place in 0..<listenerCount(bar.instrument) {
            let slot = listeners[Int(bar.instrument.number)][place]
            slots[slot].take(bar, view(slot, at: step.time), &step.decisions)
            if !step.decisions.isEmpty { try decide(slot, barInterval: bar.interval, &step) }
        }
        try finish(&step)
    }

    /// The same for one that is at hand as a value and was appended to `step`.
    public mutating func step(
        _ quote: Quote, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        if let mid = quote.mid {
            try mark(quote.instrument, mid, high: mid, low: mid, &step)
        }
        if !isRemote, venue.hasWorking(quote.instrument) {
            venue.begin(quote, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if !remote.targets.isEmpty {
            try reachTargets(quote, &step)
        }
        if mustWatch { try watch(&step) }
        var decided = false
        for place in 0..<listenerCount(quote.instrument) {
            let slot = listeners[Int(quote.instrument.number)][place]
            slots[slot].take(quote, view(slot, at: step.time), &step.decisions)
            guard !step.decisions.isEmpty else { continue }
            try decide(slot, &step)
            decided = true
        }
        // The quote stands: an order that reaches the venue at once trades against it.
        if decided, !isRemote, venue.hasWorking(quote.instrument) {
            venue.begin(quote, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        try finish(&step)
    }

    /// The same for one that is at hand as a value and was appended to `step`.
    public mutating func step(
        _ trade: Trade, in step: inout Step
    ) throws(EngineError) {
        try begin(&step)
        try mark(
            trade.instrument, trade.price, high: trade.price, low: trade.price, &step)
        if !isRemote, venue.hasWorking(trade.instrument) {
            venue.begin(trade, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if !remote.targets.isEmpty {
            try reachTargets(
                trade.instrument, low: trade.price, high: trade.price, &step)
        }
        if mustWatch { try watch(&step) }
        for slot in listening(trade.instrument) {
            slots[slot].take(trade, view(slot, at: step.time), &step.decisions)
            try decide(slot, &step)
        }
        try finish(&step)
    }

    private mutating func stepRare(
        _ record: Record, _ step: inout Step
    ) throws(EngineError) {
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
        case .instrumentDefined:
            try define(try decode(record) as InstrumentDefined, step)
        case .predictionRecorded:
            let prediction: PredictionRecorded = try decode(record)
            for slot in listening(prediction.instrument) {
                slots[slot].take(
                    prediction, view(slot, at: step.time), &step.decisions)
                try decide(slot, &step)
            }
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid:
            try accounts.apply(record)
        case .operatorCommanded: try obey(try decode(record), &step)
        case .dividendDeclared: try pay(try decode(record), &step)
        case .splitApplied: try split(try decode(record), step)
        case .sessionClosed: try close(try decode(record), &step)
        case .venueSnapshotBegan, .venuePositionReported, .venueOrderReported, .venueSnapshotEnded:
            try takeSnapshot(record, &step)
        case .runStarted: try beginRun(&step)
        case .runEnded:
            vigil.counters.succeedRun()
            // What works outside goes on working: stops protect while nobody runs.
            if !isRemote { try cancelAll(.runEnded, &step) }
        // Says nothing: it is appended without a step when an engine could not go on. The next run
        // hears of it.
        case .runFailed: vigil.counters.failRun()
        case .faultReported: try take(try decode(record) as FaultReported, &step)
        case .metricReported: try take(try decode(record) as MetricReported, &step)
        case .flagFileObserved:
            try take(try decode(record) as FlagFileObserved, &step)
        case .orderRequested: try take(try decode(record) as OrderRequested, &step)
        case .orderCancelRequested:
            try take(try decode(record) as OrderCancelRequested, &step)
        case .orderReplaceRequested:
            try take(try decode(record) as OrderReplaceRequested, &step)
        case .venueStatusReported:
            try take(try decode(record) as VenueStatusReported, &step)
        case .venueFillReported:
            try take(try decode(record) as VenueFillReported, &step)
        case .venueFiltersLoaded: filters.take(try decode(record) as VenueFiltersLoaded)
        case .linkChanged: try take(try decode(record) as LinkChanged, &step)
        case .clockTicked:
            if rules.data.isEnabled { try watchData(&step) }
            if isRemote, gate.isFlattening, remote.mayFlatten(at: step.time) {
                try flattenAgain(&step)
            }
        case .bar, .quote, .trade, .journalOpened, .sessionOpened: break
        default: throw .fold(.inconsistent("no part takes \(type.name)", record.sequence))
        }
    }

    // MARK: Settings and definitions

    private mutating func configure(
        _ new: Settings, _ step: inout Step
    ) throws(EngineError) {
        if onlyRulesChange(to: new) {
            try adoptRules(new)
            return try applyGateSettings(isFirst: false, &step)
        }
        // What the settings before ordered does not outlive them; positions do, and orders outside.
        if !isRemote { try cancelAll(.runEnded, &step) }
        let isFirst = configuration == nil
        let working = venue.allOrders
        try adopt(new)
        step.account = account
        for order in working { keep(order) }
        guard let configuration else { return }
        try step.emit(
            AccountDefined(
                kind: configuration.accountKind, name: configuration.accountName,
                currency: configuration.currency))
        accounts.define(
            Account(
                id: account, name: configuration.accountName, kind: configuration.accountKind,
                currency: configuration.currency))
        for entry in new.entries(.strategies) {
            let parameters = new.pairs.filter { $0.key.hasPrefix("\(entry.name).") }
            let id = StrategyID(UInt16(entry.index + 1))
            guard let slot = slots.first(where: { $0.id == id }) else { continue }
            let event = StrategyDefined(
                strategy: id, codeVersion: slot.codeVersion, name: slot.name,
                parameters: parameters.map { "\($0.key) = \($0.value)\n" }.joined())
            try step.emit(event)
            accounts.define(event)
        }
        try applyGateSettings(isFirst: isFirst, &step)
        if isFirst { try awaitReconciliation(&step) }
        try flattenAgain(&step)
    }

    /// Takes up the settings without saying so: what a restored engine needs too.
    mutating func adopt(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let configuration = try EngineSettings(new)
            let adopted = try StrategySlot.all(
                new, account: configuration.accountName, from: catalog)
            self.configuration = configuration
            takeUpRules()
            accounts.open(AccountID(configuration.accountKind, index: 1))
            isRemote = configuration.isRemote
            nextDigest = inputs + configuration.digestEvery
            settings = new
            venue = SimulatedVenue(settings: configuration.venue, seed: configuration.seed)
            let former = slots
            slots = adopted
            for slot in slots.indices { slots[slot].follow(former) }
        } catch { throw .settings(error) }
        for instrument in names.instruments { introduce(instrument) }
        listen()
    }

    /// An order that outlives the settings which it was decided under.
    private mutating func keep(_ order: WorkingOrder) {
        venue.keep(order)
        guard let slot = slot(of: order.terms) else { return }
        slots[slot].open(order.terms)
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
        listen()
    }

    /// Makes an instrument known to the venue and to the strategies that wait for its symbol; the
    /// first that bears it is theirs.
    private mutating func introduce(_ instrument: Instrument) {
        guard Int(instrument.id.number) <= NameBook.highest else { return }
        venue.define(instrument)
        // The account's calendar may be another one now.
        vigil.days.expireAtOnce()
        for slot in slots.indices
        where slots[slot].symbol == instrument.symbol && slots[slot].instrument == .none {
            slots[slot].trade(
                instrument.id,
                holding: accounts.held(by: slots[slot].id, in: instrument.id))
        }
    }

    func held(by slot: Int) -> Quantity {
        accounts.held(by: slots[slot].id, in: slots[slot].instrument)
    }

    mutating func listen() {
        listeners = []
        for slot in slots.indices where slots[slot].instrument != .none {
            let number = Int(slots[slot].instrument.number)
            while listeners.count <= number { listeners.append([]) }
            listeners[number].append(slot)
        }
    }

    @inline(__always)
    func listening(_ instrument: InstrumentID) -> [Int] {
        Int(instrument.number) < listeners.count ? listeners[Int(instrument.number)] : []
    }

    @inline(__always)
    private func listenerCount(_ instrument: InstrumentID) -> Int {
        Int(instrument.number) < listeners.count ? listeners[Int(instrument.number)].count : 0
    }

    @inline(__always)
    mutating func view(_ slot: Int, at time: Timestamp) -> StrategyView {
        // An exit that the venue refused counts as one that works until it may be decided again.
        let isRefused = remote.isRefused(
            slots[slot].id, slots[slot].instrument, at: time)
        return StrategyView(
            position: shown(slot),
            workingOrders: slots[slot].workingOrders + (isRefused ? 1 : 0), time: time,
            account: slots[slot].seesAccount ? account(of: slots[slot].id) : nil)
    }

    /// Mutating and not inlined, so that nothing is copied for strategies that see no account.
    @inline(never)
    private mutating func account(of strategy: StrategyID) -> AccountView {
        AccountView(accounts, of: strategy, orders)
    }

    mutating func fold(
        _ body: (inout Engine) throws(FoldError) -> Void
    ) throws(EngineError) {
        do { try body(&self) } catch { throw .fold(error) }
    }

    func decode<E: Event>(_ record: Record) throws(EngineError) -> E {
        do { return try E(record) } catch { throw .record(error) }
    }
}
