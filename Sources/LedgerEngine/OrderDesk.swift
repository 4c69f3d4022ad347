import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Orders from decision to end: the strategies that decide, the venue where orders work, and the register of
/// their outcomes.
struct OrderDesk: Sendable {
    private(set) var register = OrderRegister()
    /// Whether orders go to an external venue; `venue` then only lists those that work there.
    private(set) var isRemote = false
    /// The venue's rules for orders, by instrument.
    private(set) var filters = VenueFilterBook()
    /// These guard their own state.
    var slots: [StrategySlot] = []
    var venue = SimulatedVenue(settings: VenueSettings(), seed: 0)
    var remote = RemoteOrders()
    var deferred = DeferredOrders()
    var repeated = RepeatedRefusals()
    /// By instrument number: which slots listen.
    private var listeners: [[Int]] = []

    // MARK: Settings and definitions

    mutating func adopt(_ settings: EngineSettings, _ adopted: [StrategySlot]) {
        isRemote = settings.isRemote
        venue = SimulatedVenue(settings: settings.venue, seed: settings.seed)
        let former = slots
        slots = adopted
        for slot in slots.indices { slots[slot].follow(former) }
    }

    /// Keeps an order that outlives the settings under which it was decided.
    mutating func keep(_ order: WorkingOrder) {
        venue.keep(order)
        if let slot = slot(of: order.terms) { slots[slot].open(order.terms) }
    }

    /// Introduces an instrument to the venue and to the strategies that wait for its symbol. The first
    /// instrument with that symbol is theirs.
    mutating func introduce(_ instrument: Instrument, _ accounts: Accounts) {
        venue.define(instrument)
        for slot in slots.indices
        where slots[slot].instrument == .none && instrument.isNamed(slots[slot].symbol) {
            slots[slot].trade(
                instrument.id, holding: accounts.held(by: slots[slot].id, in: instrument.id))
        }
    }

    /// Whether the engine watches price levels itself.
    @inline(__always)
    var watchesLevels: Bool { !remote.targets.isEmpty || !deferred.orders.isEmpty }

    /// Forgets the requests about an order that has ended.
    mutating func forget(_ order: OrderID) {
        remote.forget(order)
        deferred.forget(order)
    }

    mutating func load(_ filters: VenueFiltersLoaded) { self.filters.load(filters) }

    // MARK: Strategies

    mutating func follow(_ rules: RulesVersion) {
        for slot in slots.indices { slots[slot].follow(rules) }
    }

    func slot(of terms: OrderIntended) -> Int? { slot(of: terms.strategy, in: terms.instrument) }

    /// The slot of a strategy in an instrument, found among those that listen to it.
    func slot(of strategy: StrategyID, in instrument: InstrumentID) -> Int? {
        let number = Int(instrument.number)
        guard number < listeners.count else { return nil }
        return listeners[number].first { slots[$0].id == strategy }
    }

    mutating func listen() {
        listeners = []
        for slot in slots.indices where slots[slot].instrument != .none {
            let number = Int(slots[slot].instrument.number)
            while listeners.count <= number { listeners.append([]) }
            listeners[number].append(slot)
        }
    }

    /// The same for one instrument.
    mutating func listen(to instrument: InstrumentID) {
        let number = Int(instrument.number)
        let own = slots.indices.filter { slots[$0].instrument == instrument }
        guard number < listeners.count || !own.isEmpty else { return }
        while listeners.count <= number { listeners.append([]) }
        listeners[number] = own
    }

    @inline(__always)
    func listening(_ instrument: InstrumentID) -> [Int] {
        Int(instrument.number) < listeners.count ? listeners[Int(instrument.number)] : []
    }

    @inline(__always)
    func listenerCount(_ instrument: InstrumentID) -> Int {
        Int(instrument.number) < listeners.count ? listeners[Int(instrument.number)].count : 0
    }

    @inline(__always)
    func listener(_ instrument: InstrumentID, at place: Int) -> Int {
        listeners[Int(instrument.number)][place]
    }

    // MARK: The register

    mutating func countSignal() { register.countSignal() }
    mutating func countRejectedSignal() { register.countRejectedSignal() }
    mutating func countRejectedIntent() { register.countRejectedIntent() }
    mutating func count(_ event: RefusalRepeated) { register.count(event) }

    /// Enters an order that was decided in the chain at hand.
    mutating func intend(
        _ terms: OrderIntended, _ account: AccountID, as id: SequenceNumber,
        _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try register.intend(
                terms, account: account, at: step.time, id: id, correlation: step.chain)
        } catch { throw .fold(error) }
    }

    mutating func move(
        _ id: OrderID, to state: OrderState, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try register.move(id, to: state, at: step.time, sequence: step.sequence)
        } catch { throw .fold(error) }
    }

    mutating func fill(
        _ fill: OrderFilled, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try register.fill(fill, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    mutating func replace(
        _ replacement: OrderReplaced, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try register.replace(replacement, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    mutating func split(_ event: SplitApplied, _ step: borrowing Step) throws(EngineError) {
        do {
            try register.split(event, sequence: step.sequence)
        } catch { throw .fold(error) }
        do {
            try venue.split(event)
            try remote.split(event)
        } catch { throw .number(error) }
    }

    // MARK: State

    mutating func restoreOrders(from reader: inout StateReader) throws(StateError) {
        register = try OrderRegister(from: &reader)
        try venue.restore(from: &reader)
    }

    mutating func restoreStrategies(
        from reader: inout StateReader, _ rules: RulesVersion
    ) throws(StateError) {
        for slot in slots.indices { try slots[slot].restore(from: &reader) }
        remote = try RemoteOrders(from: &reader)
        if isRemote { try remote.restoreTimes(from: &reader, rules) }
        filters = try VenueFilterBook(from: &reader)
    }
}

extension AccountEngine {
    public var orders: OrderRegister { desk.register }
    public var filters: VenueFilterBook { desk.filters }
    /// Whether orders go to an external venue.
    public var isRemote: Bool { desk.isRemote }
}
