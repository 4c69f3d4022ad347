import LedgerDomain
import LedgerEvents

/// Values of what venues are asked and what they say.
extension EventSamples {
    static let venues: [Sample] = requests + reports + filters

    private static let half = Quantity(raw: 500_000_000)
    private static let far = InstrumentID(.max)

    private static let requests: [Sample] = [
        OrderRequested(
            instrument: apple, strategy: StrategyID(1), side: .buy, orderType: .limit,
            quantity: half, limitPrice: Price(raw: 130_310_000_000), timeInForce: .day,
            clientOrder: "mine-1", actor: "kim", reason: "by hand"),
        OrderRequested(
            instrument: far, side: .sell, orderType: .stopLimit, quantity: large,
            limitPrice: highest, stopPrice: lowest, timeInForce: .fillOrKill, clientOrder: odd,
            actor: odd, reason: ""),
        OrderCancelRequested(instrument: apple, order: OrderID(7), actor: "kim", reason: odd),
        OrderCancelRequested(instrument: far, order: OrderID(.max), actor: ""),
        OrderReplaceRequested(
            instrument: apple, order: OrderID(7), quantity: half, actor: "kim", reason: odd),
        OrderReplaceRequested(
            instrument: far, order: OrderID(.max), quantity: large, limitPrice: highest,
            stopPrice: lowest, clientOrder: odd, actor: ""),
        OrderReplaced(
            instrument: apple, generation: 1, order: OrderID(7), quantity: half,
            limitPrice: Price(raw: 1), stopPrice: .zero, remaining: half),
        OrderReplaced(
            instrument: far, generation: .max, order: OrderID(.max), quantity: large,
            limitPrice: highest, stopPrice: lowest, remaining: large),
        IntentReleased(instrument: apple, order: OrderID(7)),
        IntentReleased(instrument: far, order: OrderID(.max)),
        CancelIntended(instrument: apple, reason: .halted, order: OrderID(7)),
        CancelIntended(instrument: far, reason: .reconciled, order: OrderID(.max)),
        ReplaceIntended(
            instrument: apple, generation: 1, order: OrderID(7), quantity: half,
            limitPrice: Price(raw: 1), stopPrice: .zero),
        ReplaceIntended(
            instrument: far, generation: .max, order: OrderID(.max), quantity: large,
            limitPrice: highest, stopPrice: lowest),
        RetryScheduled(
            instrument: apple, cause: .rateLimit, attempt: 1, order: OrderID(7),
            since: Timestamp(nanoseconds: 1), due: Timestamp(nanoseconds: 2)),
        RetryScheduled(
            instrument: far, cause: .authentication, attempt: .max, order: OrderID(.max),
            since: Timestamp(nanoseconds: .min), due: Timestamp(nanoseconds: .max)),
    ]

    private static let reports: [Sample] =
        VenueStatus.allCases.map {
            VenueStatusReported(
                instrument: apple, status: $0, generation: .max, order: OrderID(7), quantity: large,
                filled: half, clientOrder: "0123", venueOrder: odd, reason: odd)
        }
        + DeferralCause.allCases.map {
            VenueDeferralReported(
                instrument: apple, cause: $0, generation: .max, order: OrderID(7),
                wait: Nanoseconds(.max), clientOrder: "0123", reason: odd)
        }
        + VenueLink.allCases.flatMap { link -> [Sample] in
            [
                LinkChanged(link, isUp: true, venue: "alpaca", reason: ""),
                LinkChanged(link, isUp: false, venue: "", reason: odd),
            ]
        }
        + [
            VenueFillCorrected(
                instrument: apple, strategy: StrategyID(1), side: .buy, order: OrderID(7), fill: 12,
                price: Price(raw: 130_310_000_000), quantity: .zero,
                bookedPrice: Price(raw: 130_310_000_000), bookedQuantity: half, fee: Money(raw: -1),
                clientOrder: "0123", execution: "78", corrected: "77", reason: "TRADE_BUST"),
            VenueFillCorrected(
                instrument: far, strategy: .none, side: .sell, order: .none, fill: .max,
                price: highest, quantity: large, bookedPrice: lowest, bookedQuantity: large,
                fee: Money(raw: .max), clientOrder: odd, execution: "", corrected: odd, reason: odd),
            FillCorrected(
                instrument: apple, strategy: StrategyID(1), side: .sell, order: OrderID(7),
                fill: 12,
                price: Price(raw: 130_000_000_000), quantity: half,
                bookedPrice: Price(raw: 130_310_000_000), bookedQuantity: half,
                cash: Money(raw: -310_000_000), execution: "78", reason: ""),
            FillCorrected(
                instrument: far, strategy: .none, side: .buy, order: .none, fill: .max,
                price: lowest, quantity: large, bookedPrice: highest, bookedQuantity: large,
                cash: Money(raw: .min), execution: odd, reason: odd),
            VenueFillReported(
                instrument: apple, side: .buy, liquidity: .maker, order: OrderID(7),
                price: Price(raw: 130_310_000_000), quantity: half, fee: Money(raw: -1),
                cumulative: half, clientOrder: "0123", venueOrder: "61e69015", execution: "77",
                feeAsset: "USD"),
            VenueFillReported(
                instrument: far, side: .sell, liquidity: .taker, generation: .max, order: .none,
                price: highest, quantity: large, fee: Money(raw: .max), cumulative: large,
                clientOrder: odd, venueOrder: "", execution: odd, feeAsset: ""),
        ]

    private static let filters: [Sample] = {
        var full = VenueFiltersLoaded(instrument: far, origin: odd)
        (full.averageMinutes, full.flags) = (.max, .max)
        (full.minimumPrice, full.maximumPrice, full.tick) = (lowest, highest, Price(raw: 1))
        let most = Quantity(raw: Int128(Int64.max))
        (full.minimumQuantity, full.maximumQuantity, full.lot) = (half, most, Quantity(raw: 1))
        (full.marketMinimumQuantity, full.marketMaximumQuantity) = (half, most)
        full.marketLot = half
        (full.minimumNotional, full.maximumNotional) = (Money(raw: .min), Money(raw: .max))
        (full.bidMultiplierDown, full.bidMultiplierUp) = (lowest, highest)
        (full.askMultiplierDown, full.askMultiplierUp) = (highest, lowest)
        (full.maximumOrders, full.maximumStops) = (.max, 5)
        return [VenueFiltersLoaded(instrument: apple, origin: "exchangeInfo.json"), full]
    }()
}
