import LedgerDomain
import LedgerEvents

/// An order as the venue tells of it.
public struct VenueOrder: Hashable, Sendable {
    public var clientOrder: String
    public var venueOrder: String
    public var symbol: String
    public var side: Side
    public var status: VenueStatus
    /// In all, and what of it has filled.
    public var quantity: Quantity
    public var filled: Quantity
    /// 0 where it has none.
    public var limitPrice: Price
    public var stopPrice: Price
    public var reason: String
    /// Why it had no effect, if that passes: it may be sent again under another id.
    public var deferral: Deferral?
    /// The venue's time of it; 0 where it gives none.
    public var updatedAt: Timestamp

    /// A reason that passes, and for how long the venue takes nothing; 0 where nobody says.
    public struct Deferral: Hashable, Sendable {
        public var cause: DeferralCause
        public var wait: Nanoseconds

        public init(_ cause: DeferralCause, wait: Nanoseconds = .zero) {
            (self.cause, self.wait) = (cause, wait)
        }
    }

    public init(
        clientOrder: String, venueOrder: String = "", symbol: String = "", side: Side = .buy,
        status: VenueStatus, quantity: Quantity = .zero, filled: Quantity = .zero,
        limitPrice: Price = .zero, stopPrice: Price = .zero, reason: String = "",
        deferral: Deferral? = nil, updatedAt: Timestamp = .zero
    ) {
        self.deferral = deferral
        (self.clientOrder, self.venueOrder, self.symbol) = (clientOrder, venueOrder, symbol)
        (self.side, self.status, self.quantity, self.filled) = (side, status, quantity, filled)
        (self.limitPrice, self.stopPrice, self.reason) = (limitPrice, stopPrice, reason)
        self.updatedAt = updatedAt
    }
}

extension VenueOrder {
    /// Whether state and quantities can be true together: no more has filled than was wanted, and something
    /// where it is filled. An order for an amount of money has no quantity.
    public var isPlausible: Bool {
        (quantity == .zero || filled <= quantity) && (status != .filled || filled > .zero)
    }

    /// An order whose state this program does not know is at the venue; its quantities say how far it is.
    /// Should it have ended there, the comparison of open orders finds that.
    public mutating func settleUnknown(status: String) {
        let isWhole = quantity > .zero && filled == quantity
        self.status = isWhole ? .filled : filled > .zero ? .partiallyFilled : .accepted
        reason = "the venue's status '\(status)' is not known here"
    }
}

extension VenueOrder {
    /// A replacement that the venue counts from zero, in the ledger's terms: with what had filled before it.
    ///
    /// - Parameter total: the quantity of the ledger's order, which includes that.
    public func whole(of total: Quantity) -> VenueOrder {
        guard quantity.raw > 0 else { return self }
        var whole = self
        let before = max(.zero, total - quantity)
        whole.quantity = quantity + before
        whole.filled = filled + before
        return whole
    }
}

/// One execution as the venue tells of it.
public struct VenueFill: Hashable, Sendable {
    public var clientOrder: String
    public var venueOrder: String
    /// The venue's own id of the execution: the same from the stream and from its history.
    public var execution: String
    public var symbol: String
    public var side: Side
    public var liquidity: OrderFilled.Liquidity
    public var price: Price
    public var quantity: Quantity
    /// In `feeAsset`; positive is paid.
    public var fee: Money
    public var feeAsset: String
    /// What of the order has filled with this; 0 where the venue does not say.
    public var cumulative: Quantity
    public var time: Timestamp
    /// Whether the venue's stream brought it, rather than the answer to a query. A stream brings each
    /// execution once.
    public var isStreamed = false

    public init(
        clientOrder: String, venueOrder: String, execution: String, symbol: String, side: Side,
        liquidity: OrderFilled.Liquidity = .taker, price: Price, quantity: Quantity,
        fee: Money = .zero, feeAsset: String = "", cumulative: Quantity = .zero, time: Timestamp
    ) {
        (self.clientOrder, self.venueOrder) = (clientOrder, venueOrder)
        (self.execution, self.symbol, self.side) = (execution, symbol, side)
        (self.liquidity, self.price, self.quantity) = (liquidity, price, quantity)
        (self.fee, self.feeAsset, self.cumulative) = (fee, feeAsset, cumulative)
        self.time = time
    }
}

/// A fill that the venue took back, or that has other terms now.
public struct VenueCorrection: Hashable, Sendable {
    /// The execution that is corrected; empty where the venue does not say.
    public var corrected: String
    /// What the fill is now: its execution is the correction's own, and its quantity is 0 where it was
    /// taken back.
    public var fill: VenueFill
    public var reason: String

    public init(of corrected: String, to fill: VenueFill, reason: String = "") {
        (self.corrected, self.fill, self.reason) = (corrected, fill, reason)
    }
}

public struct VenuePosition: Hashable, Sendable {
    public var symbol: String
    /// Signed; short is negative.
    public var quantity: Quantity
    /// 0 where the venue gives none.
    public var averagePrice: Price
    /// What the venue says one unit is worth; 0 where it gives none.
    public var mark: Price
    public var kind: InstrumentKind

    public init(
        symbol: String, quantity: Quantity, averagePrice: Price = .zero, mark: Price = .zero,
        kind: InstrumentKind = .crypto
    ) {
        (self.symbol, self.quantity, self.averagePrice) = (symbol, quantity, averagePrice)
        (self.mark, self.kind) = (mark, kind)
    }
}

/// A part of a venue's answer that cannot be read. It never hides the rest.
public struct VenueUnread: Hashable, Sendable {
    public var item: VenueItem
    /// What can be read of it. An order of several legs has a symbol for each; several are possible.
    public var symbols: [String]
    public var id: String
    /// Whether it concerns a kind of asset or of order that no instrument here has.
    public var isOfOtherKind: Bool
    /// Why not, and where.
    public var detail: String

    public init(
        _ item: VenueItem, symbols: [String] = [], id: String = "", isOfOtherKind: Bool = false,
        detail: String
    ) {
        (self.item, self.symbols, self.id, self.detail) = (item, symbols, id, detail)
        self.isOfOtherKind = isOfOtherKind
    }
}

/// Something that changed the account outside of orders, as the venue tells of it.
public struct VenueActivity: Hashable, Sendable {
    /// The venue's own, the same whenever it is told.
    public var id: String
    public var kind: ActivityKind
    /// The venue's word for its kind.
    public var type: String
    /// Empty where it concerns no instrument.
    public var symbol = ""
    /// The signed changes of cash and of units.
    public var amount = Money.zero
    public var quantity = Quantity.zero
    /// Of one unit; 0 where the venue gives none.
    public var price = Price.zero
    public var occurred: Timestamp
    public var detail = ""
    /// Whether the venue took it back.
    public var isCancelled = false

    public init(id: String, kind: ActivityKind, type: String, occurred: Timestamp) {
        (self.id, self.kind, self.type, self.occurred) = (id, kind, type, occurred)
    }
}

/// The account at one moment: what reconciliation compares.
public struct VenueAccount: Hashable, Sendable {
    public var cash: Money
    public var portfolioValue: Money
    public var buyingPower: Money
    public var positions: [VenuePosition]
    public var openOrders: [VenueOrder]
    /// What could not be read of positions and orders.
    public var unread: [VenueUnread]

    public init(
        cash: Money, portfolioValue: Money = .zero, buyingPower: Money = .zero,
        positions: [VenuePosition] = [], openOrders: [VenueOrder] = [], unread: [VenueUnread] = []
    ) {
        (self.cash, self.portfolioValue) = (cash, portfolioValue)
        (self.buyingPower, self.positions, self.openOrders) = (buyingPower, positions, openOrders)
        self.unread = unread
    }
}

/// What went wrong at a venue or on the way to it, by what is to be done about it (K15, N02 to N05).
public enum VenueFault: Error, Hashable, Sendable {
    /// The venue refused the key or the signature in its own words: the authentication latch goes up, and the
    /// key is tried again at a growing interval.
    case authentication(String)
    /// The venue refused what was asked: the order is at fault, not the way.
    case refused(code: String, String)
    /// 429 or 418: wait this long; 0 where the venue did not say.
    case rateLimited(retryAfter: Nanoseconds, String)
    /// The clock is off (-1021): measure it anew.
    case timestamp(String)
    /// 5xx, time-out after sending, -1007: it may have happened. Ask before doing anything.
    case unknownOutcome(String)
    /// Refused connection, name not found, TLS: it did not happen.
    case unreachable(String)
    /// Maintenance.
    case closed(String)
    /// An answer that cannot be read.
    case malformed(String)

    public var text: String {
        switch self {
        case .refused(_, let text), .authentication(let text), .rateLimited(_, let text),
            .timestamp(let text), .unknownOutcome(let text), .unreachable(let text),
            .closed(let text), .malformed(let text):
            text
        }
    }

    /// The meaning of a refusal that is not in the venue's own words: something between us and the venue
    /// answered. Where it closes the way (401, 403, 407) nothing arrived; else an order may have.
    public static func ofProxy(_ answer: WireAnswer, isOrder: Bool, _ text: String) -> VenueFault {
        let words = "not in the venue's words: " + text
        switch answer.status {
        case 401, 403, 407: return .rateLimited(retryAfter: answer.wait(words: ""), words)
        default: return isOrder ? .unknownOutcome(words) : .unreachable(words)
        }
    }

    /// Why an order that met this fault may be sent again; nil if the order itself was refused, or may
    /// have arrived.
    public var deferral: VenueOrder.Deferral? {
        switch self {
        case .rateLimited(let wait, _): .init(.rateLimit, wait: wait)
        case .timestamp: .init(.timestamp)
        case .unreachable: .init(.unreachable)
        case .closed: .init(.closed)
        case .authentication: .init(.authentication)
        case .refused, .unknownOutcome, .malformed: nil
        }
    }

    /// Whether the venue refused it with this number.
    public func isRefusal(_ code: Int) -> Bool {
        guard case .refused(let text, _) = self else { return false }
        return text == "\(code)"
    }

    /// Whether a request that only asks may be tried again.
    public var isPassing: Bool {
        switch self {
        case .rateLimited, .timestamp, .unknownOutcome, .unreachable, .closed: true
        case .authentication, .refused, .malformed: false
        }
    }
}

/// What a gateway tells the ledger, from any of its streams and answers. It says what the venue said and
/// concludes nothing.
public enum GatewayReport: Hashable, Sendable {
    case order(VenueOrder)
    case fill(VenueFill)
    case correction(VenueCorrection)
    case account(VenueAccount)
    /// What changed the account outside of orders since the time asked for; all of it at once.
    case activities([VenueActivity])
    case link(VenueLink, isUp: Bool, String)
    /// What time it is for whoever hears what follows: a recording has a clock of its own.
    case recordedAt(Timestamp)
    /// Venue less ours.
    case clock(offset: Nanoseconds, roundTrip: Nanoseconds)
    /// And what it is about: the client order id of an order, else the request's path or the stream.
    case fault(VenueFault, String)
    case quote(
        symbol: String, bid: Price, bidSize: Quantity, ask: Price, askSize: Quantity, Timestamp)
    /// `aggressor` is nil and `id` 0 where the venue does not say.
    case trade(
        symbol: String, price: Price, size: Quantity, aggressor: Side?, id: UInt64, Timestamp)
    /// A closed bar; the time is its end.
    case bar(
        symbol: String, open: Price, high: Price, low: Price, close: Price, volume: Quantity,
        interval: UInt32, Timestamp)
}
