import LedgerDomain

package struct CashDeposited: Event, Hashable {
    package static let type = EventType.cashDeposited
    package static let layout = Layout(size: 40, [.init("amount", 24, .money)])

    /// Positive.
    package var amount: Money

    package init(amount: Money) { self.amount = amount }

    package func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        amount = record.money(24)
    }
}

package struct CashWithdrawn: Event, Hashable {
    package static let type = EventType.cashWithdrawn
    package static let layout = Layout(size: 40, [.init("amount", 24, .money)])

    /// Positive.
    package var amount: Money

    package init(amount: Money) { self.amount = amount }

    package func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        amount = record.money(24)
    }
}

/// A fee that belongs to no fill: data, borrowing, funding.
package struct FeeCharged: Event, Hashable {
    package static let type = EventType.feeCharged
    package static let layout = Layout(size: 40, [.init("amount", 24, .money)], texts: ["kind"])

    package var instrument: InstrumentID
    /// Positive is paid, negative received.
    package var amount: Money
    package var kind: String

    package init(instrument: InstrumentID, amount: Money, kind: String) {
        self.instrument = instrument
        self.amount = amount
        self.kind = kind
    }

    package var texts: [String] { [kind] }
    package func encode(into writer: inout RecordWriter) { writer.money(amount, 24) }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        instrument = record.instrument
        amount = record.money(24)
        kind = try record.texts(from: 40, count: 1)[0]
    }
}

/// A dividend booked to an account: negative where a short position owes it.
package struct DividendPaid: Event, Hashable {
    package static let type = EventType.dividendPaid
    package static let layout = Layout(
        size: 56,
        [
            .init("strategy", 20, .strategy), .init("perUnit", 24, .price),
            .init("quantity", 32, .quantity), .init("amount", 40, .money),
        ])

    package var instrument: InstrumentID
    package var strategy: StrategyID
    package var perUnit: Price
    package var quantity: Quantity
    /// perUnit × quantity, rounded half to even to 10^-9.
    package var amount: Money

    package init(
        instrument: InstrumentID, strategy: StrategyID, perUnit: Price, quantity: Quantity,
        amount: Money
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.perUnit = perUnit
        self.quantity = quantity
        self.amount = amount
    }

    package var quantities: (Quantity, Quantity) { (quantity, .zero) }

    package func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.price(perUnit, 24)
        writer.quantity(quantity, 32)
        writer.money(amount, 40)
    }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        instrument = record.instrument
        strategy = StrategyID(record.load(20))
        perUnit = record.price(24)
        quantity = record.quantity(32)
        amount = record.money(40)
    }
}
