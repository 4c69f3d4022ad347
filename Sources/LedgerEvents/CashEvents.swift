import LedgerDomain

public struct CashDeposited: Event, Hashable {
    public static let type = EventType.cashDeposited
    public static let layout = Layout(size: 40, [.init("amount", 24, .money)])

    /// Positive.
    public var amount: Money

    public init(amount: Money) { self.amount = amount }

    public func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        amount = record.money(24)
    }
}

public struct CashWithdrawn: Event, Hashable {
    public static let type = EventType.cashWithdrawn
    public static let layout = Layout(size: 40, [.init("amount", 24, .money)])

    /// Positive.
    public var amount: Money

    public init(amount: Money) { self.amount = amount }

    public func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        amount = record.money(24)
    }
}

/// A fee that belongs to no fill: data, borrowing, funding.
public struct FeeCharged: Event, Hashable {
    public static let type = EventType.feeCharged
    public static let layout = Layout(size: 40, [.init("amount", 24, .money)], texts: ["kind"])

    public var instrument: InstrumentID
    /// Positive is paid, negative received.
    public var amount: Money
    public var kind: String

    public init(instrument: InstrumentID, amount: Money, kind: String) {
        self.instrument = instrument
        self.amount = amount
        self.kind = kind
    }

    public var texts: [String] { [kind] }
    public func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        amount = record.money(24)
        kind = try record.texts(from: 40, count: 1)[0]
    }
}

/// A dividend booked to an account: negative where a short position owes it.
public struct DividendPaid: Event, Hashable {
    public static let type = EventType.dividendPaid
    public static let layout = Layout(
        size: 56,
        [
            .init("strategy", 20, .strategy), .init("perUnit", 24, .price),
            .init("quantity", 32, .quantity), .init("amount", 40, .money),
        ])

    public var instrument: InstrumentID
    public var strategy: StrategyID
    public var perUnit: Price
    public var quantity: Quantity
    /// perUnit × quantity, rounded half to even to 10^-9.
    public var amount: Money

    public init(
        instrument: InstrumentID, strategy: StrategyID, perUnit: Price, quantity: Quantity,
        amount: Money
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.perUnit = perUnit
        self.quantity = quantity
        self.amount = amount
    }

    public var quantities: (Quantity, Quantity) { (quantity, .zero) }

    public func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.price(perUnit, 24)
        writer.quantity(quantity, 32)
        writer.money(amount, 40)
    }

    public init(_ record: Record) throws(RecordError) {
        try record.expect(Self.self)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        perUnit = record.price(24)
        quantity = record.quantity(32)
        amount = record.money(40)
    }
}
