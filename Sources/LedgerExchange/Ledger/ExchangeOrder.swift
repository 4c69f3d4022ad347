import LedgerDomain
import LedgerEvents

/// One order as clients see it.
public struct ExchangeOrder: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case open, filled, cancelled, expired, rejected
    }

    /// The terms from one moment on: the initial ones, and those of each replacement.
    public struct Generation: Hashable, Sendable {
        /// The event that created it; used for the venue's order id if each replacement has its
        /// own.
        public var sequence: SequenceNumber
        public var clientOrder: String
        public var quantity: Quantity
        public var limitPrice: Price
        public var stopPrice: Price
        public var at: Timestamp
        public var filledBefore = Quantity.zero
    }

    public var id: OrderID
    public var instrument: InstrumentID
    public var side: Side
    public var orderType: OrderType
    public var timeInForce: TimeInForce
    /// What only the dialect knows about it, as text.
    public var words: String
    public var generations: [Generation]
    public var state = State.open
    public var filled = Quantity.zero
    /// Σ price × quantity of the fills.
    public var value = Money.zero
    public var fees = Money.zero
    public var updatedAt: Timestamp
    public var fills: [ExchangeFill] = []
    /// The name of its last cancel.
    public var cancelName = ""

    public var current: Generation { generations[generations.count - 1] }
    public var remaining: Quantity { current.quantity - filled }
    public var createdAt: Timestamp { generations[0].at }

    /// What one generation's terms ask for by themselves, and how much of it has filled so far, or
    /// up to and including one of the fills.
    public func own(_ generation: Int, through last: Int? = nil) -> (
        quantity: Quantity, filled: Quantity
    ) {
        let terms = generations[generation]
        let filled = fills.prefix(last.map { $0 + 1 } ?? fills.count).reduce(Quantity.zero) {
            $1.generation == generation ? $0 + $1.quantity : $0
        }
        return (terms.quantity - terms.filledBefore, filled)
    }

    /// The average price of one generation's fills, rounded half to even; 0 before the first.
    public func averagePrice(_ generation: Int, through last: Int? = nil) -> Price {
        let own = fills.prefix(last.map { $0 + 1 } ?? fills.count).filter {
            $0.generation == generation
        }
        let filled = own.reduce(Quantity.zero) { $0 + $1.quantity }
        let value = own.reduce(Money.zero) {
            $0 + ((try? Money.notional($1.price, $1.quantity)) ?? .zero)
        }
        let (scaled, overflow) = value.raw.multipliedReportingOverflow(by: Int128(FixedPoint.one))
        guard filled.raw > 0, !overflow else { return .zero }
        return Price(
            raw: Int64(clamping: FixedPoint.dividedHalfEven(scaled, by: filled.raw)))
    }
}

public struct ExchangeFill: Hashable, Sendable {
    /// The event; the execution's id is derived from it.
    public var sequence: SequenceNumber
    public var generation: Int
    public var price: Price
    public var quantity: Quantity
    public var fee: Money
    public var liquidity: OrderFilled.Liquidity
    public var time: Timestamp
    /// The filled quantity of the order after it.
    public var cumulative: Quantity
    /// The account's holding of the instrument after it; splits are not counted.
    public var position: Quantity
}

/// A fill that was taken back, or that has other terms now.
public struct ExchangeCorrection: Hashable, Sendable {
    /// The type of the activity that books it.
    static let type = "correction"

    /// The event; the correction's own execution id is derived from it.
    public var sequence: SequenceNumber
    /// Indices in the book.
    public var order: Int
    public var fill: Int
    public var price: Price
    /// 0 where it was taken back.
    public var quantity: Quantity
    public var time: Timestamp
}

/// What came into the account, or left it, without an order.
public struct ExchangeMovement: Hashable, Sendable {
    public var sequence: SequenceNumber
    /// The dialect's word.
    public var type: String
    public var asset: String
    /// Signed; of cash too.
    public var quantity: Quantity
    public var time: Timestamp
}

/// What an event changed for clients; the order is an index in the book.
public enum BookChange: Hashable, Sendable {
    case accepted(Int)
    case filled(Int, fill: Int)
    case replaced(Int)
    case cancelled(Int)
    case expired(Int)
    case rejected(Int)
}
