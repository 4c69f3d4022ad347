import LedgerDomain
import LedgerEvents

/// What a strategy may know beside the event: its own position and whether it waits for an order.
package struct StrategyView: Sendable {
    /// Signed; short is negative.
    package var position: Quantity
    /// Orders that may still fill, exits that protect a position not counted.
    package var workingOrders: Int
    package var time: Timestamp

    package init(position: Quantity, workingOrders: Int, time: Timestamp) {
        self.position = position
        self.workingOrders = workingOrders
        self.time = time
    }
}

/// What a strategy wants done, and why. The engine sizes it, checks it and sends it.
package struct Decision: Hashable, Sendable {
    package enum Size: Hashable, Sendable {
        case units(Quantity)
        /// All that the position holds.
        case position
        /// This share of equity is lost when the price moves by the distance.
        case risk(share: Double, distance: Price)
        /// This share of the cash that is free.
        case cash(share: Double)
    }

    package var side: Side
    package var purpose: Purpose
    package var size: Size
    package var orderType = OrderType.market
    package var limitPrice = Price.zero
    package var stopPrice = Price.zero
    package var stopLossDistance = Price.zero
    package var takeProfitDistance = Price.zero
    package var timeInForce = TimeInForce.goodTillCancelled
    /// The market's price that the decision saw.
    package var price: Price
    /// The two numbers that were compared.
    package var indicator: Double
    package var threshold: Double

    package init(
        side: Side, purpose: Purpose, size: Size, price: Price, indicator: Double,
        threshold: Double
    ) {
        self.side = side
        self.purpose = purpose
        self.size = size
        self.price = price
        self.indicator = indicator
        self.threshold = threshold
    }
}

/// A rule that turns market data into decisions. Its fields are its whole memory: they are saved,
/// compared and replayed, so it reads no clock and no other state.
package protocol Strategy: Sendable {
    /// The name in configurations.
    static var kind: String { get }
    /// Rises with every change of behaviour: a replay says when it runs another version.
    static var codeVersion: UInt16 { get }
    init(_ settings: Settings, _ prefix: String) throws(SettingsError)
    mutating func bar(_ bar: Bar, _ view: StrategyView) -> Decision?
    mutating func quote(_ quote: Quote, _ view: StrategyView) -> Decision?
    mutating func trade(_ trade: Trade, _ view: StrategyView) -> Decision?
    mutating func prediction(_ prediction: PredictionRecorded, _ view: StrategyView) -> Decision?
    /// Prices before a split are `denominator / numerator` of what they were.
    mutating func split(_ event: SplitApplied)
    func encode(into writer: inout StateWriter)
    mutating func restore(from reader: inout StateReader) throws(StateError)
}

extension Strategy {
    package mutating func bar(_ bar: Bar, _ view: StrategyView) -> Decision? { nil }
    package mutating func quote(_ quote: Quote, _ view: StrategyView) -> Decision? { nil }
    package mutating func trade(_ trade: Trade, _ view: StrategyView) -> Decision? { nil }
    package mutating func prediction(
        _ prediction: PredictionRecorded, _ view: StrategyView
    ) -> Decision? { nil }
    package mutating func split(_ event: SplitApplied) {}
}

package enum StrategyCatalog {
    static let all: [any Strategy.Type] = [SMACrossover.self, Threshold.self, BuyAndHold.self]

    package static let kinds = all.map { $0.kind }

    static func make(
        _ settings: Settings, _ prefix: String
    ) throws(SettingsError) -> any Strategy {
        let kind = try settings.required("\(prefix).kind")
        guard let type = all.first(where: { $0.kind == kind }) else {
            throw SettingsError(
                "\(prefix).kind", "'\(kind)' is none of \(kinds.joined(separator: ", "))")
        }
        return try type.init(settings, prefix)
    }
}
