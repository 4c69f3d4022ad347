import LedgerDomain

/// What the venue says of the account, in several records: this one, one for each position and open
/// order, and the end. A snapshot without its end counts for nothing.
public struct VenueSnapshotBegan: Event, Hashable {
    public static let type = EventType.venueSnapshotBegan
    public static let layout = Layout(
        size: 80,
        [
            .init("kind", 20, .names(SnapshotKind.names)),
            .init("venue", 21, .names(["unreachable", "answered"])),
            .init("snapshot", 24, .hex64), .init("cash", 32, .money),
            .init("portfolioValue", 48, .money), .init("buyingPower", 64, .money),
        ], texts: ["origin"])

    public var kind: SnapshotKind
    /// False when the venue could not be asked; the rest is then 0.
    public var isReachable: Bool
    /// Tells the records of one snapshot from another's.
    public var snapshot: UInt64
    public var cash: Money
    public var portfolioValue: Money
    public var buyingPower: Money
    /// A file, a gateway.
    public var origin: String

    public init(
        kind: SnapshotKind, isReachable: Bool = true, snapshot: UInt64, cash: Money,
        portfolioValue: Money = .zero, buyingPower: Money = .zero, origin: String
    ) {
        (self.kind, self.isReachable, self.snapshot) = (kind, isReachable, snapshot)
        (self.cash, self.portfolioValue) = (cash, portfolioValue)
        (self.buyingPower, self.origin) = (buyingPower, origin)
    }

    public var texts: [String] { [origin] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(kind.rawValue, 20)
        writer.store(UInt8(isReachable ? 1 : 0), 21)
        writer.store(snapshot, 24)
        writer.money(cash, 32)
        writer.money(portfolioValue, 48)
        writer.money(buyingPower, 64)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        kind = try record.value(20)
        isReachable = record.load(21, as: UInt8.self) != 0
        snapshot = record.load(24)
        cash = record.money(32)
        portfolioValue = record.money(48)
        buyingPower = record.money(64)
        origin = try record.texts(from: 80, count: 1)[0]
    }
}

public struct VenuePositionReported: Event, Hashable {
    public static let type = EventType.venuePositionReported
    public static let layout = Layout(
        size: 48,
        [
            .init("snapshot", 24, .hex64), .init("quantity", 32, .quantity),
            .init("averagePrice", 40, .price),
        ], texts: ["venueSymbol"])

    /// None where the ledger does not know the symbol.
    public var instrument: InstrumentID
    public var snapshot: UInt64
    /// Signed; short is negative.
    public var quantity: Quantity
    /// 0 where the venue gives none.
    public var averagePrice: Price
    public var symbol: String

    public init(
        instrument: InstrumentID, snapshot: UInt64, quantity: Quantity, averagePrice: Price,
        symbol: String
    ) {
        (self.instrument, self.snapshot, self.quantity) = (instrument, snapshot, quantity)
        (self.averagePrice, self.symbol) = (averagePrice, symbol)
    }

    public var texts: [String] { [symbol] }
    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(snapshot, 24)
        writer.quantity(quantity, 32)
        writer.price(averagePrice, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        snapshot = record.load(24)
        quantity = record.quantity(32)
        averagePrice = record.price(40)
        symbol = try record.texts(from: 48, count: 1)[0]
    }
}

public struct VenueOrderReported: Event, Hashable {
    public static let type = EventType.venueOrderReported
    public static let layout = Layout(
        size: 72,
        [
            .init("side", 20, .names(["none", "buy", "sell"])), .init("snapshot", 24, .hex64),
            .init("quantity", 32, .quantity), .init("filled", 40, .quantity),
            .init("limitPrice", 48, .price), .init("intent", 56, .hex128),
        ], texts: ["venueSymbol", "venueOrder"])

    public var instrument: InstrumentID
    public var side: Side
    public var snapshot: UInt64
    public var quantity: Quantity
    public var filled: Quantity
    /// 0 where it has none.
    public var limitPrice: Price
    /// The client order id; zeros where it is not one of ours.
    public var intent: IntentID
    public var symbol: String
    public var venueOrder: String

    public init(
        instrument: InstrumentID, side: Side, snapshot: UInt64, quantity: Quantity,
        filled: Quantity, limitPrice: Price, intent: IntentID, symbol: String, venueOrder: String
    ) {
        (self.instrument, self.side, self.snapshot) = (instrument, side, snapshot)
        (self.quantity, self.filled, self.limitPrice) = (quantity, filled, limitPrice)
        (self.intent, self.symbol, self.venueOrder) = (intent, symbol, venueOrder)
    }

    public var texts: [String] { [symbol, venueOrder] }
    public var quantities: (Quantity, Quantity) { (quantity, filled) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(side.rawValue, 20)
        writer.store(snapshot, 24)
        writer.quantity(quantity, 32)
        writer.quantity(filled, 40)
        writer.price(limitPrice, 48)
        writer.store(intent.high, 56)
        writer.store(intent.low, 64)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        side = try record.value(20)
        snapshot = record.load(24)
        quantity = record.quantity(32)
        filled = record.quantity(40)
        limitPrice = record.price(48)
        intent = IntentID(high: record.load(56), low: record.load(64))
        let texts = try record.texts(from: 72, count: 2)
        (symbol, venueOrder) = (texts[0], texts[1])
    }
}

public struct VenueSnapshotEnded: Event, Hashable {
    public static let type = EventType.venueSnapshotEnded
    public static let layout = Layout(
        size: 40,
        [
            .init("snapshot", 24, .hex64), .init("positions", 32, .u32), .init("orders", 36, .u32),
        ])

    public var snapshot: UInt64
    /// How many records of each kind belong to it.
    public var positions: UInt32
    public var orders: UInt32

    public init(snapshot: UInt64, positions: UInt32, orders: UInt32) {
        (self.snapshot, self.positions, self.orders) = (snapshot, positions, orders)
    }

    public func encode(into writer: inout RecordWriter) {
        writer.store(snapshot, 24)
        writer.store(positions, 32)
        writer.store(orders, 36)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        snapshot = record.load(24)
        positions = record.load(32)
        orders = record.load(36)
    }
}
