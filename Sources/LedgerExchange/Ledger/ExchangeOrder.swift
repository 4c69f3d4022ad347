import LedgerDomain
import LedgerEvents

/// One order as the venue's clients see it.
struct ExchangeOrder: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case open, filled, cancelled, expired, rejected
    }

    /// The terms from one moment on: those it came with, and those of each replacement.
    struct Generation: Hashable, Sendable {
        /// The event that made it; the venue's order id is made of it where each replacement has its own.
        var sequence: SequenceNumber
        var clientOrder: String
        var quantity: Quantity
        var limitPrice: Price
        var stopPrice: Price
        var at: Timestamp
        var filledBefore = Quantity.zero
    }

    var id: OrderID
    var instrument: InstrumentID
    var side: Side
    var orderType: OrderType
    var timeInForce: TimeInForce
    /// What only the dialect knows of it, in words.
    var words: String
    var generations: [Generation]
    var state = State.open
    var filled = Quantity.zero
    /// Σ price × quantity of the fills.
    var value = Money.zero
    var fees = Money.zero
    var updatedAt: Timestamp
    var fills: [ExchangeFill] = []
    /// The name that the last cancel of it had.
    var cancelName = ""

    var current: Generation { generations[generations.count - 1] }
    var remaining: Quantity { current.quantity - filled }
    var createdAt: Timestamp { generations[0].at }

    /// What the terms of one generation ask for by themselves, and what of that has filled up to now, or up
    /// to and with one of the fills.
    func own(_ generation: Int, through last: Int? = nil) -> (quantity: Quantity, filled: Quantity)
    {
        let terms = generations[generation]
        let filled = fills.prefix(last.map { $0 + 1 } ?? fills.count).reduce(Quantity.zero) {
            $1.generation == generation ? $0 + $1.quantity : $0
        }
        return (terms.quantity - terms.filledBefore, filled)
    }

    /// The average of one generation's fills, half to even; 0 before the first.
    func averagePrice(_ generation: Int, through last: Int? = nil) -> Price {
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

struct ExchangeFill: Hashable, Sendable {
    /// The event; the execution's id is made of it.
    var sequence: SequenceNumber
    var generation: Int
    var price: Price
    var quantity: Quantity
    var fee: Money
    var liquidity: OrderFilled.Liquidity
    var time: Timestamp
    /// What of the order has filled with it.
    var cumulative: Quantity
    /// What the account held of the instrument after it; splits are not counted.
    var position: Quantity
}

/// What an event changed for clients; the order is a place in the book.
enum BookChange: Hashable, Sendable {
    case accepted(Int)
    case filled(Int, fill: Int)
    case replaced(Int)
    case cancelled(Int)
    case expired(Int)
    case rejected(Int)
}
