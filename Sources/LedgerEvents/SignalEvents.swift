import LedgerDomain

/// What an order is for.
public enum Purpose: UInt8, Sendable, CaseIterable {
    /// Opens or enlarges a position.
    case entry = 1
    /// Closes or reduces one.
    case exit = 2
    case stopLoss = 3
    case takeProfit = 4
}

public enum RejectionReason: UInt8, Sendable, CaseIterable {
    case insufficientCash = 1
    case sizeZero = 2
    case currencyMismatch = 3
    case duplicateIntent = 4
    case belowLot = 5
    case unknownInstrument = 6
    case overflow = 7
    case noPosition = 8
    case badPrice = 9
    case workingOrder = 10
    case accountKind = 11
    // Latches of the trading gate, one for each source.
    case manualKill = 12
    case strategyDisabled = 13
    case mode = 14
    case flagFile = 15
    case drawdownStop = 16
    case reconciliation = 17
    case duplicateIntents = 18
    case orderRejections = 19
    case runFailures = 20
    case dailyDrawdown = 21
    case dailyLoss = 22
    case lossPause = 23
    case faultCounter = 24
    case authentication = 25
    case clock = 26
    case dataQuality = 27
    case feedPaused = 28
    case calendar = 29
    // Filters.
    case regime = 30
    case correlation = 31
    case volatility = 32
    // Throttles.
    case topSignals = 33
    case signalRate = 34
    // Limits.
    case portfolioHeat = 35
    case orderNotional = 36
    case positionQuantity = 37
    case positionNotional = 38
    case totalNotional = 39
    case totalExposure = 40
    case entriesPerDay = 41
    case orderRate = 42
    case tradeValue = 43
    case positionSize = 44
    /// The drawdown stop's sizing multiplier left nothing of the order, or made it smaller.
    case rampup = 45
    // Filters of the venue, by the names of Binance's.
    case priceFilter = 46
    case lotSize = 47
    case marketLotSize = 48
    case notional = 49
    case percentPrice = 50
    case maximumOrders = 51
    /// The venue's stream of order reports is down.
    case orderStream = 52

    static let names = ["unknown"] + allCases.map { String(describing: $0) }
}

/// A strategy wants something, and says from what: two numbers that it compared.
public struct SignalGenerated: Event, Hashable {
    public static let type = EventType.signalGenerated
    public static let layout = Layout(
        size: 56,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("purpose", 23, .names(["none", "entry", "exit", "stopLoss", "takeProfit"])),
            .init("price", 24, .price), .init("quantity", 32, .quantity),
            .init("indicator", 40, .f64), .init("threshold", 48, .f64),
        ])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    public var purpose: Purpose
    /// The market's price that the decision saw.
    public var price: Price
    public var quantity: Quantity
    public var indicator: Double
    public var threshold: Double

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, purpose: Purpose, price: Price,
        quantity: Quantity, indicator: Double, threshold: Double
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.purpose = purpose
        self.price = price
        self.quantity = quantity
        self.indicator = indicator
        self.threshold = threshold
    }

    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(purpose.rawValue, 23)
        writer.price(price, 24)
        writer.quantity(quantity, 32)
        writer.store(indicator.bitPattern, 40)
        writer.store(threshold.bitPattern, 48)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        side = try record.value(22)
        purpose = try record.value(23)
        price = record.price(24)
        quantity = record.quantity(32)
        indicator = Double(bitPattern: record.load(40))
        threshold = Double(bitPattern: record.load(48))
    }
}

/// What a refusal names: the rule, its limit and the value that broke it.
public struct Refusal: Hashable, Sendable {
    public var reason: RejectionReason
    public var limit: Money
    public var value: Money

    public init(_ reason: RejectionReason, limit: Money = .zero, value: Money = .zero) {
        self.reason = reason
        self.limit = limit
        self.value = value
    }
}

/// A signal or an order that was stopped: what the two of them have in common.
public protocol RefusedEvent: Event, Hashable {
    var instrument: InstrumentID { get }
    var strategy: StrategyID { get }
    var side: Side { get }
    var refusal: Refusal { get }
    init(instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal)
}

private let refusalLayout = Layout(
    size: 56,
    [
        .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
        .init("reason", 23, .names(RejectionReason.names)), .init("limit", 24, .money),
        .init("value", 40, .money),
    ])

extension RefusedEvent {
    public static var layout: Layout { refusalLayout }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(refusal.reason.rawValue, 23)
        writer.money(refusal.limit, 24)
        writer.money(refusal.value, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        self.init(
            instrument: record.instrument, strategy: StrategyID(record.load(20)),
            side: try record.value(22),
            refusal: Refusal(
                try record.value(23), limit: record.money(24), value: record.money(40)))
    }
}

/// A signal that was stopped before it became an intent: by a filter or a gate.
public struct SignalRejected: RefusedEvent {
    public static let type = EventType.signalRejected

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    public var refusal: Refusal

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal
    ) {
        (self.instrument, self.strategy) = (instrument, strategy)
        (self.side, self.refusal) = (side, refusal)
    }
}

/// An order that the ledger itself refused to send.
public struct IntentRejected: RefusedEvent {
    public static let type = EventType.intentRejected

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    public var refusal: Refusal

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal
    ) {
        (self.instrument, self.strategy) = (instrument, strategy)
        (self.side, self.refusal) = (side, refusal)
    }
}
