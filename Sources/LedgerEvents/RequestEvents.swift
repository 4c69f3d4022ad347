import LedgerDomain

/// Somebody outside the strategies wants an order: an operator, or a client of the local exchange.
public struct OrderRequested: Event, Hashable {
    public static let type = EventType.orderRequested
    public static let layout = Layout(
        size: 56,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("orderType", 23, .names(["none", "market", "limit", "stop", "stopLimit"])),
            .init("quantity", 24, .quantity), .init("limitPrice", 32, .price),
            .init("stopPrice", 40, .price),
            .init(
                "timeInForce", 48,
                .names(["none", "day", "goodTillCancelled", "immediateOrCancel", "fillOrKill"])),
        ], texts: ["clientOrder", "actor", "reason"])

    public var instrument: InstrumentID
    /// Whose position it concerns; none for nobody's.
    public var strategy: StrategyID
    public var side: Side
    public var orderType: OrderType
    /// Positive.
    public var quantity: Quantity
    /// 0 where the type has none.
    public var limitPrice: Price
    public var stopPrice: Price
    public var timeInForce: TimeInForce
    /// The name that the client gave it; the intent's identity is made of it.
    public var clientOrder: String
    public var actor: String
    public var reason: String

    public init(
        instrument: InstrumentID, strategy: StrategyID = .none, side: Side, orderType: OrderType,
        quantity: Quantity, limitPrice: Price = .zero, stopPrice: Price = .zero,
        timeInForce: TimeInForce, clientOrder: String, actor: String, reason: String = ""
    ) {
        (self.instrument, self.strategy, self.side) = (instrument, strategy, side)
        (self.orderType, self.quantity) = (orderType, quantity)
        (self.limitPrice, self.stopPrice) = (limitPrice, stopPrice)
        (self.timeInForce, self.clientOrder) = (timeInForce, clientOrder)
        (self.actor, self.reason) = (actor, reason)
    }

    public var texts: [String] { [clientOrder, actor, reason] }
    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(orderType.rawValue, 23)
        writer.quantity(quantity, 24)
        writer.price(limitPrice, 32)
        writer.price(stopPrice, 40)
        writer.store(UInt64(timeInForce.rawValue), 48)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        side = try record.value(22)
        orderType = try record.value(23)
        quantity = record.quantity(24)
        limitPrice = record.price(32)
        stopPrice = record.price(40)
        timeInForce = try record.value(48)
        let texts = try record.texts(from: 56, count: 3)
        (clientOrder, actor, reason) = (texts[0], texts[1], texts[2])
    }
}

/// Somebody outside the strategies wants an open order back.
public struct OrderCancelRequested: Event, Hashable {
    public static let type = EventType.orderCancelRequested
    public static let layout = Layout(
        size: 32, [.init("order", 24, .order)], texts: ["actor", "reason"])

    public var instrument: InstrumentID
    public var order: OrderID
    public var actor: String
    public var reason: String

    public init(instrument: InstrumentID, order: OrderID, actor: String, reason: String = "") {
        (self.instrument, self.order) = (instrument, order)
        (self.actor, self.reason) = (actor, reason)
    }

    public var texts: [String] { [actor, reason] }
    public func encode(into writer: inout RecordWriter) { writer.order(order, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
        let texts = try record.texts(from: 32, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// Somebody outside the strategies wants an open order changed.
public struct OrderReplaceRequested: Event, Hashable {
    public static let type = EventType.orderReplaceRequested
    public static let layout = Layout(
        size: 56,
        [
            .init("order", 24, .order), .init("quantity", 32, .quantity),
            .init("limitPrice", 40, .price), .init("stopPrice", 48, .price),
        ], texts: ["clientOrder", "actor", "reason"])

    public var instrument: InstrumentID
    public var order: OrderID
    /// In all, with what has filled; 0 leaves it as it is, and so for the prices.
    public var quantity: Quantity
    public var limitPrice: Price
    public var stopPrice: Price
    /// The name by which the client will know it; empty to keep the one that it has.
    public var clientOrder: String
    public var actor: String
    public var reason: String

    public init(
        instrument: InstrumentID, order: OrderID, quantity: Quantity = .zero,
        limitPrice: Price = .zero, stopPrice: Price = .zero, clientOrder: String = "",
        actor: String, reason: String = ""
    ) {
        (self.instrument, self.order, self.quantity) = (instrument, order, quantity)
        (self.limitPrice, self.stopPrice) = (limitPrice, stopPrice)
        (self.clientOrder, self.actor, self.reason) = (clientOrder, actor, reason)
    }

    public var texts: [String] { [clientOrder, actor, reason] }
    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.order(order, 24)
        writer.quantity(quantity, 32)
        writer.price(limitPrice, 40)
        writer.price(stopPrice, 48)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
        quantity = record.quantity(32)
        limitPrice = record.price(40)
        stopPrice = record.price(48)
        let texts = try record.texts(from: 56, count: 3)
        (clientOrder, actor, reason) = (texts[0], texts[1], texts[2])
    }
}

/// An open order has other terms from here on; it keeps its number.
public struct OrderReplaced: Event, Hashable {
    public static let type = EventType.orderReplaced
    public static let layout = Layout(
        size: 64,
        [
            .init("generation", 20, .u32), .init("order", 24, .order),
            .init("quantity", 32, .quantity), .init("limitPrice", 40, .price),
            .init("stopPrice", 48, .price), .init("remaining", 56, .quantity),
        ])

    public var instrument: InstrumentID
    /// How many times it was replaced: the venue knows each by a client order id of its own.
    public var generation: UInt32
    public var order: OrderID
    /// In all, with what has filled.
    public var quantity: Quantity
    public var limitPrice: Price
    public var stopPrice: Price
    public var remaining: Quantity

    public init(
        instrument: InstrumentID, generation: UInt32, order: OrderID, quantity: Quantity,
        limitPrice: Price, stopPrice: Price, remaining: Quantity
    ) {
        (self.instrument, self.generation, self.order) = (instrument, generation, order)
        (self.quantity, self.limitPrice, self.stopPrice) = (quantity, limitPrice, stopPrice)
        self.remaining = remaining
    }

    public var quantities: (Quantity, Quantity) { (quantity, remaining) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(generation, 20)
        writer.order(order, 24)
        writer.quantity(quantity, 32)
        writer.price(limitPrice, 40)
        writer.price(stopPrice, 48)
        writer.quantity(remaining, 56)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        generation = record.load(20)
        order = OrderID(record.load(24))
        quantity = record.quantity(32)
        limitPrice = record.price(40)
        stopPrice = record.price(48)
        remaining = record.quantity(56)
    }
}

/// The decision to take an order back from a venue outside; the venue's answer ends the order.
public struct CancelIntended: Event, Hashable {
    public static let type = EventType.cancelIntended
    public static let layout = Layout(
        size: 32,
        [.init("reason", 20, .names(EndReason.names)), .init("order", 24, .order)])

    public var instrument: InstrumentID
    public var reason: EndReason
    public var order: OrderID

    public init(instrument: InstrumentID, reason: EndReason, order: OrderID) {
        (self.instrument, self.reason, self.order) = (instrument, reason, order)
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(reason.rawValue, 20)
        writer.order(order, 24)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        reason = try record.value(20)
        order = OrderID(record.load(24))
    }
}

/// The decision to change an order at a venue outside; the venue's answer changes it.
public struct ReplaceIntended: Event, Hashable {
    public static let type = EventType.replaceIntended
    public static let layout = Layout(
        size: 56,
        [
            .init("generation", 20, .u32), .init("order", 24, .order),
            .init("quantity", 32, .quantity), .init("limitPrice", 40, .price),
            .init("stopPrice", 48, .price),
        ])

    public var instrument: InstrumentID
    /// The one that it becomes.
    public var generation: UInt32
    public var order: OrderID
    /// In all, with what has filled.
    public var quantity: Quantity
    public var limitPrice: Price
    public var stopPrice: Price

    public init(
        instrument: InstrumentID, generation: UInt32, order: OrderID, quantity: Quantity,
        limitPrice: Price, stopPrice: Price
    ) {
        (self.instrument, self.generation, self.order) = (instrument, generation, order)
        (self.quantity, self.limitPrice, self.stopPrice) = (quantity, limitPrice, stopPrice)
    }

    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(generation, 20)
        writer.order(order, 24)
        writer.quantity(quantity, 32)
        writer.price(limitPrice, 40)
        writer.price(stopPrice, 48)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        generation = record.load(20)
        order = OrderID(record.load(24))
        quantity = record.quantity(32)
        limitPrice = record.price(40)
        stopPrice = record.price(48)
    }
}

/// An order that waited for others to leave the venue may leave now.
public struct IntentReleased: Event, Hashable {
    public static let type = EventType.intentReleased
    public static let layout = Layout(size: 32, [.init("order", 24, .order)])

    public var instrument: InstrumentID
    public var order: OrderID

    public init(instrument: InstrumentID, order: OrderID) {
        (self.instrument, self.order) = (instrument, order)
    }

    public func encode(into writer: inout RecordWriter) { writer.order(order, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        order = OrderID(record.load(24))
    }
}
