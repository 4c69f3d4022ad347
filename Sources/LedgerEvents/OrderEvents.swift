import LedgerDomain

/// The decision to send an order; its sequence is the order's number, its `intent` the venue's client
/// order id.
public struct OrderIntended: Event, Hashable {
    public static let type = EventType.orderIntended
    public static let layout = Layout(
        size: 104,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("orderType", 23, .names(["none", "market", "limit", "stop", "stopLimit"])),
            .init("intent", 24, .hex128), .init("quantity", 40, .quantity),
            .init("limitPrice", 48, .price), .init("stopPrice", 56, .price),
            .init("stopLossDistance", 64, .price), .init("takeProfitDistance", 72, .price),
            .init("referencePrice", 80, .price), .init("parent", 88, .order),
            .init(
                "timeInForce", 96,
                .names(["none", "day", "goodTillCancelled", "immediateOrCancel", "fillOrKill"])),
            .init("purpose", 97, .names(["none", "entry", "exit", "stopLoss", "takeProfit"])),
        ])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    public var orderType: OrderType
    public var intent: IntentID
    /// Positive.
    public var quantity: Quantity
    /// 0 where the type has none.
    public var limitPrice: Price
    public var stopPrice: Price
    /// Distances from the fill at which exits are placed; 0 for none.
    public var stopLossDistance: Price
    public var takeProfitDistance: Price
    /// The market when it was decided: what slippage is measured from.
    public var referencePrice: Price
    /// The order whose fill this exit protects; none for others.
    public var parent: OrderID
    public var timeInForce: TimeInForce
    public var purpose: Purpose

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, orderType: OrderType,
        intent: IntentID, quantity: Quantity, limitPrice: Price = .zero, stopPrice: Price = .zero,
        stopLossDistance: Price = .zero, takeProfitDistance: Price = .zero, referencePrice: Price,
        parent: OrderID = .none, timeInForce: TimeInForce, purpose: Purpose
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.orderType = orderType
        self.intent = intent
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.stopLossDistance = stopLossDistance
        self.takeProfitDistance = takeProfitDistance
        self.referencePrice = referencePrice
        self.parent = parent
        self.timeInForce = timeInForce
        self.purpose = purpose
    }

    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(orderType.rawValue, 23)
        writer.store(intent.high, 24)
        writer.store(intent.low, 32)
        writer.quantity(quantity, 40)
        writer.price(limitPrice, 48)
        writer.price(stopPrice, 56)
        writer.price(stopLossDistance, 64)
        writer.price(takeProfitDistance, 72)
        writer.price(referencePrice, 80)
        writer.order(parent, 88)
        writer.store(UInt64(timeInForce.rawValue) | UInt64(purpose.rawValue) << 8, 96)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        side = try record.value(22)
        orderType = try record.value(23)
        intent = IntentID(high: record.load(24), low: record.load(32))
        quantity = record.quantity(40)
        limitPrice = record.price(48)
        stopPrice = record.price(56)
        stopLossDistance = record.price(64)
        takeProfitDistance = record.price(72)
        referencePrice = record.price(80)
        parent = OrderID(record.load(88))
        timeInForce = try record.value(96)
        purpose = try record.value(97)
    }
}

/// The order left for its venue.
public struct OrderSubmitted: Event, Hashable {
    public static let type = EventType.orderSubmitted
    public static let layout = Layout(size: 32, [.init("order", 24, .order)])

    public var instrument: InstrumentID
    public var order: OrderID

    public init(instrument: InstrumentID, order: OrderID) {
        self.instrument = instrument
        self.order = order
    }

    public func encode(into writer: inout RecordWriter) { writer.order(order, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
    }
}

/// The venue has it: it can fill from `activeFrom` on, which is later by the latency.
public struct OrderAccepted: Event, Hashable {
    public static let type = EventType.orderAccepted
    public static let layout = Layout(
        size: 40, [.init("order", 24, .order), .init("activeFrom", 32, .time)])

    public var instrument: InstrumentID
    public var order: OrderID
    public var activeFrom: Timestamp

    public init(instrument: InstrumentID, order: OrderID, activeFrom: Timestamp) {
        self.instrument = instrument
        self.order = order
        self.activeFrom = activeFrom
    }

    public func encode(into writer: inout RecordWriter) {
        writer.order(order, 24)
        writer.store(activeFrom.nanoseconds, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
        activeFrom = Timestamp(nanoseconds: record.load(32))
    }
}

/// The venue refused it.
public struct OrderRejected: Event, Hashable {
    public static let type = EventType.orderRejected
    public static let layout = Layout(size: 32, [.init("order", 24, .order)], texts: ["reason"])

    public var instrument: InstrumentID
    public var order: OrderID
    public var reason: String

    public init(instrument: InstrumentID, order: OrderID, reason: String) {
        self.instrument = instrument
        self.order = order
        self.reason = reason
    }

    public var texts: [String] { [reason] }
    public func encode(into writer: inout RecordWriter) { writer.order(order, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
        reason = try record.texts(from: 32, count: 1)[0]
    }
}

/// Part or all of an order was done. Cash changes by −side × price × quantity − fee.
public struct OrderFilled: Event, Hashable {
    public static let type = EventType.orderFilled
    public static let layout = Layout(
        size: 80,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("liquidity", 23, .names(["none", "maker", "taker"])),
            .init("order", 24, .order), .init("execution", 32, .u64), .init("price", 40, .price),
            .init("quantity", 48, .quantity), .init("fee", 56, .money),
            .init("remaining", 72, .quantity),
        ])

    public enum Liquidity: UInt8, Sendable, CaseIterable {
        case maker = 1
        case taker = 2
    }

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var side: Side
    public var liquidity: Liquidity
    public var order: OrderID
    /// The venue's number of this execution; the simulated venue counts an order's fills from 1.
    public var execution: UInt64
    public var price: Price
    /// Positive.
    public var quantity: Quantity
    /// Positive is paid, negative a rebate.
    public var fee: Money
    /// What of the order is still open.
    public var remaining: Quantity

    public init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, liquidity: Liquidity,
        order: OrderID, execution: UInt64, price: Price, quantity: Quantity, fee: Money,
        remaining: Quantity
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.liquidity = liquidity
        self.order = order
        self.execution = execution
        self.price = price
        self.quantity = quantity
        self.fee = fee
        self.remaining = remaining
    }

    public var quantities: (Quantity, Quantity) { (quantity, remaining) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(liquidity.rawValue, 23)
        writer.order(order, 24)
        writer.store(execution, 32)
        writer.price(price, 40)
        writer.quantity(quantity, 48)
        writer.money(fee, 56)
        writer.quantity(remaining, 72)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        side = try record.value(22)
        liquidity = try record.value(23)
        order = OrderID(record.load(24))
        execution = record.load(32)
        price = record.price(40)
        quantity = record.quantity(48)
        fee = record.money(56)
        remaining = record.quantity(72)
    }
}

public enum EndReason: UInt8, Sendable, CaseIterable {
    /// Immediate-or-cancel or fill-or-kill found no more.
    case notFilled = 1
    /// The other exit of the pair filled.
    case otherExitFilled = 2
    /// The position that it would close is gone.
    case positionClosed = 3
    case dayEnded = 4
    case runEnded = 5
    case operatorCancelled = 6
    case venueCancelled = 7
    /// A halt takes back entries that wait at the venue.
    case halted = 8
    /// The venue does not know it: a synchronisation took it out of the books.
    case reconciled = 9

    static let names = ["unknown"] + allCases.map { String(describing: $0) }
}

/// An order that ends without being filled whole: what the two ways of it have in common.
public protocol OrderEnd: Event, Hashable {
    var instrument: InstrumentID { get }
    var order: OrderID { get }
    var reason: EndReason { get }
    var remaining: Quantity { get }
    init(instrument: InstrumentID, order: OrderID, reason: EndReason, remaining: Quantity)
}

private let orderEndLayout = Layout(
    size: 40,
    [
        .init("reason", 20, .names(EndReason.names)), .init("order", 24, .order),
        .init("remaining", 32, .quantity),
    ])

extension OrderEnd {
    public static var layout: Layout { orderEndLayout }
    public var quantities: (Quantity, Quantity) { (remaining, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(reason.rawValue, 20)
        writer.order(order, 24)
        writer.quantity(remaining, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        self.init(
            instrument: record.instrument, order: OrderID(record.load(24)),
            reason: try record.value(20), remaining: record.quantity(32))
    }
}

public struct OrderCancelled: OrderEnd {
    public static let type = EventType.orderCancelled

    public var instrument: InstrumentID
    public var order: OrderID
    public var reason: EndReason
    public var remaining: Quantity

    public init(
        instrument: InstrumentID, order: OrderID, reason: EndReason, remaining: Quantity
    ) {
        (self.instrument, self.order) = (instrument, order)
        (self.reason, self.remaining) = (reason, remaining)
    }
}

/// The order's time in force ended.
public struct OrderExpired: OrderEnd {
    public static let type = EventType.orderExpired

    public var instrument: InstrumentID
    public var order: OrderID
    public var reason: EndReason
    public var remaining: Quantity

    public init(
        instrument: InstrumentID, order: OrderID, reason: EndReason, remaining: Quantity
    ) {
        (self.instrument, self.order) = (instrument, order)
        (self.reason, self.remaining) = (reason, remaining)
    }
}
