import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// The last decision from a bar that became an order.
struct BarDecision: Hashable, Sendable {
    var time: Timestamp
    var interval: UInt32
    var side: Side
}

/// One strategy on one instrument: what it holds there, what it waits for and what it decided today.
struct StrategySlot: Sendable {
    let id: StrategyID
    let name: String
    let symbol: String
    let style: StrategyStyle
    let seesAccount: Bool
    private let decider: IntentID.Decider
    private var strategy: any Strategy
    /// None until the journal defines the symbol.
    private(set) var instrument = InstrumentID.none
    private(set) var position = Quantity.zero
    /// Entries and exits that it ordered and that may still fill.
    private(set) var workingOrders = 0
    /// Exits that protect its position.
    private(set) var protecting = 0
    private(set) var lastDecision = Timestamp(nanoseconds: .min)
    /// Distinguishes intents of the same event time.
    private(set) var ordinal: UInt32 = 0
    /// Entry signals of this trading day that reached the limits.
    private(set) var signalsToday: UInt32 = 0
    /// Entry signals of this trading day, and those that were stopped anywhere.
    private(set) var decidedToday: UInt32 = 0
    private(set) var refusedToday: UInt32 = 0
    private var lastBar: BarDecision?

    private init(
        _ id: StrategyID, name: String, symbol: String, account: String, style: StrategyStyle,
        strategy: any Strategy
    ) {
        self.id = id
        self.name = name
        self.symbol = symbol
        self.style = style
        self.strategy = strategy
        codeVersion = type(of: strategy).codeVersion
        seesAccount = type(of: strategy).seesAccount
        decider = IntentID.Decider(account: account, strategy: name, symbol: symbol)
    }

    /// A slot for each symbol of each strategy that trades in the account. Intents are told apart by strategy and symbol, so no
    /// two strategies bear one name and no symbol stands twice.
    static func all(
        _ settings: Settings, account: String, from catalog: StrategyCatalog
    ) throws(SettingsError) -> [StrategySlot] {
        var slots: [StrategySlot] = []
        var taken: [String] = []
        for entry in settings.entries(.strategies) {
            let name = try entry.strategyName
            defer { taken.append(name) }
            if taken.contains(name) {
                throw entry.error(
                    StrategyKeys.name, "'\(name)' is also the name of an earlier strategy")
            }
            let accounts = try entry.accounts
            guard accounts.isEmpty || accounts.contains(account) else { continue }
            let symbols = try entry[StrategyKeys.symbols].split(separator: ",").map(\.trimmed)
            guard !symbols.isEmpty else {
                throw entry.error(StrategyKeys.symbols, "lists no instrument")
            }
            for (place, symbol) in symbols.enumerated() {
                guard !symbol.isEmpty, !symbols[..<place].contains(symbol) else {
                    throw entry.error(
                        StrategyKeys.symbols, "'\(symbol)' is empty or listed twice")
                }
                slots.append(
                    StrategySlot(
                        StrategyID(UInt16(entry.index + 1)), name: name, symbol: symbol,
                        account: account, style: try entry[FilterKeys.style],
                        strategy: try catalog.make(entry)))
            }
        }
        return slots
    }

    private(set) var codeVersion: UInt16

    /// Decides by these rules from here on.
    mutating func follow(_ rules: RulesVersion) {
        strategy.follow(rules)
        codeVersion = type(of: strategy).codeVersion(under: rules)
    }

    // MARK: What the strategy is told

    @inline(__always)
    mutating func decide(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
        strategy.bar(bar, view, &decisions)
    }

    @inline(__always)
    mutating func decide(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions) {
        strategy.quote(quote, view, &decisions)
    }

    mutating func decide(_ trade: Trade, _ view: StrategyView, _ decisions: inout Decisions) {
        strategy.trade(trade, view, &decisions)
    }

    mutating func decide(
        _ prediction: PredictionRecorded, _ view: StrategyView, _ decisions: inout Decisions
    ) {
        strategy.prediction(prediction, view, &decisions)
    }

    mutating func recall(_ bar: Bar, _ view: StrategyView) { strategy.recall(bar, view) }

    mutating func filled(_ fill: OrderFilled, _ view: StrategyView) { strategy.fill(fill, view) }

    mutating func split(_ event: SplitApplied, holding position: Quantity) {
        strategy.split(event)
        self.position = position
    }

    // MARK: Position and orders

    /// Trades an instrument from now on.
    mutating func trade(_ instrument: InstrumentID, holding position: Quantity) {
        self.instrument = instrument
        self.position = position
    }

    mutating func hold(_ position: Quantity) { self.position = position }

    /// Counts an order that begins to work.
    mutating func open(_ terms: OrderIntended) {
        if terms.parent == .none { workingOrders += 1 } else { protecting += 1 }
    }

    /// Counts an order that stopped working.
    mutating func close(_ terms: OrderIntended) {
        if terms.parent == .none { workingOrders -= 1 } else { protecting -= 1 }
    }

    // MARK: Decisions

    /// The identity of the next intent decided at `time`.
    mutating func identity(_ side: Side, at time: Timestamp) -> IntentID {
        ordinal = lastDecision == time ? ordinal + 1 : 0
        lastDecision = time
        return IntentID(decider: decider, side: side, decidedAt: time, ordinal: ordinal)
    }

    /// Continues the identities of the former settings: one event time may hold decisions of both.
    mutating func follow(_ slots: [StrategySlot]) {
        lastDecision = slots.map(\.lastDecision).max() ?? lastDecision
        ordinal = slots.map(\.ordinal).max() ?? 0
    }

    /// Remembers a bar's decision.
    ///
    /// - Returns: whether it is the one remembered.
    mutating func repeats(_ decision: BarDecision) -> Bool {
        defer { lastBar = decision }
        return lastBar == decision
    }

    mutating func countDecision(_ purpose: Purpose) {
        if purpose == .entry { decidedToday &+= 1 }
    }

    mutating func countRefusal(_ purpose: Purpose) {
        if purpose == .entry { refusedToday &+= 1 }
    }

    mutating func countSignal() { signalsToday &+= 1 }

    mutating func beginSignals() { signalsToday = 0 }

    mutating func beginDecisions() { (decidedToday, refusedToday) = (0, 0) }

    // MARK: State

    func encode(into writer: inout StateWriter) {
        writer.write(instrument)
        writer.write(position)
        writer.write(UInt32(clamping: workingOrders))
        writer.write(UInt32(clamping: protecting))
        writer.write(lastDecision)
        writer.write(ordinal)
        writer.write(signalsToday)
        writer.write(decidedToday)
        writer.write(refusedToday)
        writer.write(lastBar?.time ?? Timestamp(nanoseconds: .min))
        writer.write(lastBar?.interval ?? 0)
        writer.write(lastBar?.side ?? .buy)
        strategy.encode(into: &writer)
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        instrument = try reader.read()
        position = try reader.read()
        workingOrders = Int(try reader.read(UInt32.self))
        protecting = Int(try reader.read(UInt32.self))
        lastDecision = try reader.read()
        ordinal = try reader.read()
        signalsToday = try reader.read()
        decidedToday = try reader.read()
        refusedToday = try reader.read()
        let decided = BarDecision(
            time: try reader.read(), interval: try reader.read(), side: try reader.read())
        lastBar = decided.time.nanoseconds == .min ? nil : decided
        try strategy.restore(from: &reader)
    }
}
