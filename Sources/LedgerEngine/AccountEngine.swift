import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The engine's part that trades one account: its orders, its strategies and its safety state.
///
/// Two parts own the state: `Safeguards` decides whether risk may be taken, and `OrderDesk` keeps strategies
/// and orders. `Accounts` is what all accounts of a journal share. `Engine` hands it to the account whose turn
/// it is, before it calls anything here.
public struct AccountEngine: Sendable {
    /// The place in the list of accounts, from 0.
    let place: Int
    var accounts = Accounts()
    var safeguards = Safeguards()
    var desk = OrderDesk()
    public internal(set) var snapshots = VenueSnapshotCollector()
    public internal(set) var holdings = ForeignHoldings()
    var unread = UnreadItems()
    public internal(set) var activities = AccountActivities()
    public internal(set) var history = RecalledHistory()
    /// The venue's name in `venues`; empty where the settings have no such list.
    var venueName = ""
    /// The settings as they hold for this account.
    public internal(set) var settings = Settings([])

    var configuration: EngineSettings?
    /// Whether the settings say what the account may borrow.
    var hasMargin = false
    /// Of the day that may end with the input at hand; no part of the state.
    var financingBase = FinancingBase()
    /// The strategies that settings may name.
    let catalog: StrategyCatalog

    init(at place: Int, strategies catalog: StrategyCatalog) {
        self.place = place
        self.catalog = catalog
    }

    // MARK: Market events

    /// Takes an input's time, before anything of it is booked.
    @inline(__always)
    mutating func begin(_ step: inout Step) {
        step.account = accounts.account
        if step.time >= safeguards.monitors.days.boundary { approachBoundary() }
    }

    /// Whether time or equity asks the safety layer for something.
    @inline(__always)
    private var mustWatch: Bool {
        safeguards.monitors.days.hasCrossed
            || accounts.profit.equity.asksForLook(
                accounts.account, line: safeguards.monitors.equity.line,
                peak: safeguards.monitors.equity.peak)
    }

    /// Takes a bar whose close was marked.
    @inline(__always)
    mutating func step(
        _ bar: Bar, _ outcome: MarkOutcome, in step: inout Step
    ) throws(EngineError) {
        try see(bar.instrument, bar.close, outcome, high: bar.high, low: bar.low, &step)
        if !desk.isRemote, desk.venue.hasWorking(bar.instrument) {
            desk.venue.begin(bar, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(bar.instrument, low: bar.low, high: bar.high, &step)
        }
        if accounts.profit.converts { try watchRates(&step) }
        if hasMargin { try watchMargin(&step) }
        if mustWatch { try watch(&step) }
        for place in 0..<desk.listenerCount(bar.instrument) {
            let slot = desk.listener(bar.instrument, at: place)
            desk.slots[slot].decide(bar, view(slot, at: step.time), &step.decisions)
            if !step.decisions.isEmpty { try decide(slot, barInterval: bar.interval, &step) }
        }
    }

    /// Takes a quote whose mid was marked; `outcome` is nil for a quote without one.
    @inline(__always)
    mutating func step(
        _ quote: Quote, _ outcome: MarkOutcome?, in step: inout Step
    ) throws(EngineError) {
        if let outcome, let mid = quote.mid {
            try see(quote.instrument, mid, outcome, high: mid, low: mid, &step)
        }
        if !desk.isRemote, desk.venue.hasWorking(quote.instrument) {
            desk.venue.begin(quote, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(quote, &step)
        }
        if accounts.profit.converts { try watchRates(&step) }
        if hasMargin { try watchMargin(&step) }
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
    }

    /// Takes a trade whose price was marked.
    @inline(__always)
    mutating func step(
        _ trade: Trade, _ outcome: MarkOutcome, in step: inout Step
    ) throws(EngineError) {
        try see(
            trade.instrument, trade.price, outcome, high: trade.price, low: trade.price, &step)
        if !desk.isRemote, desk.venue.hasWorking(trade.instrument) {
            desk.venue.begin(trade, at: step.time, sequence: step.sequence)
            try settle(&step)
        }
        if desk.watchesLevels {
            try reachTargets(
                trade.instrument, low: trade.price, high: trade.price, &step)
        }
        if accounts.profit.converts { try watchRates(&step) }
        if hasMargin { try watchMargin(&step) }
        if mustWatch { try watch(&step) }
        for slot in desk.listening(trade.instrument) {
            desk.slots[slot].decide(trade, view(slot, at: step.time), &step.decisions)
            try decide(slot, &step)
        }
    }

    // MARK: Other inputs

    /// Takes an input that is no price. What it changes in the books was booked.
    mutating func step(_ record: Record, in step: inout Step) throws(EngineError) {
        try stepRare(record, &step)
        try look(&step)
    }

    /// Looks at time and equity after something other than a price.
    mutating func look(_ step: inout Step) throws(EngineError) {
        try watchRates(&step)
        if hasMargin { try watchMargin(&step) }
        safeguards.monitors.equity.lookAgain()
        try watch(&step)
    }

    private mutating func stepRare(_ record: Record, _ step: inout Step) throws(EngineError) {
        guard let type = record.type else { return }
        switch type {
        case .rulesDeclared: follow()
        case .instrumentDefined:
            let instrument = (try decode(record) as InstrumentDefined).definition
            introduce(instrument)
            desk.listen(to: instrument.id)
        case .predictionRecorded:
            let prediction: PredictionRecorded = try decode(record)
            for slot in desk.listening(prediction.instrument) {
                desk.slots[slot].decide(
                    prediction, view(slot, at: step.time), &step.decisions)
                try decide(slot, &step)
            }
        case .operatorCommanded: try obey(try decode(record), &step)
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
        // Theirs is what is booked.
        case .cashDeposited, .cashWithdrawn, .feeCharged, .dividendPaid, .dividendDeclared,
            .dividendScheduled,
            .rateObserved, .balanceDeposited, .balanceWithdrawn, .balanceCharged, .balanceConverted:
            break
        case .bar, .quote, .trade, .barRecalled, .configurationLoaded, .journalOpened,
            .sessionOpened:
            break
        default: throw .fold(.inconsistent("no part takes \(type.name)", record.sequence))
        }
    }

    /// Follows the rules that the journal has declared.
    mutating func follow() {
        desk.follow(rulesVersion)
        if rulesVersion.keepHistory, !safeguards.mergesHistory { assumeData() }
        keepDays()
    }

    /// What is due by the clock alone.
    private mutating func tick(_ step: inout Step) throws(EngineError) {
        if safeguards.rules.data.isEnabled { try watchData(&step) }
        guard desk.isRemote else { return }
        if safeguards.gate.isFlattening,
            rulesVersion.pauseEachExit || desk.remote.mayFlatten(at: step.time)
        {
            try flattenAgain(&step)
        }
        try retry(&step)
        try tellLateCancels(&step)
        guard rulesVersion.pauseEachExit else { return }
        try tellLastingRefusals(&step)
        try tellUnanswered(&step)
    }

    // MARK: Settings and definitions

    mutating func configure(
        _ new: Settings, _ step: inout Step
    ) throws(EngineError) {
        if onlyRulesChange(to: new) {
            let former = settings
            try adoptRules(new)
            if let configuration, Self.rates(former) != Self.rates(new) {
                try defineRates(configuration, &step)
            }
            try defineMargin(&step)
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
        try defineRates(configuration, &step)
        try defineMargin(&step)
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

    /// Takes up the settings without saying so: what a restored engine needs too.
    mutating func adopt(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let configuration = try EngineSettings(new)
            let adopted = try StrategySlot.all(
                new, account: configuration.accountName, from: catalog)
            self.configuration = configuration
            hasMargin = configuration.margin != nil
            safeguards.adopt(configuration.safety)
            accounts.open(id)
            accounts.nextDigest = accounts.inputs + configuration.digestEvery
            settings = new
            desk.adopt(configuration, adopted)
            desk.follow(rulesVersion)
        } catch { throw .settings(error) }
        for instrument in names.instruments { introduce(instrument) }
        desk.listen()
        keepDays()
    }

    mutating func introduce(_ instrument: Instrument) {
        guard Int(instrument.id.number) <= NameBook.highest else { return }
        desk.introduce(instrument, accounts)
        // The account's calendar may be another one now.
        safeguards.monitors.days.expireAtOnce()
        safeguards.forgetDay()
    }

    /// None before the first settings.
    var id: AccountID {
        configuration.map { AccountID($0.accountKind, index: UInt16(place + 1)) } ?? .none
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
