import LedgerDomain
import LedgerEvents

/// The venue's rules for orders in one instrument (Q08).
///
/// An order is adjusted to a form that the venue accepts if this makes it no larger and no worse.
/// Otherwise it is refused with the filter's name:
///
/// | filter | adjusts | refuses |
/// |---|---|---|
/// | price filter | a buy's limit down to the tick, a sell's up; a stop away from the market | outside the range |
/// | percent price | | a limit outside the multiples of the average price |
/// | lot size | down to the lot, down to the maximum | below the minimum |
/// | market lot size | the same, for orders without a limit | the same |
/// | notional | down to the maximum | below the minimum |
/// | maximum orders | | one resting order more than allowed |
///
/// Comparisons are exact: products use 256 bits, and nothing is rounded before it is compared.
public struct VenueFilters: Hashable, Sendable {
    public let event: VenueFiltersLoaded

    public init(_ event: VenueFiltersLoaded) { self.event = event }

    /// - Parameters:
    ///   - average: the venue's average price over `averageMinutes`; 0 if unknown, and the order's
    ///     reference price is used instead.
    ///   - openOrders: the account's resting orders in the instrument, including stops.
    ///   - openStops: those of them that wait for their stop price.
    public func verdict(
        _ terms: OrderIntended, average: Price, openOrders: Int, openStops: Int
    ) -> FilterVerdict {
        var quantiser = Quantiser(
            filters: event, terms: terms, average: average.raw > 0 ? average : terms.referencePrice)
        if let refusal = quantiser.run() { return .refused(refusal) }
        if let refusal = restingRefusal(terms, openOrders: openOrders, openStops: openStops) {
            return .refused(refusal)
        }
        return quantiser.adjustments.isEmpty
            ? .pass : .adjusted(quantiser.terms, quantiser.adjustments)
    }

    /// Whether the holding is too small for any market order that the venue accepts.
    public func isDust(_ quantity: Quantity, at price: Price) -> Bool {
        let terms = OrderIntended(
            instrument: event.instrument, strategy: .none, side: .sell, orderType: .market,
            intent: IntentID(high: 0, low: 0), quantity: quantity, referencePrice: price,
            timeInForce: .goodTillCancelled, purpose: .exit)
        var quantiser = Quantiser(filters: event, terms: terms, average: price)
        return quantiser.run() != nil
    }

    /// An order that fills or ends at once does not count as a resting order.
    private func restingRefusal(
        _ terms: OrderIntended, openOrders: Int, openStops: Int
    ) -> Refusal? {
        guard terms.orderType != .market, terms.timeInForce != .immediateOrCancel,
            terms.timeInForce != .fillOrKill
        else { return nil }
        if event.maximumOrders > 0, openOrders >= Int(event.maximumOrders) {
            return .filter(.maximumOrders, count: event.maximumOrders, openOrders)
        }
        guard terms.orderType != .limit, event.maximumStops > 0,
            openStops >= Int(event.maximumStops)
        else { return nil }
        return .filter(.maximumOrders, count: event.maximumStops, openStops)
    }
}

extension VenueFilters {
    public func encode(into writer: inout StateWriter) {
        writer.write(event.instrument)
        writer.write(event.averageMinutes)
        writer.write(event.flags)
        for price in [
            event.minimumPrice, event.maximumPrice, event.tick, event.bidMultiplierDown,
            event.bidMultiplierUp, event.askMultiplierDown, event.askMultiplierUp,
        ] {
            writer.write(price)
        }
        for quantity in [
            event.minimumQuantity, event.maximumQuantity, event.lot, event.marketMinimumQuantity,
            event.marketMaximumQuantity, event.marketLot,
        ] {
            writer.write(quantity)
        }
        writer.write(event.minimumNotional)
        writer.write(event.maximumNotional)
        writer.write(event.maximumOrders)
        writer.write(event.maximumStops)
        writer.write(event.origin)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        var event = VenueFiltersLoaded(instrument: try reader.read(), origin: "")
        event.averageMinutes = try reader.read()
        event.flags = try reader.read()
        event.minimumPrice = try reader.read()
        event.maximumPrice = try reader.read()
        event.tick = try reader.read()
        event.bidMultiplierDown = try reader.read()
        event.bidMultiplierUp = try reader.read()
        event.askMultiplierDown = try reader.read()
        event.askMultiplierUp = try reader.read()
        event.minimumQuantity = try reader.read()
        event.maximumQuantity = try reader.read()
        event.lot = try reader.read()
        event.marketMinimumQuantity = try reader.read()
        event.marketMaximumQuantity = try reader.read()
        event.marketLot = try reader.read()
        event.minimumNotional = try reader.read()
        event.maximumNotional = try reader.read()
        event.maximumOrders = try reader.read()
        event.maximumStops = try reader.read()
        event.origin = try reader.read()
        self.event = event
    }
}
