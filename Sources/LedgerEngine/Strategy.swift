import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// What a strategy wants done, and why. The engine sizes it, checks it and sends it.
public struct Decision: Hashable, Sendable {
    public enum Size: Hashable, Sendable {
        case units(Quantity)
        /// All that the position holds.
        case position
        /// The size at which a price move by the distance loses this share of equity.
        case risk(share: Double, distance: Price)
        /// This share of the free cash.
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
    /// The market price at the decision.
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

/// What a strategy wants done about one event: none, one or several decisions, in their order.
public struct Decisions: Sendable {
    /// Apart from the rest, so that none and one allocate nothing.
    private var first: Decision?
    private var rest: [Decision] = []
    /// Beside the rest, because a comparison of `first` with nil copies it.
    private var count = 0

    public init() {}

    @inline(__always)
    public var isEmpty: Bool { count == 0 }

    public mutating func append(_ decision: Decision) {
        if count == 0 { first = decision } else { rest.append(decision) }
        count += 1
    }

    /// Removes the decision that was appended first.
    mutating func removeFirst() -> Decision? {
        guard count > 0 else { return nil }
        count -= 1
        defer { first = rest.isEmpty ? nil : rest.removeFirst() }
        return first
    }
}

/// A rule that turns market data into decisions. Its fields are its whole memory: they are saved,
/// compared and replayed, so it reads no clock and nothing but the event and the view.
public protocol Strategy: Sendable {
    /// The name in configurations.
    static var kind: String { get }
    /// Raise it with every change of behaviour. A replay reports when it runs another version.
    static var codeVersion: UInt16 { get }
    /// The version of the behaviour under the engine's rules, if older rules keep an older behaviour.
    static func codeVersion(under rules: RulesVersion) -> UInt16
    /// Whether its views include the account. A strategy that needs none avoids the copy.
    static var seesAccount: Bool { get }
    init(_ settings: SettingsEntry) throws(SettingsError)
    mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions)
    mutating func quote(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions)
    mutating func trade(_ trade: Trade, _ view: StrategyView, _ decisions: inout Decisions)
    mutating func prediction(
        _ prediction: PredictionRecorded, _ view: StrategyView, _ decisions: inout Decisions)
    /// Takes a bar of history. It is too late to act on it, so no decision can be appended. By default calls
    /// `bar` and discards its decisions.
    mutating func recall(_ bar: Bar, _ view: StrategyView)
    /// Takes a fill of one of its orders or of an exit that protects its position. The view has the position
    /// after the fill. Decide on it at the next event.
    mutating func fill(_ fill: OrderFilled, _ view: StrategyView)
    /// Prices before a split are `denominator / numerator` of what they were.
    mutating func split(_ event: SplitApplied)
    /// Behaves from now on as it did under these rules. They are not part of the saved memory.
    mutating func follow(_ rules: RulesVersion)
    func encode(into writer: inout StateWriter)
    mutating func restore(from reader: inout StateReader) throws(StateError)
}

extension Strategy {
    public static var seesAccount: Bool { false }
    public static func codeVersion(under rules: RulesVersion) -> UInt16 { codeVersion }
    public mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {}
    public mutating func quote(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions) {
    }
    public mutating func recall(_ bar: Bar, _ view: StrategyView) {
        var discarded = Decisions()
        self.bar(bar, view, &discarded)
    }
    public mutating func trade(_ trade: Trade, _ view: StrategyView, _ decisions: inout Decisions) {
    }
    public mutating func prediction(
        _ prediction: PredictionRecorded, _ view: StrategyView, _ decisions: inout Decisions
    ) {}
    public mutating func fill(_ fill: OrderFilled, _ view: StrategyView) {}
    public mutating func split(_ event: SplitApplied) {}
    public mutating func follow(_ rules: RulesVersion) {}
}

/// The kinds of strategies that an engine knows.
public struct StrategyCatalog: Sendable {
    /// The strategies that the program ships.
    public static let shipped = StrategyCatalog([
        SMACrossover.self, Threshold.self, BuyAndHold.self,
    ])

    public static let kinds = shipped.types.map { $0.kind }

    private let types: [any Strategy.Type]

    public init(_ types: [any Strategy.Type]) { self.types = types }

    func make(_ settings: SettingsEntry) throws(SettingsError) -> any Strategy {
        let kind = try settings[StrategyKeys.kind]
        guard let type = types.first(where: { $0.kind == kind }) else {
            let known = types.map { $0.kind }.joined(separator: ", ")
            throw settings.error(StrategyKeys.kind, "'\(kind)' is not one of \(known)")
        }
        return try type.init(settings)
    }
}
