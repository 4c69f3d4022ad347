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

    public internal(set) var names = NameBook()
    public internal(set) var books = ProfitAndLoss()
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

    /// The one account of a journal at this stage; none before a configuration.
    public private(set) var account = AccountID.none
    /// Orders decided since they were last taken away: the journal keeps each intent once. Not part of
    /// the state; only a sequencer asks for it.
    public var sent: [SentIntent]?
    /// Whether each instrument's data are counted.
    var watchesData = false
    /// Whether the days of each instrument are kept.
    var watchesDays = false

    public init() {}

    /// Takes one input, which stands in the journal as `record.sequence`, and appends what follows from
    /// it to `batch`.
    ///
    /// - Throws: `EngineError`; the state is then no longer usable and the batch holds half a step.
    @inline(__always)
    public mutating func step(_ record: Record, into batch: inout Batch) throws(EngineError) {
        let context = StepContext(record)
        switch record.rawType {
        case EventType.bar.rawValue: try step(decode(record) as Bar, context, into: &batch)
        case EventType.quote.rawValue: try step(decode(record) as Quote, context, into: &batch)
        case EventType.trade.rawValue: try step(decode(record) as Trade, context, into: &batch)
        default:
            try begin(context)
            try stepRare(record, context, into: &batch)
            vigil.lookAgain()
            try watch(context, into: &batch)
            try finish(context, into: &batch)
        }
    }

    @inline(__always)
    private mutating func begin(_ context: StepContext) throws(EngineError) {
        guard context.time >= lastTime else { throw .backwards(context.time, after: lastTime) }
        lastTime = context.time
        inputs += 1
        if context.time >= vigil.boundary { approachBoundary() }
        books.advance(to: context.time)
    }

    /// Whether time or equity asks the safety layer for something.
    @inline(__always)
    private var mustWatch: Bool {
        vigil.isDue || books.equity.asksForLook(account, line: vigil.line, peak: vigil.peak)
    }

    @inline(__always)
    private mutating func finish(
        _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        guard inputs >= nextDigest else { return }
        nextDigest = inputs + (configuration?.digestEvery ?? .max / 2)
        try emit(StateDigested(digest: digest), context, account: AccountID.none, into: &batch)
    }

    /// The same for one that is at hand as a value.
    public mutating func step(
        _ bar: Bar, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        try begin(context)
        // First, as every fold of the journal meets the input before what follows from it.
        try mark(bar.instrument, bar.close, high: bar.high, low: bar.low, context, into: &batch)
        if !isRemote, venue.hasWorking(bar.instrument) {
            venue.begin(bar, at: context.time, sequence: context.sequence)
            try settle(context, into: &batch)
        }
        if !remote.targets.isEmpty {
            try reachTargets(bar.instrument, low: bar.low, high: bar.high, context, into: &batch)
        }
        if mustWatch { try watch(context, into: &batch) }
        for place in 0..<listenerCount(bar.instrument) {
            let slot = listeners[Int(bar.instrument.number)][place]
            guard let decision = slots[slot].strategy.bar(bar, view(slot, context)) else {
                continue
            }
            try decide(decision, slot, context, barInterval: bar.interval, into: &batch)
        }
        try finish(context, into: &batch)
    }

    /// The same for one that is at hand as a value.
    public mutating func step(
        _ quote: Quote, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        try begin(context)
        if let mid = quote.mid {
            try mark(quote.instrument, mid, high: mid, low: mid, context, into: &batch)
        }
        if !isRemote, venue.hasWorking(quote.instrument) {
            venue.begin(quote, at: context.time, sequence: context.sequence)
            try settle(context, into: &batch)
        }
        if !remote.targets.isEmpty {
            try reachTargets(quote, context, into: &batch)
        }
        if mustWatch { try watch(context, into: &batch) }
        var decided = false
        for place in 0..<listenerCount(quote.instrument) {
            let slot = listeners[Int(quote.instrument.number)][place]
            guard let decision = slots[slot].strategy.quote(quote, view(slot, context)) else {
                continue
            }
            try decide(decision, slot, context, into: &batch)
            decided = true
        }
        // The quote stands: an order that reaches the venue at once trades against it.
        if decided, !isRemote, venue.hasWorking(quote.instrument) {
            venue.begin(quote, at: context.time, sequence: context.sequence)
            try settle(context, into: &batch)
        }
        try finish(context, into: &batch)
    }

    /// The same for one that is at hand as a value.
    public mutating func step(
        _ trade: Trade, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        try begin(context)
        try mark(
            trade.instrument, trade.price, high: trade.price, low: trade.price, context,
            into: &batch)
        if !isRemote, venue.hasWorking(trade.instrument) {
            venue.begin(trade, at: context.time, sequence: context.sequence)
            try settle(context, into: &batch)
        }
        if !remote.targets.isEmpty {
            try reachTargets(
                trade.instrument, low: trade.price, high: trade.price, context, into: &batch)
        }
        if mustWatch { try watch(context, into: &batch) }
        for slot in listening(trade.instrument) {
            guard let decision = slots[slot].strategy.trade(trade, view(slot, context)) else {
                continue
            }
            try decide(decision, slot, context, into: &batch)
        }
        try finish(context, into: &batch)
    }

    private mutating func stepRare(
        _ record: Record, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        switch record.type {
        case .configurationLoaded:
            let loaded: ConfigurationLoaded = try decode(record)
            try configure(Settings(text: loaded.settings), context, into: &batch)
        case .instrumentDefined:
            try define(try decode(record) as InstrumentDefined, context)
        case .predictionRecorded:
            let prediction: PredictionRecorded = try decode(record)
            for slot in listening(prediction.instrument) {
                guard
                    let decision = slots[slot].strategy.prediction(prediction, view(slot, context))
                else { continue }
                try decide(decision, slot, context, into: &batch)
            }
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid:
            try fold { (engine) throws(FoldError) in try engine.books.apply(record) }
        case .operatorCommanded: try obey(try decode(record), context, into: &batch)
        case .dividendDeclared: try pay(try decode(record), context, into: &batch)
        case .splitApplied: try split(try decode(record), context)
        case .sessionClosed: try close(try decode(record), context, into: &batch)
        case .venueSnapshotBegan, .venuePositionReported, .venueOrderReported, .venueSnapshotEnded:
            try takeSnapshot(record, context, into: &batch)
        case .runStarted: try beginRun(context, into: &batch)
        case .runEnded:
            vigil.counters.succeedRun()
            // What works outside goes on working: stops protect while nobody runs.
            if !isRemote { try cancelAll(.runEnded, context, into: &batch) }
        // Says nothing: it is appended without a step when an engine could not go on. The next run
        // hears of it.
        case .runFailed: vigil.counters.failRun()
        case .faultReported: try take(try decode(record) as FaultReported, context, into: &batch)
        case .metricReported: try take(try decode(record) as MetricReported, context, into: &batch)
        case .flagFileObserved:
            try take(try decode(record) as FlagFileObserved, context, into: &batch)
        case .orderRequested: try take(try decode(record) as OrderRequested, context, into: &batch)
        case .orderCancelRequested:
            try take(try decode(record) as OrderCancelRequested, context, into: &batch)
        case .orderReplaceRequested:
            try take(try decode(record) as OrderReplaceRequested, context, into: &batch)
        case .venueStatusReported:
            try take(try decode(record) as VenueStatusReported, context, into: &batch)
        case .venueFillReported:
            try take(try decode(record) as VenueFillReported, context, into: &batch)
        case .venueFiltersLoaded: filters.take(try decode(record) as VenueFiltersLoaded)
        case .linkChanged: try take(try decode(record) as LinkChanged, context, into: &batch)
        case .clockTicked:
            if rules.data.isEnabled { try watchData(context, into: &batch) }
            if isRemote, gate.isFlattening, remote.mayFlatten(at: context.time) {
                try flattenAgain(context, into: &batch)
            }
        case let type? where type.role == .derived:
            // The folds of the journal would book it, and the engine would not know.
            throw .fold(.inconsistent("\(type.name) is derived, never an input", record.sequence))
        default: break
        }
    }

    // MARK: Settings and definitions

    private mutating func configure(
        _ new: Settings, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        if onlyRulesChange(to: new) {
            try adoptRules(new)
            return try applyGateSettings(isFirst: false, context, into: &batch)
        }
        // What the settings before ordered does not outlive them; positions do, and orders outside.
        if !isRemote { try cancelAll(.runEnded, context, into: &batch) }
        let isFirst = configuration == nil
        let working = venue.allOrders
        try adopt(new)
        for order in working { keep(order) }
        guard let configuration else { return }
        try emit(
            AccountDefined(
                kind: configuration.accountKind, name: configuration.accountName,
                currency: configuration.currency), context, into: &batch)
        names.define(
            Account(
                id: account, name: configuration.accountName, kind: configuration.accountKind,
                currency: configuration.currency))
        for index in 0..<new.count(of: "strategies") {
            let parameters = new.pairs.filter { $0.key.hasPrefix("strategies.\(index).") }
            let id = StrategyID(UInt16(index + 1))
            guard let slot = slots.first(where: { $0.id == id }) else { continue }
            let event = StrategyDefined(
                strategy: id, codeVersion: type(of: slot.strategy).codeVersion, name: slot.name,
                parameters: parameters.map { "\($0.key) = \($0.value)\n" }.joined())
            try emit(event, context, into: &batch)
            names.define(event)
        }
        try applyGateSettings(isFirst: isFirst, context, into: &batch)
        if isFirst { try awaitReconciliation(context, into: &batch) }
        try flattenAgain(context, into: &batch)
    }

    /// Takes up the settings without saying so: what a restored engine needs too.
    mutating func adopt(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let configuration = try EngineSettings(new)
            let adopted = try StrategySlot.all(new, account: configuration.accountName)
            self.configuration = configuration
            takeUpRules()
            account = AccountID(configuration.accountKind, index: 1)
            isRemote = configuration.isRemote
            nextDigest = inputs + configuration.digestEvery
            settings = new
            venue = SimulatedVenue(settings: configuration.venue, seed: configuration.seed)
            // One event time may hold decisions of the settings before and of these.
            let last = slots.map(\.lastDecision).max()
            let ordinal = slots.map(\.ordinal).max()
            slots = adopted
            for slot in slots.indices {
                slots[slot].lastDecision = last ?? slots[slot].lastDecision
                slots[slot].ordinal = ordinal ?? 0
            }
        } catch { throw .settings(error) }
        for instrument in names.instruments { introduce(instrument) }
        listen()
    }

    /// An order that outlives the settings which it was decided under.
    private mutating func keep(_ order: WorkingOrder) {
        venue.keep(order)
        guard let slot = slot(of: order.terms) else { return }
        if order.terms.parent == .none {
            slots[slot].workingOrders += 1
        } else {
            slots[slot].protecting += 1
        }
    }

    private mutating func define(
        _ event: InstrumentDefined, _ context: StepContext
    ) throws(EngineError) {
        guard Int(event.instrument.number) <= NameBook.highest else {
            throw .fold(
                .inconsistent("instrument \(event.instrument.number) cannot be", context.sequence))
        }
        names.define(event.definition)
        introduce(event.definition)
        listen()
    }

    /// Makes an instrument known to the venue and to the strategies that wait for its symbol; the
    /// first that bears it is theirs.
    private mutating func introduce(_ instrument: Instrument) {
        guard Int(instrument.id.number) <= NameBook.highest else { return }
        venue.define(instrument)
        // The account's calendar may be another one now.
        vigil.boundary = Timestamp(nanoseconds: .min)
        for slot in slots.indices
        where slots[slot].symbol == instrument.symbol && slots[slot].instrument == .none {
            slots[slot].instrument = instrument.id
            slots[slot].position = held(by: slot)
        }
    }

    func held(by slot: Int) -> Quantity {
        books.positions.position(account, slots[slot].id, slots[slot].instrument)?.quantity
            ?? .zero
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
    private func view(_ slot: Int, _ context: StepContext) -> StrategyView {
        // An exit that the venue refused counts as one that works until it may be decided again.
        let isRefused = remote.isRefused(
            slots[slot].id, slots[slot].instrument, at: context.time)
        return StrategyView(
            position: shown(slot),
            workingOrders: slots[slot].workingOrders + (isRefused ? 1 : 0), time: context.time)
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

/// An intent and the event that it became.
public struct SentIntent: Hashable, Sendable {
    public var intent: IntentID
    public var sequence: SequenceNumber
}

/// Which input a step takes, and when.
public struct StepContext: Sendable {
    public var sequence: SequenceNumber
    public var time: Timestamp
    /// What is derived was recorded when its cause was; nil where that is the event time.
    public var recordTime: Timestamp?

    @inline(__always)
    public init(sequence: SequenceNumber, time: Timestamp, recordTime: Timestamp? = nil) {
        self.sequence = sequence
        self.time = time
        self.recordTime = recordTime
    }

    @inline(__always)
    init(_ record: Record) {
        sequence = record.sequence
        time = record.time
        recordTime = record.hasRecordTime ? record.recordTime : nil
    }
}
