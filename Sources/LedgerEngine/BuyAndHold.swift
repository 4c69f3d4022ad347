import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// Buys at the first price at which it may buy, and keeps the position. Other strategies are measured
/// against it.
///
/// If a buy is refused, it tries again at the next price. Under rules 1 it tried only the first price.
struct BuyAndHold: Strategy {
    static let kind = "buy_and_hold"
    static let codeVersion: UInt16 = 2

    static func codeVersion(under rules: RulesVersion) -> UInt16 {
        rules.retryHolding ? codeVersion : 1
    }

    private let quantity: Quantity
    private let cashShare: Double
    private var isDone = false
    private var retries = false

    init(_ settings: SettingsEntry) throws(SettingsError) {
        quantity = try settings[StrategyKeys.quantity]
        cashShare = try settings[HoldKeys.cashFraction]
    }

    mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
        buy(at: bar.close, view, &decisions)
    }

    mutating func quote(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions) {
        if let mid = quote.mid { buy(at: mid, view, &decisions) }
    }

    mutating func trade(_ trade: Trade, _ view: StrategyView, _ decisions: inout Decisions) {
        buy(at: trade.price, view, &decisions)
    }

    /// Ignores history: it keeps no prices and cannot buy in the past.
    mutating func recall(_ bar: Bar, _ view: StrategyView) {}

    mutating func fill(_ fill: OrderFilled, _ view: StrategyView) {
        if retries { isDone = true }
    }

    mutating func follow(_ rules: RulesVersion) { retries = rules.retryHolding }

    private mutating func buy(
        at price: Price, _ view: StrategyView, _ decisions: inout Decisions
    ) {
        guard !isDone, !retries || (view.workingOrders == 0 && view.position.raw == 0) else {
            return
        }
        isDone = !retries
        decisions.append(
            Decision(
                side: .buy, purpose: .entry,
                size: cashShare > 0 ? .cash(share: cashShare) : .units(quantity), price: price,
                indicator: price.double, threshold: 0))
    }

    func encode(into writer: inout StateWriter) { writer.write(isDone) }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        isDone = try reader.read()
    }
}
