import LedgerDomain
import LedgerEvents
import LedgerSettings

/// What a strategy may know beside the event: its own position and whether it waits for an order.
public struct StrategyView: Sendable {
    /// Signed; short is negative.
    public var position: Quantity
    /// Orders that may still fill, exits that protect a position not counted.
    public var workingOrders: Int
    public var time: Timestamp

    public init(position: Quantity, workingOrders: Int, time: Timestamp) {
        self.position = position
        self.workingOrders = workingOrders
        self.time = time
    }
}

/// What a strategy wants done, and why. The engine sizes it, checks it and sends it.
public struct Decision: Hashable, Sendable {
    public enum Size: Hashable, Sendable {
        case units(Quantity)
        /// All that the position holds.
        case position
        /// This share of equity is lost when the price moves by the distance.
        case risk(share: Double, distance: Price)
        /// This share of the cash that is free.
        case cash(share: Double)
    }

    public var side: Side
    public var purpose: Purpose
    public var size: Size
    public var orderType = OrderType.market
    public var limitPrice = Price.zero
    public var stopPrice = Price.zero
    public var stopLossDistance = Price.zero
    public var takeProfitDistance = Price.zero
    public var timeInForce = TimeInForce.goodTillCancelled
    /// The market's price that the decision saw.
    public var price: Price
    /// The two numbers that were compared.
    public var indicator: Double
    public var threshold: Double

    public init(
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
public protocol Strategy: Sendable {
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
    public mutating func bar(_ bar: Bar, _ view: StrategyView) -> Decision? { nil }
    public mutating func quote(_ quote: Quote, _ view: StrategyView) -> Decision? { nil }
    public mutating func trade(_ trade: Trade, _ view: StrategyView) -> Decision? { nil }
    public mutating func prediction(
        _ prediction: PredictionRecorded, _ view: StrategyView
    ) -> Decision? { nil }
    public mutating func split(_ event: SplitApplied) {}
}

public enum StrategyCatalog {
    static let all: [any Strategy.Type] = [SMACrossover.self, Threshold.self, BuyAndHold.self]

    public static let kinds = all.map { $0.kind }

    static func make(
        _ settings: Settings, _ prefix: String
    ) throws(SettingsError) -> any Strategy {
        let kind = try settings.required("\(prefix).kind")
        guard let type = all.first(where: { $0.kind == kind }) else {
            throw SettingsError(
                "\(prefix).kind", problem: "'\(kind)' is none of \(kinds.joined(separator: ", "))")
        }
        return try type.init(settings, prefix)
    }
}
