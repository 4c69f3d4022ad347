import LedgerDomain
import LedgerEvents

/// An order that rests at the simulated venue.
public struct WorkingOrder: Hashable, Sendable {
    public var id: OrderID
    public var account: AccountID
    public var terms: OrderIntended
    public var remaining: Quantity
    public var fills: UInt64 = 0
    public var activeFrom: Timestamp
    /// When a day order ends; the far future for others.
    public var expiresAt: Timestamp
    /// Whether its stop was triggered: it is then the market or limit order that it carries.
    var isTriggered = false
    /// Whether it has passed one event without filling: it then provides liquidity.
    var hasRested = false
    /// The last market event in which it took part.
    var seenIn: SequenceNumber = .none
    /// Placed by a fill inside this bar, whose later path is unknown: it may stop out, not take
    /// profit.
    var placedInside: SequenceNumber = .none

    func encode(into writer: inout StateWriter) {
        writer.write(id)
        writer.write(account)
        terms.encodeState(into: &writer)
        writer.write(remaining)
        writer.write(fills)
        writer.write(activeFrom)
        writer.write(expiresAt)
        writer.write(isTriggered)
        writer.write(hasRested)
        writer.write(seenIn)
        writer.write(placedInside)
    }

    public init(
        id: OrderID, account: AccountID, terms: OrderIntended, activeFrom: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.terms = terms
        remaining = terms.quantity
        self.activeFrom = activeFrom
        self.expiresAt = expiresAt
    }

    init(from reader: inout StateReader) throws(StateError) {
        id = try reader.read()
        account = try reader.read()
        terms = try OrderIntended(from: &reader)
        remaining = try reader.read()
        fills = try reader.read()
        activeFrom = try reader.read()
        expiresAt = try reader.read()
        isTriggered = try reader.read()
        hasRested = try reader.read()
        seenIn = try reader.read()
        placedInside = try reader.read()
    }
}

/// The venue's report about one of our orders.
public enum VenueReport: Hashable, Sendable {
    case filled(WorkingOrder, price: Price, quantity: Quantity, fee: Money, OrderFilled.Liquidity)
    case cancelled(WorkingOrder, EndReason)
    case expired(WorkingOrder, EndReason)
}
