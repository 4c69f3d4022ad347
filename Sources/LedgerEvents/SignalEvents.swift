import LedgerDomain

/// What an order is for.
package enum Purpose: UInt8, Sendable, CaseIterable {
    /// Opens or enlarges a position.
    case entry = 1
    /// Closes or reduces one.
    case exit = 2
    case stopLoss = 3
    case takeProfit = 4
}

package enum RejectionReason: UInt8, Sendable, CaseIterable {
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

    static let names = ["unknown"] + allCases.map { String(describing: $0) }
}

/// A strategy wants something, and says from what: two numbers that it compared.
package struct SignalGenerated: Event, Hashable {
    package static let type = EventType.signalGenerated
    package static let layout = Layout(
        size: 56,
        [
            .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
            .init("purpose", 23, .names(["none", "entry", "exit", "stopLoss", "takeProfit"])),
            .init("price", 24, .price), .init("quantity", 32, .quantity),
            .init("indicator", 40, .f64), .init("threshold", 48, .f64),
        ])

    package var instrument: InstrumentID
    package var strategy: StrategyID
    package var side: Side
    package var purpose: Purpose
    /// The market's price that the decision saw.
    package var price: Price
    package var quantity: Quantity
    package var indicator: Double
    package var threshold: Double

    package init(
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

    package var quantities: (Quantity, Quantity) { (quantity, .zero) }

    package func encode(into writer: inout RecordWriter) {
        writer.store(strategy.number, 20)
        writer.store(side.rawValue, 22)
        writer.store(purpose.rawValue, 23)
        writer.price(price, 24)
        writer.quantity(quantity, 32)
        writer.store(indicator.bitPattern, 40)
        writer.store(threshold.bitPattern, 48)
    }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
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
package struct Refusal: Hashable, Sendable {
    package var reason: RejectionReason
    package var limit: Money
    package var value: Money

    package init(_ reason: RejectionReason, limit: Money = .zero, value: Money = .zero) {
        self.reason = reason
        self.limit = limit
        self.value = value
    }

    static let fields: [Layout.Field] = [
        .init("strategy", 20, .strategy), .init("side", 22, .names(["none", "buy", "sell"])),
        .init("reason", 23, .names(RejectionReason.names)), .init("limit", 24, .money),
        .init("value", 40, .money),
    ]
}

/// A signal that was stopped before it became an intent: by a filter or a gate.
package struct SignalRejected: Event, Hashable {
    package static let type = EventType.signalRejected
    package static let layout = Layout(size: 56, Refusal.fields)

    package var instrument: InstrumentID
    package var strategy: StrategyID
    package var side: Side
    package var refusal: Refusal

    package init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.refusal = refusal
    }

    package func encode(into writer: inout RecordWriter) {
        writer.refusal(strategy, side, refusal)
    }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        instrument = record.instrument
        (strategy, side, refusal) = try record.refusal()
    }
}

/// An order that the ledger itself refused to send.
package struct IntentRejected: Event, Hashable {
    package static let type = EventType.intentRejected
    package static let layout = Layout(size: 56, Refusal.fields)

    package var instrument: InstrumentID
    package var strategy: StrategyID
    package var side: Side
    package var refusal: Refusal

    package init(
        instrument: InstrumentID, strategy: StrategyID, side: Side, refusal: Refusal
    ) {
        self.instrument = instrument
        self.strategy = strategy
        self.side = side
        self.refusal = refusal
    }

    package func encode(into writer: inout RecordWriter) {
        writer.refusal(strategy, side, refusal)
    }

    package init(_ record: Record) throws(RecordError) {
        try record.expect(Self.layout)
        instrument = record.instrument
        (strategy, side, refusal) = try record.refusal()
    }
}

extension RecordWriter {
    func refusal(_ strategy: StrategyID, _ side: Side, _ refusal: Refusal) {
        store(strategy.number, 20)
        store(side.rawValue, 22)
        store(refusal.reason.rawValue, 23)
        money(refusal.limit, 24)
        money(refusal.value, 40)
    }
}

extension Record {
    func refusal() throws(RecordError) -> (StrategyID, Side, Refusal) {
        let side: Side = try value(22)
        let refusal = Refusal(try value(23), limit: money(24), value: money(40))
        return (StrategyID(load(20)), side, refusal)
    }
}
