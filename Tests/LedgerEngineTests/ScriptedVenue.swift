import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSimulation

/// A venue outside as the worst of them: what it says comes late, twice, out of order or not at all, it fills
/// in parts, refuses at random, and a replacement is another order. What it has done is beyond doubt.
struct ScriptedVenue {
    struct Held {
        var order: OrderID
        var intent: IntentID
        var generation: UInt16
        var terms: OrderIntended
        var status = VenueStatus.accepted
        var filled: Quantity
        /// What earlier ones of it had filled.
        var filledBefore = Quantity.zero
    }

    struct Execution {
        var number: Int
        var held: Int
        var price: Price
        var quantity: Quantity
        var cumulative: Quantity
        var fee: Money
        var feeAsset: String
    }

    private(set) var orders: [Held] = []
    private(set) var executions: [Execution] = []
    /// Positions by instrument number, and cash beside the first.
    private(set) var positions: [Int128] = [0, 0, 0]
    private(set) var cash: Int128 = 0
    /// The shortest position that there ever was.
    private(set) var shortest: Int128 = 0
    /// A client order id that came a second time and was taken.
    private(set) var doubled = 0
    /// Whether a buy costs a thousandth of what was bought instead of money.
    private let takesUnits: Bool
    private var random: SplitMix64

    init(seed: UInt64, takesUnits: Bool = false) {
        random = SplitMix64(seed: seed)
        self.takesUnits = takesUnits
    }

    /// What all commissions were worth.
    var fees: Int128 {
        executions.reduce(0) { sum, execution in
            let price = execution.feeAsset == "USD" ? 1_000_000_000 : Int128(execution.price.raw)
            return sum + execution.fee.raw * price / 1_000_000_000
        }
    }

    mutating func below(_ bound: UInt64) -> Int { Int(random.next(upTo: bound - 1)) }

    func find(_ intent: IntentID, _ generation: UInt16) -> Int? {
        orders.firstIndex { $0.intent == intent && $0.generation == generation }
    }

    mutating func submit(_ order: OrderID, _ terms: OrderIntended, _ generation: UInt16) {
        guard find(terms.intent, generation) == nil else { return doubled += 1 }
        orders.append(
            Held(
                order: order, intent: terms.intent, generation: generation, terms: terms,
                status: below(8) == 0 ? .rejected : .accepted, filled: .zero))
    }

    mutating func cancel(_ intent: IntentID) {
        for place in orders.indices
        where orders[place].intent == intent && orders[place].status == .accepted {
            orders[place].status = .cancelled
        }
    }

    /// - Returns: whether the replacement was taken.
    mutating func replace(_ event: ReplaceIntended, _ intent: IntentID) -> Bool {
        guard
            let old = orders.firstIndex(where: {
                $0.intent == intent && UInt32($0.generation) + 1 == event.generation
            }), orders[old].status == .accepted, below(4) > 0
        else { return false }
        let done = orders[old].filled
        guard event.quantity > done else { return false }
        orders[old].status = .replaced
        var new = orders[old]
        new.generation += 1
        new.status = .accepted
        new.filledBefore = done
        new.terms.quantity = event.quantity
        orders.append(new)
        return true
    }

    /// Fills some of what works.
    mutating func trade(at price: Price) {
        for place in orders.indices where orders[place].status == .accepted && below(3) == 0 {
            let left = orders[place].terms.quantity - orders[place].filled
            let step: Int128 = takesUnits ? 1_000_000 : 1_000_000_000
            let steps = max(1, left.raw / step)
            let part = below(2) == 0 ? steps : Int128(below(UInt64(steps))) + 1
            let quantity =
                part == steps && takesUnits ? left : min(left, Quantity(raw: part * step))
            execute(place, quantity, at: price)
        }
    }

    private mutating func execute(_ place: Int, _ quantity: Quantity, at price: Price) {
        orders[place].filled = orders[place].filled + quantity
        if orders[place].filled == orders[place].terms.quantity { orders[place].status = .filled }
        let terms = orders[place].terms
        let signed = quantity.raw * terms.side.sign
        let isPaidInUnits = takesUnits && terms.side == .buy && quantity.raw >= 1000
        let fee = isPaidInUnits ? quantity.raw / 1000 : 1_000_000
        positions[Int(terms.instrument.number)] += signed - (isPaidInUnits ? fee : 0)
        shortest = min(shortest, positions[Int(terms.instrument.number)])
        cash -= signed * Int128(price.raw) / 1_000_000_000 + (isPaidInUnits ? 0 : fee)
        executions.append(
            Execution(
                number: executions.count + 1, held: place, price: price, quantity: quantity,
                cumulative: orders[place].filled, fee: Money(raw: fee),
                feeAsset: isPaidInUnits ? ["", "A", "B"][Int(terms.instrument.number)] : "USD"))
    }

    func status(_ place: Int) -> VenueStatusReported {
        let held = orders[place]
        return VenueStatusReported(
            instrument: held.terms.instrument, status: held.status, generation: held.generation,
            order: held.order, quantity: held.terms.quantity, filled: held.filled,
            clientOrder: "\(held.intent)", venueOrder: "\(place)", reason: "")
    }

    func fill(_ execution: Execution) -> VenueFillReported {
        let held = orders[execution.held]
        return VenueFillReported(
            instrument: held.terms.instrument, side: held.terms.side, liquidity: .taker,
            generation: held.generation, order: held.order, price: execution.price,
            quantity: execution.quantity, fee: execution.fee,
            cumulative: execution.cumulative, clientOrder: "\(held.intent)", venueOrder: "",
            execution: "\(execution.number)", feeAsset: execution.feeAsset)
    }
}
