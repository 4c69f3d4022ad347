import LedgerDomain

/// The ledger and the venue do not agree on one thing: both values, in the unit of the kind.
public struct DiscrepancyFound: Event, Hashable {
    public static let type = EventType.discrepancyFound
    public static let layout = Layout(
        size: 72,
        [
            .init("kind", 20, .names(DiscrepancyKind.names)), .init("snapshot", 24, .hex64),
            .init("ledger", 32, .money), .init("venue", 48, .money), .init("order", 64, .order),
        ], texts: ["venueSymbol", "detail"])

    public var instrument: InstrumentID
    public var kind: DiscrepancyKind
    public var snapshot: UInt64
    /// Units for quantities, currency for prices and cash.
    public var ledger: Money
    public var venue: Money
    /// None unless an order is concerned that the ledger knows.
    public var order: OrderID
    public var symbol: String
    public var detail: String

    public init(
        _ kind: DiscrepancyKind, instrument: InstrumentID = .none, snapshot: UInt64,
        ledger: Money, venue: Money, order: OrderID = .none, symbol: String = "",
        detail: String = ""
    ) {
        (self.kind, self.instrument, self.snapshot) = (kind, instrument, snapshot)
        (self.ledger, self.venue, self.order) = (ledger, venue, order)
        (self.symbol, self.detail) = (symbol, detail)
    }

    public var texts: [String] { [symbol, detail] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(kind.rawValue, 20)
        writer.store(snapshot, 24)
        writer.money(ledger, 32)
        writer.money(venue, 48)
        writer.order(order, 64)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        kind = try record.value(20)
        snapshot = record.load(24)
        ledger = record.money(32)
        venue = record.money(48)
        order = OrderID(record.load(64))
        let texts = try record.texts(from: 72, count: 2)
        (symbol, detail) = (texts[0], texts[1])
    }
}

public struct ReconciliationEnded: Event, Hashable {
    public static let type = EventType.reconciliationEnded
    public static let layout = Layout(
        size: 40,
        [
            .init("status", 20, .names(ReconciliationStatus.names)),
            .init("discrepancies", 24, .u32), .init("snapshot", 32, .hex64),
        ], texts: ["reason"])

    public var status: ReconciliationStatus
    public var discrepancies: UInt32
    public var snapshot: UInt64
    public var reason: String

    public init(
        _ status: ReconciliationStatus, discrepancies: UInt32, snapshot: UInt64, reason: String
    ) {
        (self.status, self.discrepancies) = (status, discrepancies)
        (self.snapshot, self.reason) = (snapshot, reason)
    }

    public var texts: [String] { [reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.store(status.rawValue, 20)
        writer.store(UInt64(discrepancies), 24)
        writer.store(snapshot, 32)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        status = try record.value(20)
        discrepancies = record.load(24)
        snapshot = record.load(32)
        reason = try record.texts(from: 40, count: 1)[0]
    }
}

/// A position was set to what the venue holds: not a fill, cash does not move.
public struct PositionAdjusted: Event, Hashable {
    public static let type = EventType.positionAdjusted
    public static let layout = Layout(
        size: 48,
        [
            .init("strategy", 20, .strategy), .init("quantity", 24, .quantity),
            .init("price", 32, .price), .init("snapshot", 40, .hex64),
        ], texts: ["actor", "reason"])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    /// The signed change.
    public var quantity: Quantity
    /// At which lots are opened or closed: the venue's average, or the mark where it gives none.
    public var price: Price
    public var snapshot: UInt64
    public var actor: String
    public var reason: String

    public init(
        instrument: InstrumentID, strategy: StrategyID, quantity: Quantity, price: Price,
        snapshot: UInt64, actor: String, reason: String
    ) {
        (self.instrument, self.strategy, self.quantity) = (instrument, strategy, quantity)
        (self.price, self.snapshot) = (price, snapshot)
        (self.actor, self.reason) = (actor, reason)
    }

    public var texts: [String] { [actor, reason] }
    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.quantity(quantity, 24)
        writer.price(price, 32)
        writer.store(snapshot, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        quantity = record.quantity(24)
        price = record.price(32)
        snapshot = record.load(40)
        let texts = try record.texts(from: 48, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}

/// Cash was set to what the venue says.
public struct CashAdjusted: Event, Hashable {
    public static let type = EventType.cashAdjusted
    public static let layout = Layout(
        size: 48, [.init("amount", 24, .money), .init("snapshot", 40, .hex64)],
        texts: ["actor", "reason"])

    /// The signed change.
    public var amount: Money
    public var snapshot: UInt64
    public var actor: String
    public var reason: String

    public init(amount: Money, snapshot: UInt64, actor: String, reason: String) {
        (self.amount, self.snapshot) = (amount, snapshot)
        (self.actor, self.reason) = (actor, reason)
    }

    public var texts: [String] { [actor, reason] }

    public func encode(into writer: inout RecordWriter) {
        writer.money(amount, 24)
        writer.store(snapshot, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        amount = record.money(24)
        snapshot = record.load(40)
        let texts = try record.texts(from: 48, count: 2)
        (actor, reason) = (texts[0], texts[1])
    }
}
