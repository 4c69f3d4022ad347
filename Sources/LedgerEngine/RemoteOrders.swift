import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The state of requests to an external venue: cancels, replacements, waiting exits, watched levels. Working
/// orders are kept like those of the simulated venue.
struct RemoteOrders: Hashable, Sendable {
    /// The requests about an order, and its end where fills are still missing.
    struct Pending: Hashable, Sendable {
        var order: OrderID
        var cancel: EndReason?
        var replace: ReplaceIntended?
        var end: End?
    }

    struct End: Hashable, Sendable {
        var status: VenueStatus
        /// The total filled quantity. The order ends once the ledger has booked as much.
        var filled: Quantity
        var reason: String
    }

    /// An order that reduces a position, and the protecting orders that were withdrawn for it.
    struct Exit: Hashable, Sendable {
        var order: OrderID
        /// Whether protecting orders still lock the units that it would sell.
        var isWaiting: Bool
        /// Placed again if the order ends without closing everything.
        var protectors: [OrderIntended]
    }

    /// A level that the engine watches itself: a take profit, because a venue locks the units that an order may
    /// sell and cannot hold both a stop and a limit; or a stop that the venue refused, because nothing else
    /// would protect the position.
    struct Target: Hashable, Sendable {
        var purpose: Purpose
        var strategy: StrategyID
        var instrument: InstrumentID
        /// Of the order that it becomes.
        var side: Side
        var price: Price
        var quantity: Quantity
        var correlation: SequenceNumber
    }

    /// Consecutive exits that the venue refused. The next may be decided after a pause.
    struct Refusal: Hashable, Sendable {
        var strategy: StrategyID
        var instrument: InstrumentID
        var count: UInt32
        /// When the first of them arrived.
        var since: Timestamp
        var until: Timestamp
        /// Whether an alert said so.
        var isTold = false
    }

    /// An exit that was refused once raises an alert if it is not decided again within this time.
    static let refusalPatience = Nanoseconds(10_000_000_000)

    /// Ascending by order.
    private(set) var pending: [Pending] = []
    private(set) var exits: [Exit] = []
    private(set) var targets: [Target] = []
    /// When the engine last looked for positions that a latch wants closed.
    private(set) var flattenedAt = Timestamp(nanoseconds: .min)
    private(set) var refusals: [Refusal] = []
    /// Orders without an answer for which an alert was raised.
    private(set) var unanswered: [OrderID] = []
    /// Since when orders reach the venue and its answers come; nil while they do not, or before a run knows.
    private(set) var reachableSince: Timestamp? = Timestamp(nanoseconds: .min)

    subscript(_ order: OrderID) -> Pending? { pending.first { $0.order == order } }

    mutating func change(_ order: OrderID, _ body: (inout Pending) -> Void) {
        if let place = pending.firstIndex(where: { $0.order == order }) {
            body(&pending[place])
        } else {
            var new = Pending(order: order)
            body(&new)
            let place = pending.firstIndex { $0.order > order } ?? pending.count
            pending.insert(new, at: place)
        }
    }

    mutating func forget(_ order: OrderID) {
        pending.removeAll { $0.order == order }
        if !unanswered.isEmpty { unanswered.removeAll { $0 == order } }
    }

    // MARK: Exits that wait

    /// Holds an order back until the orders that protect its position have ended.
    mutating func hold(_ order: OrderID, behind protectors: [OrderIntended]) {
        guard let place = exits.firstIndex(where: { $0.order == order }) else {
            return exits.append(Exit(order: order, isWaiting: true, protectors: protectors))
        }
        exits[place].isWaiting = true
        exits[place].protectors += protectors
    }

    /// Whether an order waited for the orders that protect its position, or still does.
    func hasWaited(_ order: OrderID) -> Bool { exits.contains { $0.order == order } }

    func isWaiting(_ order: OrderID) -> Bool {
        exits.contains { $0.order == order && $0.isWaiting }
    }

    mutating func letGo(_ order: OrderID) {
        for place in exits.indices where exits[place].order == order {
            exits[place].isWaiting = false
        }
    }

    mutating func dropExit(_ order: OrderID) { exits.removeAll { $0.order == order } }

    /// Forgets an exit that has ended.
    ///
    /// - Returns: the orders that were withdrawn for it; nil if it is not one of these exits.
    mutating func takeProtectors(of order: OrderID) -> [OrderIntended]? {
        guard let place = exits.firstIndex(where: { $0.order == order }) else { return nil }
        return exits.remove(at: place).protectors
    }

    // MARK: Levels watched here

    /// Watches a level; a limit is a take profit, anything else a stop.
    mutating func watch(_ terms: OrderIntended, correlation: SequenceNumber) {
        targets.append(
            Target(
                purpose: terms.purpose, strategy: terms.strategy, instrument: terms.instrument,
                side: terms.side,
                price: terms.purpose == .stopLoss ? terms.level : terms.limitPrice,
                quantity: terms.quantity, correlation: correlation))
    }

    /// Levels must not close more than is held; stops and take profits each protect all of it.
    mutating func trim(
        _ strategy: StrategyID, _ instrument: InstrumentID, to position: Quantity
    ) {
        guard !targets.isEmpty else { return }
        var (room, stopRoom) = (position.magnitude, position.magnitude)
        for place in targets.indices
        where targets[place].strategy == strategy && targets[place].instrument == instrument {
            let target = targets[place]
            let isStop = target.purpose == .stopLoss
            let isClosing = position.raw * target.side.sign < 0
            let left = isClosing ? min(isStop ? stopRoom : room, target.quantity) : .zero
            targets[place].quantity = left
            if isStop { stopRoom = stopRoom - left } else { room = room - left }
        }
        targets.removeAll { $0.quantity.raw == 0 }
    }

    mutating func takeTarget(at place: Int) -> Target { targets.remove(at: place) }

    // MARK: Flattening and refusals

    /// At most once a minute, so that a refused order is not sent again at once.
    mutating func mayFlatten(at time: Timestamp) -> Bool {
        let (since, isLong) = time.nanoseconds.subtractingReportingOverflow(
            flattenedAt.nanoseconds)
        guard isLong || since >= Nanoseconds.minute.count else { return false }
        flattenedAt = time
        return true
    }

    /// A second after the first refusal, then doubled each time, at most a minute.
    mutating func refused(
        _ strategy: StrategyID, _ instrument: InstrumentID, at time: Timestamp
    ) {
        let earlier = refusal(strategy, instrument)
        let count = min((earlier?.count ?? 0) + 1, 1_000_000)
        let pause = min(1_000_000_000 << Int64(min(count - 1, 6)), Nanoseconds.minute.count)
        let (until, isFar) = time.nanoseconds.addingReportingOverflow(pause)
        accepted(strategy, instrument)
        refusals.append(
            Refusal(
                strategy: strategy, instrument: instrument, count: count,
                since: earlier?.since ?? time,
                until: Timestamp(nanoseconds: isFar ? .max : until),
                isTold: earlier?.isTold ?? false))
    }

    mutating func tell(_ strategy: StrategyID, _ instrument: InstrumentID) {
        for place in refusals.indices
        where refusals[place].strategy == strategy && refusals[place].instrument == instrument {
            refusals[place].isTold = true
        }
    }

    /// False if an alert was raised for this order before.
    mutating func tellUnanswered(_ order: OrderID) -> Bool {
        guard !unanswered.contains(order) else { return false }
        unanswered.append(order)
        return true
    }

    mutating func accepted(_ strategy: StrategyID, _ instrument: InstrumentID) {
        refusals.removeAll { $0.strategy == strategy && $0.instrument == instrument }
    }

    func refusal(_ strategy: StrategyID, _ instrument: InstrumentID) -> Refusal? {
        refusals.first { $0.strategy == strategy && $0.instrument == instrument }
    }

    /// Whether it is too early to decide an exit again.
    @inline(__always)
    func isRefused(
        _ strategy: StrategyID, _ instrument: InstrumentID, at time: Timestamp
    ) -> Bool {
        if refusals.isEmpty { return false }
        return refusal(strategy, instrument).map { time < $0.until } ?? false
    }

    /// Notes that the venue is reached from now on, or no longer.
    mutating func reach(since time: Timestamp?) { reachableSince = time }

    /// Adjusts levels and quantities for a split, like those of the orders at the venue.
    mutating func split(_ event: SplitApplied) throws(NumberError) {
        for place in targets.indices where targets[place].instrument == event.instrument {
            let old = targets[place]
            targets[place].price = try old.price.split(event)
            targets[place].quantity = try old.quantity.scaled(
                by: event.numerator, over: event.denominator)
        }
        for place in exits.indices {
            for number in exits[place].protectors.indices
            where exits[place].protectors[number].instrument == event.instrument {
                let terms = exits[place].protectors[number]
                exits[place].protectors[number] = try terms.split(event)
            }
        }
    }

    /// Rounds watched quantities down to the lot after a split.
    mutating func keepLots(of instrument: Instrument) {
        for place in targets.indices where targets[place].instrument == instrument.id {
            targets[place].quantity = targets[place].quantity.truncated(to: instrument.lot)
        }
        targets.removeAll { $0.quantity.raw == 0 }
    }

    func encode(into writer: inout StateWriter) {
        writer.write(pending) { writer, entry in
            writer.write(entry.order)
            writer.write(entry.cancel != nil)
            writer.write(entry.cancel ?? .notFilled)
            writer.write(entry.replace != nil)
            if let replace = entry.replace {
                writer.write(replace.instrument)
                writer.write(replace.generation)
                writer.write(replace.quantity)
                writer.write(replace.limitPrice)
                writer.write(replace.stopPrice)
            }
            writer.write(entry.end != nil)
            if let end = entry.end {
                writer.write(end.status)
                writer.write(end.filled)
                writer.write(end.reason)
            }
        }
        writer.write(exits) { writer, exit in
            writer.write(exit.order)
            writer.write(exit.isWaiting)
            writer.write(exit.protectors) { $1.encodeState(into: &$0) }
        }
        writer.write(targets) { writer, target in
            writer.write(target.purpose)
            writer.write(target.strategy)
            writer.write(target.instrument)
            writer.write(target.side)
            writer.write(target.price)
            writer.write(target.quantity)
            writer.write(target.correlation)
        }
    }

    /// The state that an engine at the simulated venue does not have.
    func encodeTimes(into writer: inout StateWriter, _ rules: RulesVersion) {
        writer.write(flattenedAt)
        writer.write(refusals) { writer, refusal in
            writer.write(refusal.strategy)
            writer.write(refusal.instrument)
            writer.write(refusal.count)
            writer.write(refusal.until)
            if rules.tellRefusedExits { writer.write(refusal.since) }
            if rules.pauseEachExit { writer.write(refusal.isTold) }
        }
        if rules.pauseEachExit { writer.write(unanswered) { $0.write($1) } }
        guard rules.timeReachableOrders else { return }
        writer.write(reachableSince != nil)
        writer.write(reachableSince ?? .zero)
    }

    mutating func restoreTimes(
        from reader: inout StateReader, _ rules: RulesVersion
    ) throws(StateError) {
        flattenedAt = try reader.read()
        refusals = try reader.readArray { (reader) throws(StateError) in
            var refusal = Refusal(
                strategy: try reader.read(), instrument: try reader.read(),
                count: try reader.read(), since: .zero, until: try reader.read())
            if rules.tellRefusedExits { refusal.since = try reader.read() }
            if rules.pauseEachExit { refusal.isTold = try reader.read() }
            return refusal
        }
        if rules.pauseEachExit {
            unanswered = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        }
        guard rules.timeReachableOrders else { return }
        let isReachable: Bool = try reader.read()
        let since: Timestamp = try reader.read()
        reachableSince = isReachable ? since : nil
    }

    init() {}

    init(from reader: inout StateReader) throws(StateError) {
        pending = try reader.readArray { (reader) throws(StateError) in
            try Pending(from: &reader)
        }
        exits = try reader.readArray { (reader) throws(StateError) in
            Exit(
                order: try reader.read(), isWaiting: try reader.read(),
                protectors: try reader.readArray { (reader) throws(StateError) in
                    try OrderIntended(from: &reader)
                })
        }
        targets = try reader.readArray { (reader) throws(StateError) in
            Target(
                purpose: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(),
                side: try reader.read(), price: try reader.read(), quantity: try reader.read(),
                correlation: try reader.read())
        }
        for (entry, next) in zip(pending, pending.dropFirst()) where entry.order >= next.order {
            throw StateError("the saved state has order \(next.order) after \(entry.order)")
        }
    }
}

extension RemoteOrders.Pending {
    fileprivate init(from reader: inout StateReader) throws(StateError) {
        order = try reader.read()
        let isCancelled: Bool = try reader.read()
        let reason: EndReason = try reader.read()
        cancel = isCancelled ? reason : nil
        if try reader.read() as Bool {
            replace = ReplaceIntended(
                instrument: try reader.read(), generation: try reader.read(), order: order,
                quantity: try reader.read(), limitPrice: try reader.read(),
                stopPrice: try reader.read())
        }
        if try reader.read() as Bool {
            end = RemoteOrders.End(
                status: try reader.read(), filled: try reader.read(), reason: try reader.read())
        }
    }
}

extension OrderIntended {
    /// Where it triggers, or would have triggered when the engine watched it.
    var level: Price { stopPrice.raw > 0 ? stopPrice : referencePrice }
}
