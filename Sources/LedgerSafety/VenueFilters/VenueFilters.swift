import LedgerDomain
import LedgerEvents

/// The rules by which a venue takes orders in one instrument (Q08).
///
/// An order is brought into a form that the venue takes where that makes it no larger and no worse, and
/// refused by the filter's name where not:
///
/// | filter | adjusts | refuses |
/// |---|---|---|
/// | price filter | a buy's limit down to the tick, a sell's up; a stop away from the market | outside the range |
/// | percent price | | a limit outside the multiples of the average price |
/// | lot size | down to the lot, down to the maximum | below the minimum |
/// | market lot size | the same, for orders without a limit | the same |
/// | notional | down to the maximum | below the minimum |
/// | maximum orders | | one more order that rests than may be |
///
/// Comparisons are exact: products go through 256 bits, nothing is rounded before it is compared.
public struct VenueFilters: Hashable, Sendable {
    public let event: VenueFiltersLoaded

    public init(_ event: VenueFiltersLoaded) { self.event = event }

    /// - Parameters:
    ///   - average: the price that the venue averages over `averageMinutes`; 0 where nobody knows it,
    ///     and the order's reference price stands for it.
    ///   - openOrders: the account's orders that rest in the instrument, stops among them.
    ///   - openStops: those of them that wait for their stop.
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

    /// Whether so little is held that the venue takes no order at the market which closes any of it.
    public func isDust(_ quantity: Quantity, at price: Price) -> Bool {
        let terms = OrderIntended(
            instrument: event.instrument, strategy: .none, side: .sell, orderType: .market,
            intent: IntentID(high: 0, low: 0), quantity: quantity, referencePrice: price,
            timeInForce: .goodTillCancelled, purpose: .exit)
        var quantiser = Quantiser(filters: event, terms: terms, average: price)
        return quantiser.run() != nil
    }

    /// An order that fills or ends at once takes nobody's place.
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
