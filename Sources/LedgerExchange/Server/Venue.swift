import LedgerDomain
import LedgerEvents
import LedgerReading
import LedgerVenues

/// The client's end of one web socket, as a session writes to it.
public protocol StreamLink: AnyObject {
    func send(_ bytes: [UInt8], isBinary: Bool)
    /// An order update, subject to faults.
    func sendUpdate(_ bytes: [UInt8], isBinary: Bool)
    func close(code: UInt16)
}

/// The protocol of one web socket.
public protocol StreamSession: AnyObject {
    func opened()
    func received(_ bytes: [UInt8])
    /// The exchange is closing; the socket is closed right afterwards.
    func closing()
}

extension StreamSession {
    public func closing() {}
}

/// One venue's API over one ledger.
public protocol Venue: AnyObject {
    var ledger: ExchangeLedger { get }
    /// How many clients subscribe to market data.
    var subscribers: Int { get }

    /// Whether the path belongs to this venue.
    func serves(_ path: String) -> Bool
    func answer(_ request: Request) throws -> Answer
    /// Whether a web socket may be opened there.
    func isStream(_ request: Request) -> Bool
    /// Nil if there is no stream.
    func stream(_ request: Request, _ link: any StreamLink) -> (any StreamSession)?
    func closed(_ session: any StreamSession)
    func tell(_ notice: ExchangeLedger.Notice)
    /// Sends a message as it is to whoever listens to order reports.
    func say(_ message: WireValue)

    /// The answer for a fault.
    func faultAnswer(_ fault: FaultPlan.Fault, retryAfter: Int64) -> Answer

    /// Does what faults have put off until now.
    func settleFaults() throws
    /// Takes a fill back or gives it other terms, as told by a test.
    func correct(_ terms: WireValue) throws
    /// Changes the account without an order, as told by a test.
    func move(_ terms: WireValue) throws
}

extension Venue {
    public func settleFaults() throws {}
    public func correct(_ terms: WireValue) throws {
        throw InputError("this venue corrects no fills")
    }
    public func move(_ terms: WireValue) throws {
        throw InputError("add activities to the account instead")
    }
}

/// What the venues and their streams share: faults and the clock.
public final class Misbehaviour {
    public var dice: FaultDice
    public var extras: AccountExtras
    /// Streams that are closed: the path, the status of the answer to an opening, and its `Retry-After`.
    var closedStreams: [ClosedStream] = []

    struct ClosedStream {
        var path: String
        var status: Int
        var retryAfter: Int64
        /// How often it was asked for since.
        var refusals = 0
    }

    public init(_ plan: FaultPlan, _ extras: AccountExtras = AccountExtras()) {
        (dice, self.extras) = (FaultDice(plan), extras)
    }

    public var clock: ExchangeClock {
        ExchangeClock(skew: .milliseconds(dice.plan.whole(.clockSkew)))
    }

    public func happens(_ fault: FaultPlan.Fault) -> Bool { dice.happens(fault) }

    // MARK: Cancels that hang

    private var hanging: [(order: OrderID, until: Timestamp)] = []

    /// Whether a cancel of this order is taken and not done now.
    public func hangs(cancelOf order: OrderID) -> Bool {
        if isHanging(order) { return true }
        guard happens(.pendingCancel) else { return false }
        let seconds = dice.plan.whole(.pendingCancelSeconds)
        let until =
            seconds == 0
            ? Timestamp(nanoseconds: .max)
            : ExchangeClock.machine.advanced(by: .milliseconds(seconds * 1000))
        hanging.append((order, until))
        return true
    }

    public func isHanging(_ order: OrderID) -> Bool { hanging.contains { $0.order == order } }

    /// The orders whose cancels are to be done now.
    func takeDueCancels() -> [OrderID] {
        guard !hanging.isEmpty else { return [] }
        let now = ExchangeClock.machine
        let due = hanging.filter { $0.until <= now }.map(\.order)
        hanging.removeAll { $0.until <= now }
        return due
    }
}

extension OrderRequested {
    /// The same order at a price that no market has, at once or not at all.
    ///
    /// - Parameter last: the market's price.
    public func emptied(last: Price, tick: Price) -> OrderRequested {
        var order = self
        order.orderType = .limit
        order.timeInForce = .immediateOrCancel
        let (far, overflow) = max(last, tick).raw.multipliedReportingOverflow(by: 1000)
        order.limitPrice =
            side == .buy ? tick : overflow ? last : Price(raw: far - far % max(tick.raw, 1))
        return order
    }
}

extension OrderID {
    /// A UUID derived from the event's number: the same in every run of the exchange.
    public func uuid(_ kind: UInt16) -> String {
        let digits = number.hex
        return "\(UInt64(kind).hex.suffix(8))-0000-4000-8000-\(digits.suffix(12))"
    }

    /// The number from which `uuid` was derived.
    public static func number(uuid text: String, _ kind: UInt16) -> UInt64? {
        let parts = text.lowercased().split(separator: "-")
        guard parts.count == 5, UInt64(parts[0], radix: 16) == UInt64(kind), parts[4].count == 12
        else { return nil }
        return UInt64(parts[4], radix: 16)
    }
}

extension WireValue {
    public static func text(_ price: Price) -> WireValue { .text(price.description) }
    public static func text(_ quantity: Quantity) -> WireValue { .text(quantity.description) }
    public static func text(_ money: Money) -> WireValue { .text(money.description) }
    public static func text(_ measure: Measure) -> WireValue { .text(measure.description) }
    public static func number(_ price: Price) -> WireValue { .decimal(Int128(price.raw)) }
    public static func number(_ quantity: Quantity) -> WireValue { .decimal(quantity.raw) }
    /// Null for none.
    public static func optional(_ price: Price) -> WireValue { price.raw == 0 ? nil : .text(price) }

    public mutating func set(_ name: String, _ value: WireValue) {
        guard case .object(var members) = self else { return }
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place].value = value
        } else {
            members.append(.init(name, value))
        }
        self = .object(members)
    }
}
