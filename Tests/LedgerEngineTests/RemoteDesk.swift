import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import Testing

/// Bitcoin bought and sold as its price swings, at a venue outside.
struct RemoteDesk {
    var watched: WatchedRun
    private var executions = 0

    init(
        _ more: WatchedRun.Pairs = [], hasFilters: Bool = false, rules: RulesVersion = .first,
        strategies: StrategyCatalog = .shipped
    ) throws {
        watched = try WatchedRun(
            [
                ("strategies.0.kind", "sma_crossover"), ("strategies.0.name", "swing"),
                ("strategies.0.symbols", "BTCUSD"), ("strategies.0.fast", "1"),
                ("strategies.0.slow", "2"), ("strategies.0.quantity", "0.01234"),
                ("venue.kind", "binance"), ("risk.enabled", "false"),
                ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
            ] + more, cash: "10000", kind: .paper, rules: rules, strategies: strategies)
        try define("BTCUSD", 3)
        try define("BNBUSD", 4)
        guard hasFilters else { return }
        for number: UInt32 in 3...4 {
            var filters = VenueFiltersLoaded(instrument: InstrumentID(number), origin: "test")
            filters.tick = try Price("0.01")
            filters.lot = try Quantity("0.00001")
            filters.minimumQuantity = filters.lot
            filters.minimumNotional = try Money("5")
            filters.flags = VenueFiltersLoaded.minimumNotionalAppliesToMarket
            try watched.append(filters)
        }
    }

    private func define(_ symbol: String, _ number: UInt32) throws {
        try watched.append(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(number), symbol: symbol, venue: "", currency: "USD",
                    kind: .crypto, tick: try Price("0.01"), lot: try Quantity("0.00001"),
                    priceScale: 2, quantityScale: 5)))
    }

    /// The venue fills some of the open order that was decided last.
    mutating func fill(
        _ quantity: String, at price: String, fee: String, _ asset: String
    ) throws {
        let order = try #require(watched.engine.orders.open.last)
        executions += 1
        watched.wait(seconds: 1)
        try watched.append(
            VenueFillReported(
                instrument: order.intended.instrument, side: order.intended.side,
                liquidity: .taker, order: order.id, price: try Price(price),
                quantity: try Quantity(quantity), fee: try Money(fee), cumulative: .zero,
                clientOrder: "\(order.intended.intent)", venueOrder: "",
                execution: "\(executions)", feeAsset: asset))
    }

    func held(_ number: UInt32) -> Quantity {
        watched.engine.profit.equity.quantity(watched.account, InstrumentID(number))
    }

    var total: ProfitParts {
        get throws { try #require(watched.engine.profit.total(watched.account)) }
    }

    var cash: Money { watched.engine.profit.equity[watched.account]?.cash ?? .zero }

    var stops: [Quantity] {
        watched.engine.orders.open.filter { $0.intended.purpose == .stopLoss }.map(\.remaining)
    }

    /// The venue says what became of an order.
    mutating func say(
        _ status: VenueStatus, of order: Order, filled: String = "0", reason: String = ""
    ) throws {
        watched.wait(seconds: 1)
        try watched.append(
            VenueStatusReported(
                instrument: order.intended.instrument, status: status,
                generation: UInt16(order.generation), order: order.id,
                quantity: order.intended.quantity, filled: try Quantity(filled),
                clientOrder: "\(order.intended.intent)", reason: reason))
    }

    /// The venue, or the way to it, refuses an order for now.
    mutating func putOff(
        _ order: Order, _ cause: DeferralCause = .rateLimit, wait: Nanoseconds = .zero
    ) throws {
        watched.wait(seconds: 1)
        try watched.append(
            VenueDeferralReported(
                instrument: order.intended.instrument, cause: cause,
                generation: UInt16(order.generation), order: order.id, wait: wait,
                clientOrder: "\(order.intended.intent)", reason: "not now"))
    }

    /// A clock tick, some seconds later.
    mutating func tick(after seconds: Int64) throws {
        watched.wait(seconds: seconds)
        try watched.append(ClockTicked())
    }

    /// The orders that may be sent, in the order in which they were let go.
    var released: [OrderID] {
        get throws { try watched.run.events(IntentReleased.self).map(\.order) }
    }

    /// Buys all that the strategy asks for, without a fee, and confirms the stop.
    mutating func enter() throws {
        try watched.price("59000", of: 3)
        try watched.price("60000", of: 3)
        try fill("0.01234", at: "60000", fee: "0", "")
    }

    var open: [Order] { watched.engine.orders.open }

    /// `purpose side quantity type` of what was decided, without what became of it.
    var decided: [String] {
        get throws {
            try watched.orders.map {
                "\($0.purpose) \($0.side) \($0.quantity) \($0.orderType)"
            }
        }
    }
}
