import LedgerDomain
import LedgerEvents

/// Applies one instrument's filters to one order.
struct Quantiser {
    let filters: VenueFiltersLoaded
    private(set) var terms: OrderIntended
    /// The price at which the venue values orders without a limit; 0 if unknown.
    let average: Price
    private(set) var adjustments: [Refusal] = []

    init(filters: VenueFiltersLoaded, terms: OrderIntended, average: Price) {
        (self.filters, self.terms, self.average) = (filters, terms, average)
    }

    /// In the order of the table in `VenueFilters`. The first filter that refuses ends it.
    mutating func run() -> Refusal? {
        if let refusal = quantisePrices() { return refusal }
        if let refusal = percentPrice() { return refusal }
        if let refusal = quantiseSize(.lotSize, sizes) { return refusal }
        if isWithoutLimit, let refusal = quantiseSize(.marketLotSize, marketSizes) {
            return refusal
        }
        return notional()
    }

    private var hasLimit: Bool { terms.orderType == .limit || terms.orderType == .stopLimit }
    private var hasStop: Bool { terms.orderType == .stop || terms.orderType == .stopLimit }
    private var isWithoutLimit: Bool { !hasLimit }

    // MARK: Prices

    /// A stop is rounded away from the market, up for a buy and down for a sell, so that it never
    /// triggers early. If this would move it past the order's limit, it is placed at the limit;
    /// otherwise the order could never fill.
    private mutating func quantisePrices() -> Refusal? {
        let before = terms
        if hasLimit {
            let side: RoundingDirection = terms.side == .buy ? .down : .up
            guard let price = rounded(terms.limitPrice, side) else {
                return .filter(.priceFilter, price: filters.tick, terms.limitPrice)
            }
            terms.limitPrice = price
        }
        if hasStop {
            let away: RoundingDirection = terms.side == .buy ? .up : .down
            guard let price = rounded(terms.stopPrice, away) else {
                return .filter(.priceFilter, price: filters.tick, terms.stopPrice)
            }
            terms.stopPrice = price
            if terms.orderType == .stopLimit { holdStop(before) }
        }
        for (asked, price, isUsed) in [
            (before.limitPrice, terms.limitPrice, hasLimit),
            (before.stopPrice, terms.stopPrice, hasStop),
        ] where isUsed {
            if let refusal = outside(price) { return refusal }
            guard asked != price else { continue }
            adjustments.append(.filter(.priceFilter, price: tick(for: asked), asked))
        }
        return nil
    }

    private mutating func holdStop(_ asked: OrderIntended) {
        let (stop, limit) = (terms.stopPrice, terms.limitPrice)
        switch terms.side {
        case .buy where asked.stopPrice <= asked.limitPrice && stop > limit,
            .sell where asked.stopPrice >= asked.limitPrice && stop < limit:
            terms.stopPrice = limit
        default: break
        }
    }

    private func outside(_ price: Price) -> Refusal? {
        if price.raw <= 0 || price < filters.minimumPrice {
            return .filter(
                .priceFilter, price: max(filters.minimumPrice, tick(for: price)), price)
        }
        guard filters.maximumPrice.raw > 0, price > filters.maximumPrice else { return nil }
        return .filter(.priceFilter, price: filters.maximumPrice, price)
    }

    private func rounded(_ price: Price, _ direction: RoundingDirection) -> Price? {
        guard let near = try? price.rounded(to: tick(for: price), direction) else { return nil }
        // A price rounded up to 1 must obey the tick that applies at 1.
        return try? near.rounded(to: tick(for: near), direction)
    }

    /// Below one unit of currency, some venues quote in hundredths of the tick.
    private func tick(for price: Price) -> Price {
        guard filters.flags & VenueFiltersLoaded.finerTickBelowOne != 0,
            price.raw < FixedPoint.one, filters.tick.raw % 100 == 0
        else { return filters.tick }
        return Price(raw: filters.tick.raw / 100)
    }

    /// The bounds are multiples of the average price; a price equal to one passes.
    private func percentPrice() -> Refusal? {
        guard hasLimit, average.raw > 0 else { return nil }
        let isBuy = terms.side == .buy
        let down = isBuy ? filters.bidMultiplierDown : filters.askMultiplierDown
        let up = isBuy ? filters.bidMultiplierUp : filters.askMultiplierUp
        let one = Int128(FixedPoint.one)
        let price = Int128(terms.limitPrice.raw) * one
        let (low, high) = (bound(down), bound(up))
        if up.raw > 0, price > high {
            return .filter(.percentPrice, limit: high / one, terms.limitPrice)
        }
        guard down.raw > 0, price < low else { return nil }
        return .filter(.percentPrice, limit: (low + one - 1) / one, terms.limitPrice)
    }

    /// In units of 10^-18.
    private func bound(_ multiplier: Price) -> Int128 {
        Int128(average.raw) * Int128(multiplier.raw)
    }

    // MARK: Quantity

    private struct Sizes {
        var minimum: Quantity
        var maximum: Quantity
        var lot: Quantity
    }

    private var sizes: Sizes {
        Sizes(
            minimum: filters.minimumQuantity, maximum: filters.maximumQuantity, lot: filters.lot)
    }

    /// Both filters apply to an order without a limit, so its lot is a multiple of both lots.
    private var marketSizes: Sizes {
        Sizes(
            minimum: max(filters.minimumQuantity, filters.marketMinimumQuantity),
            maximum: filters.marketMaximumQuantity,
            lot: Self.common(filters.lot, and: filters.marketLot))
    }

    private mutating func quantiseSize(_ reason: RejectionReason, _ sizes: Sizes) -> Refusal? {
        let asked = terms.quantity
        var fitting = asked
        if sizes.maximum.raw > 0 { fitting = min(fitting, sizes.maximum) }
        let limit = fitting < asked ? sizes.maximum : sizes.lot
        fitting = fitting.truncated(to: sizes.lot)
        let least = max(sizes.minimum, Quantity(raw: 1))
        guard fitting >= least else {
            return .filter(reason, quantity: max(sizes.minimum, sizes.lot), asked)
        }
        if fitting < asked {
            adjustments.append(.filter(reason, quantity: limit, asked))
            terms.quantity = fitting
        }
        return nil
    }

    /// The least common multiple; a lot of 0 means none. If no multiple fits, nothing of the order
    /// remains and it is refused.
    private static func common(_ a: Quantity, and b: Quantity) -> Quantity {
        guard a.raw > 0 else { return b }
        guard b.raw > 0 else { return a }
        var (divisor, rest) = (a.raw, b.raw)
        while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
        let (multiple, overflow) = (a.raw / divisor).multipliedReportingOverflow(by: b.raw)
        return overflow ? Quantity(raw: .max) : Quantity(raw: multiple)
    }

    // MARK: Worth

    private mutating func notional() -> Refusal? {
        let isMarket = isWithoutLimit
        let price: Price =
            switch terms.orderType {
            case .limit, .stopLimit: terms.limitPrice
            case .stop: terms.stopPrice
            case .market: average
            }
        guard price.raw > 0 else { return nil }
        let flags = filters.flags
        let most = filters.maximumNotional
        if most.raw > 0, !isMarket || flags & VenueFiltersLoaded.maximumNotionalAppliesToMarket != 0
        {
            if let refusal = fitBelow(most, at: price) { return refusal }
        }
        let least = filters.minimumNotional
        guard least.raw > 0,
            !isMarket || flags & VenueFiltersLoaded.minimumNotionalAppliesToMarket != 0
        else { return nil }
        let worth = Worth(price, terms.quantity)
        return worth < Worth(least) ? .filter(.notional, worth: least, worth) : nil
    }

    private mutating func fitBelow(_ most: Money, at price: Price) -> Refusal? {
        let worth = Worth(price, terms.quantity)
        guard worth > Worth(most) else { return nil }
        let (scaled, overflow) = most.raw.multipliedReportingOverflow(by: Int128(FixedPoint.one))
        // A limit too large to scale exceeds every notional that passed the check before.
        let room = Quantity(raw: overflow ? terms.quantity.raw : scaled / Int128(price.raw))
        let sizes = isWithoutLimit ? marketSizes : self.sizes
        let fitting = min(room, terms.quantity).truncated(to: sizes.lot)
        let refusal = Refusal.filter(.notional, worth: most, worth)
        guard fitting.raw > 0, fitting >= sizes.minimum, Worth(price, fitting) <= Worth(most) else {
            return refusal
        }
        adjustments.append(refusal)
        terms.quantity = fitting
        return nil
    }
}

/// price × quantity without rounding, in units of 10^-18.
private struct Worth: Comparable {
    let high: UInt128
    let low: UInt128

    init(_ price: Price, _ quantity: Quantity) {
        self.init(UInt128(price.raw.magnitude), times: quantity.raw.magnitude)
    }

    init(_ money: Money) { self.init(money.raw.magnitude, times: UInt128(FixedPoint.one)) }

    private init(_ a: UInt128, times b: UInt128) {
        let product = a.multipliedFullWidth(by: b)
        (high, low) = (product.high, product.low)
    }

    static func < (a: Worth, b: Worth) -> Bool { (a.high, a.low) < (b.high, b.low) }

    /// Rounds down to 10^-9; the maximum value if it does not fit.
    var money: Money {
        let one = UInt128(FixedPoint.one)
        guard high < one else { return Money(raw: .max) }
        let quotient = one.dividingFullWidth((high, low)).quotient
        return Money(raw: Int128(exactly: quotient) ?? .max)
    }
}

extension Refusal {
    static func filter(_ reason: RejectionReason, price: Price, _ asked: Price) -> Refusal {
        Refusal(reason, limit: .price(price), value: .price(asked))
    }

    fileprivate static func filter(
        _ reason: RejectionReason, limit: Int128, _ asked: Price
    ) -> Refusal {
        Refusal(reason, limit: .price(wide: limit), value: .price(asked))
    }

    fileprivate static func filter(
        _ reason: RejectionReason, quantity: Quantity, _ asked: Quantity
    ) -> Refusal {
        Refusal(reason, limit: .quantity(quantity), value: .quantity(asked))
    }

    fileprivate static func filter(
        _ reason: RejectionReason, worth: Money, _ asked: Worth
    ) -> Refusal {
        Refusal(reason, limit: .money(worth), value: .money(asked.money))
    }

    static func filter(_ reason: RejectionReason, count: UInt32, _ open: Int) -> Refusal {
        Refusal(reason, limit: .count(count), value: .count(open))
    }
}
