import LedgerDomain
import LedgerEvents

/// A venue as a fold: our working orders, matched against market data.
///
/// It never looks ahead: an order can fill only from `activeFrom` on, at prices of the current
/// event. `docs/SIMULATION.md` has the rules. Their order within one bar:
///
/// 1. orders whose day is over expire;
/// 2. at the open: market orders, and limits and stops that the open has passed, as in a gap;
/// 3. inside: stops that the range touches, at their price, so a stop-loss precedes a take-profit;
/// 4. inside: limits that the range touches, at their price, except immediate-or-cancel and
///    fill-or-kill ones, because a touch is not immediate;
/// 5. the remainder of immediate-or-cancel and fill-or-kill orders is cancelled;
/// 6. day orders that end with the bar expire.
///
/// An order that reaches the venue inside a bar knows only that the close comes later. Market
/// orders, and stops whose price the whole bar lies beyond, fill at the worse of open and close.
/// Stops that the range touches fill at their price. Limits fill if the close is within them, at no
/// better price. Exits placed by a fill inside a bar may stop out in that bar, but not take profit.
public struct SimulatedVenue: Hashable, Sendable {
    public var settings: VenueSettings
    private var random: SplitMix64
    /// By instrument number, each ascending by id.
    private var working: [[WorkingOrder]] = []
    private var instruments: [Instrument?] = []
    private var match: Match?

    public init(settings: VenueSettings, seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
    }

    public mutating func define(_ instrument: Instrument) {
        let number = Int(instrument.id.number)
        while instruments.count <= number { instruments.append(nil) }
        while working.count <= number { working.append([]) }
        instruments[number] = instrument
    }

    @inline(__always)
    public func hasWorking(_ instrument: InstrumentID) -> Bool {
        Int(instrument.number) < working.count && !working[Int(instrument.number)].isEmpty
    }

    public func orders(_ instrument: InstrumentID) -> [WorkingOrder] {
        Int(instrument.number) < working.count ? working[Int(instrument.number)] : []
    }

    public var allOrders: [WorkingOrder] { working.flatMap { $0 } }

    public func order(_ id: OrderID) -> WorkingOrder? {
        for orders in working {
            if let order = orders.first(where: { $0.id == id }) { return order }
        }
        return nil
    }

    /// Accepts an order; it can fill from the returned time on.
    ///
    /// - Parameter dayEnds: when a day order expires; the end of the UTC day unless given.
    /// - Precondition: the instrument was defined.
    public mutating func accept(
        _ terms: OrderIntended, id: OrderID, account: AccountID, at time: Timestamp,
        dayEnds: Timestamp? = nil
    ) -> Timestamp {
        let isExit = terms.parent != .none
        // The venue holds exits with their entry, so no message has to travel.
        let activeFrom = isExit ? time : time.advanced(by: delay())
        let expiresAt =
            terms.timeInForce == .day
            ? dayEnds ?? .startOfDay(activeFrom.utcDay + 1) : Timestamp(nanoseconds: .max)
        var order = WorkingOrder(
            id: id, account: account, terms: terms, activeFrom: activeFrom, expiresAt: expiresAt)
        if isExit, let match, match.phase != .done {
            order.activeFrom = min(activeFrom, match.opensAt)
            if match.filledInside { order.placedInside = match.sequence }
            self.match?.phase = min(match.phase, .stops)
        }
        working[Int(terms.instrument.number)].append(order)
        return activeFrom
    }

    private mutating func delay() -> Nanoseconds {
        guard settings.latencyJitter.count > 0 else { return settings.latency }
        let jitter = random.next(upTo: UInt64(settings.latencyJitter.count))
        return Nanoseconds(settings.latency.count + Int64(jitter))
    }

    /// Removes an order from the market; nil when it no longer works.
    public mutating func remove(
        _ id: OrderID, _ instrument: InstrumentID
    ) -> WorkingOrder? {
        guard hasWorking(instrument),
            let place = working[Int(instrument.number)].firstIndex(where: { $0.id == id })
        else { return nil }
        return working[Int(instrument.number)].remove(at: place)
    }

    /// Changes the terms of a working order; nil when it no longer works.
    ///
    /// - Parameter terms: their quantity is the total, including what has filled.
    public mutating func amend(
        _ id: OrderID, _ terms: OrderIntended, remaining: Quantity
    ) -> WorkingOrder? {
        guard hasWorking(terms.instrument),
            let place = working[Int(terms.instrument.number)].firstIndex(where: { $0.id == id })
        else { return nil }
        let number = Int(terms.instrument.number)
        working[number][place].terms = terms
        working[number][place].remaining = remaining
        return working[number][place]
    }

    /// Subtracts a fill at a venue outside from a working order; nil when it no longer works.
    public mutating func fill(
        _ id: OrderID, _ instrument: InstrumentID, _ quantity: Quantity
    ) -> WorkingOrder? {
        guard hasWorking(instrument),
            let place = working[Int(instrument.number)].firstIndex(where: { $0.id == id })
        else { return nil }
        let number = Int(instrument.number)
        working[number][place].fills += 1
        working[number][place].remaining = working[number][place].remaining - quantity
        let order = working[number][place]
        if order.remaining.raw <= 0 { working[number].remove(at: place) }
        return order
    }

    /// Adopts an order that works at a venue outside.
    public mutating func keep(_ order: WorkingOrder) {
        guard Int(order.terms.instrument.number) < working.count else { return }
        working[Int(order.terms.instrument.number)].append(order)
    }

    /// Expires the day orders of `instrument`, whose session ended.
    public mutating func endOfSession(_ instrument: InstrumentID) -> [VenueReport] {
        guard hasWorking(instrument) else { return [] }
        let number = Int(instrument.number)
        let ended = working[number].filter { $0.terms.timeInForce == .day }
        working[number].removeAll { $0.terms.timeInForce == .day }
        return ended.map { .expired($0, .dayEnded) }
    }

    public mutating func split(_ event: SplitApplied) throws(NumberError) {
        guard hasWorking(event.instrument) else { return }
        let number = Int(event.instrument.number)
        for place in working[number].indices {
            let order = working[number][place]
            working[number][place].terms = try order.terms.split(event)
            working[number][place].remaining = try order.remaining.scaled(
                by: event.numerator, over: event.denominator)
        }
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(random.state)
        writer.write(allOrders) { $1.encode(into: &$0) }
    }

    /// Restores what `encode` wrote into a venue with the same settings and instruments.
    public mutating func restore(from reader: inout StateReader) throws(StateError) {
        random = SplitMix64(seed: try reader.read())
        let saved = try reader.readArray { (reader) throws(StateError) in
            try WorkingOrder(from: &reader)
        }
        for order in saved {
            guard Int(order.terms.instrument.number) < working.count else {
                throw StateError("a saved order names instrument \(order.terms.instrument.number)")
            }
            working[Int(order.terms.instrument.number)].append(order)
        }
    }
}

extension SimulatedVenue {
    public mutating func begin(_ bar: Bar, at time: Timestamp, sequence: SequenceNumber) {
        let opensAt = time.advanced(by: Nanoseconds(-Int64(bar.interval) * 1_000_000_000))
        begin(
            Match(
                market: .bar(bar), instrument: bar.instrument, sequence: sequence,
                opensAt: opensAt, time: time, buyVolume: settings.share(of: bar.volume)))
    }

    public mutating func begin(_ quote: Quote, at time: Timestamp, sequence: SequenceNumber) {
        begin(
            Match(
                market: .quote(quote), instrument: quote.instrument, sequence: sequence,
                opensAt: time, time: time, buyVolume: settings.share(of: quote.askSize),
                sellVolume: settings.share(of: quote.bidSize)))
    }

    public mutating func begin(_ trade: Trade, at time: Timestamp, sequence: SequenceNumber) {
        begin(
            Match(
                market: .trade(trade), instrument: trade.instrument, sequence: sequence,
                opensAt: time, time: time, buyVolume: settings.share(of: trade.size)))
    }

    private mutating func begin(_ new: Match) {
        if match?.sequence == new.sequence {
            // The second pass is for orders that the event itself caused; volume already taken
            // stays taken.
            match?.phase = .open
        } else {
            match = new
        }
    }

    /// The next report about one of our orders in the current event; nil when there are no more.
    ///
    /// Orders may be accepted and removed between two calls.
    public mutating func next() throws(NumberError) -> VenueReport? {
        guard let instrument = match?.instrument else { return nil }
        while let phase = match?.phase, phase != .done {
            for place in working[Int(instrument.number)].indices {
                if let report = try report(place, in: instrument, phase) { return report }
            }
            match?.phase = phase.next
        }
        return nil
    }

    private mutating func report(
        _ place: Int, in instrument: InstrumentID, _ phase: Match.Phase
    ) throws(NumberError) -> VenueReport? {
        guard let match else { return nil }
        let order = working[Int(instrument.number)][place]
        // The other exit of the pair filled what this one protected.
        if order.remaining.raw == 0 {
            return end(place, instrument) { .cancelled($0, .otherExitFilled) }
        }
        switch phase {
        case .expire:
            guard order.expiresAt <= match.opensAt else { return nil }
            return end(place, instrument) { .expired($0, .dayEnded) }
        case .open, .stops, .limits:
            guard order.seenIn != match.sequence, order.activeFrom <= match.time else { return nil }
            guard let offer = offer(to: order, place, phase, match) else { return nil }
            return try fill(place, instrument, offer)
        case .leftovers:
            guard order.activeFrom <= match.time else { return nil }
            if order.terms.isImmediate {
                return end(place, instrument) { .cancelled($0, .notFilled) }
            }
            working[Int(instrument.number)][place].hasRested = true
            return nil
        case .dayEnd:
            guard order.expiresAt <= match.time else { return nil }
            return end(place, instrument) { .expired($0, .dayEnded) }
        case .done: return nil
        }
    }

    private mutating func end(
        _ place: Int, _ instrument: InstrumentID, _ report: (WorkingOrder) -> VenueReport
    ) -> VenueReport {
        report(working[Int(instrument.number)].remove(at: place))
    }

    private struct Offer {
        var price: Price
        var liquidity: OrderFilled.Liquidity
        var slips: Bool
    }

    /// The price at which the market of this phase would fill the order; nil when it would not.
    private mutating func offer(
        to order: WorkingOrder, _ place: Int, _ phase: Match.Phase, _ match: Match
    ) -> Offer? {
        switch match.market {
        case .bar(let bar):
            switch phase {
            case .open: return openOffer(to: order, place, bar, match)
            case .stops: return stopOffer(to: order, place, bar)
            default: return limitOffer(to: order, bar, match)
            }
        case .quote(let quote):
            guard phase == .open else { return nil }
            let price = order.terms.side == .buy ? quote.ask : quote.bid
            return price.raw > 0 ? pointOffer(to: order, place, at: price) : nil
        case .trade(let trade):
            guard phase == .open else { return nil }
            return pointOffer(to: order, place, at: trade.price)
        }
    }

    private mutating func openOffer(
        to order: WorkingOrder, _ place: Int, _ bar: Bar, _ match: Match
    ) -> Offer? {
        guard order.placedInside != match.sequence else { return nil }
        guard order.activeFrom > match.opensAt else {
            return pointOffer(to: order, place, at: bar.open)
        }
        guard order.isMarket else { return nil }
        return Offer(price: bar.worse(for: order.terms.side), liquidity: .taker, slips: true)
    }

    /// An order against one price that trades now: a quote's side, a trade, a bar's open.
    private mutating func pointOffer(
        to order: WorkingOrder, _ place: Int, at price: Price
    ) -> Offer? {
        let terms = order.terms
        switch terms.orderType {
        case _ where order.isMarket: return Offer(price: price, liquidity: .taker, slips: true)
        case .market, .stop:
            guard terms.side.reaches(price, stop: terms.stopPrice) else { return nil }
            working[Int(terms.instrument.number)][place].isTriggered = true
            return Offer(price: price, liquidity: .taker, slips: true)
        case .stopLimit where !order.isTriggered:
            guard terms.side.reaches(price, stop: terms.stopPrice) else { return nil }
            working[Int(terms.instrument.number)][place].isTriggered = true
            guard terms.side.accepts(price, limit: terms.limitPrice) else { return nil }
            return Offer(price: price, liquidity: .taker, slips: false)
        case .limit, .stopLimit:
            guard terms.side.accepts(price, limit: terms.limitPrice) else { return nil }
            guard order.hasRested, case .bar = match?.market else {
                return order.hasRested
                    ? Offer(price: terms.limitPrice, liquidity: .maker, slips: false)
                    : Offer(price: price, liquidity: .taker, slips: false)
            }
            return Offer(price: price, liquidity: .maker, slips: false)
        }
    }

    private mutating func stopOffer(to order: WorkingOrder, _ place: Int, _ bar: Bar) -> Offer? {
        let terms = order.terms
        let reached = terms.side == .buy ? bar.high : bar.low
        guard terms.orderType == .stop || terms.orderType == .stopLimit, !order.isTriggered,
            terms.side.reaches(reached, stop: terms.stopPrice)
        else { return nil }
        working[Int(terms.instrument.number)][place].isTriggered = true
        // The order arrived inside the bar, which lies completely beyond its stop.
        let isInside = bar.low <= terms.stopPrice && terms.stopPrice <= bar.high
        let price = isInside ? terms.stopPrice : bar.worse(for: terms.side)
        if terms.orderType == .stop {
            return Offer(price: price, liquidity: .taker, slips: true)
        }
        // As a limit it waits for the next bar, because the path after the stop is unknown.
        guard terms.side.accepts(price, limit: terms.limitPrice) else {
            working[Int(terms.instrument.number)][place].seenIn = match?.sequence ?? .none
            return nil
        }
        return Offer(price: price, liquidity: .taker, slips: false)
    }

    private func limitOffer(to order: WorkingOrder, _ bar: Bar, _ match: Match) -> Offer? {
        let terms = order.terms
        guard terms.orderType == .limit || (terms.orderType == .stopLimit && order.isTriggered),
            order.placedInside != match.sequence
        else { return nil }
        if order.activeFrom > match.opensAt {
            guard terms.side.accepts(bar.close, limit: terms.limitPrice) else { return nil }
            let worse = bar.worse(for: terms.side)
            let isWithin = terms.side.accepts(worse, limit: terms.limitPrice)
            return Offer(
                price: isWithin ? worse : terms.limitPrice, liquidity: .taker, slips: false)
        }
        let reached = terms.side == .buy ? bar.low : bar.high
        guard terms.side.accepts(reached, limit: terms.limitPrice), !terms.isImmediate else {
            return nil
        }
        return Offer(price: terms.limitPrice, liquidity: .maker, slips: false)
    }

    private mutating func fill(
        _ place: Int, _ instrument: InstrumentID, _ offer: Offer
    ) throws(NumberError) -> VenueReport? {
        let number = Int(instrument.number)
        var order = working[number][place]
        guard let definition = instruments[number] else { return nil }
        let available = available(to: order.terms.side)
        order.seenIn = match?.sequence ?? .none
        var quantity = order.remaining
        if let available, available < quantity {
            // The remainder must be exactly representable too.
            quantity = available.truncated(to: definition.lot).truncated(
                to: order.remaining.writtenStep)
            if order.terms.timeInForce == .fillOrKill { quantity = .zero }
        }
        guard quantity.raw > 0 else {
            working[number][place] = order
            return nil
        }
        let price =
            offer.slips
            ? try slipped(offer.price, order.terms.side, tick: definition.tick) : offer.price
        let fee = try settings.fees.fee(
            price: price, quantity: quantity, isFirst: order.fills == 0)
        spend(quantity, order.terms.side)
        let inside = isInside(order)
        match?.filledInside = inside
        order.fills += 1
        order.remaining = order.remaining - quantity
        if order.remaining.raw == 0 {
            working[number].remove(at: place)
        } else {
            working[number][place] = order
        }
        if order.terms.parent != .none { reducePartner(of: order, by: quantity) }
        return .filled(order, price: price, quantity: quantity, fee: fee, offer.liquidity)
    }

    /// Whether the moment of a fill in the current phase is unknown.
    private func isInside(_ order: WorkingOrder) -> Bool {
        guard let match, case .bar = match.market else { return false }
        return match.phase > .open || order.activeFrom > match.opensAt
    }

    /// Two exits protect one fill: what one fills, the other no longer protects.
    private mutating func reducePartner(of order: WorkingOrder, by taken: Quantity) {
        let number = Int(order.terms.instrument.number)
        for place in working[number].indices
        where working[number][place].terms.parent == order.terms.parent
            && working[number][place].id != order.id
        {
            working[number][place].remaining = max(.zero, working[number][place].remaining - taken)
        }
    }

    private func available(to side: Side) -> Quantity? {
        guard case .quote = match?.market else { return match?.buyVolume }
        return side == .buy ? match?.buyVolume : match?.sellVolume
    }

    private mutating func spend(_ quantity: Quantity, _ side: Side) {
        if case .quote = match?.market, side == .sell {
            if let left = match?.sellVolume { match?.sellVolume = left - quantity }
        } else if let left = match?.buyVolume {
            match?.buyVolume = left - quantity
        }
    }

    /// The price after slippage, rounded against the order to the tick.
    private func slipped(_ price: Price, _ side: Side, tick: Price) throws(NumberError) -> Price {
        guard settings.slippage.raw > 0 else { return price }
        let product = Int128(price.raw) * Int128(settings.slippage.raw)
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: 10_000_000)
        let distance = quotient + (remainder == 0 ? 0 : 1)
        guard let raw = Int64(exactly: Int128(price.raw) + distance * side.sign) else {
            throw .overflow("price \(price) with slippage")
        }
        return try Price(raw: raw).rounded(to: tick, side == .buy ? .up : .down)
    }
}
