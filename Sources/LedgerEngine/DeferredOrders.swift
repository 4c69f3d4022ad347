import LedgerDomain
import LedgerEvents

/// Orders that reduce risk and that the venue refused temporarily. They stay open here and are sent again.
/// Also records which strategies must wait before their next entry.
struct DeferredOrders: Hashable, Sendable {
    struct Deferral: Hashable, Sendable {
        var order: OrderID
        var strategy: StrategyID
        var instrument: InstrumentID
        var cause: DeferralCause
        /// Consecutive temporary refusals.
        var attempt: UInt16
        /// When the first of them arrived.
        var since: Timestamp
        var due: Timestamp
        /// Whether the order is certainly not at the venue. If false, it was sent again and not yet confirmed.
        var isHome: Bool
    }

    /// Consecutive entries of a strategy that failed.
    private struct Pause: Hashable, Sendable {
        var strategy: StrategyID
        var instrument: InstrumentID
        var count: UInt16
        var until: Timestamp
    }

    /// A cancel that the venue has not answered.
    private struct Cancel: Hashable, Sendable {
        var order: OrderID
        var since: Timestamp
        var isTold: Bool
    }

    /// The longest wait that is accepted from a venue. Bans last at most three days.
    static let longestWait = Nanoseconds(7 * Nanoseconds.day.count)
    /// After this long, an unanswered cancel raises an alert.
    static let cancelPatience = Nanoseconds.minute
    /// The largest attempt number that fits in a client order id.
    static let lastGeneration: UInt32 = 34_695
    private static let firstWait = Nanoseconds(1_000_000_000)
    private static let longestBackoff = Nanoseconds(30_000_000_000)

    /// Ascending by order.
    private(set) var orders: [Deferral] = []
    private var pauses: [Pause] = []
    private var cancels: [Cancel] = []

    init() {}

    @inline(__always)
    var isEmpty: Bool { orders.isEmpty && pauses.isEmpty && cancels.isEmpty }

    subscript(_ order: OrderID) -> Deferral? { orders.first { $0.order == order } }

    /// Whether the order is certainly not at the venue and waits here for its next attempt.
    func isHome(_ order: OrderID) -> Bool { self[order]?.isHome ?? false }

    /// Whether an order of this position waits for its next attempt.
    func concerns(_ strategy: StrategyID, _ instrument: InstrumentID) -> Bool {
        orders.contains { $0.strategy == strategy && $0.instrument == instrument }
    }

    /// Records a temporary refusal. The order is due after the venue's wait or the back-off, whichever is
    /// longer: 1 s after the first refusal, then doubled each time, at most 30 s.
    mutating func add(
        _ report: VenueDeferralReported, _ terms: OrderIntended, at time: Timestamp
    ) -> Deferral {
        let earlier = self[report.order]
        let attempt = (earlier?.attempt ?? 0) &+ 1
        let counted = attempt == 0 ? UInt16.max : attempt
        let wait = max(Self.backoff(counted), min(report.wait, Self.longestWait))
        let deferral = Deferral(
            order: report.order, strategy: terms.strategy, instrument: terms.instrument,
            cause: report.cause, attempt: counted, since: earlier?.since ?? time,
            due: time.advanced(by: wait), isHome: true)
        confirm(report.order)
        let place = orders.firstIndex { $0.order > report.order } ?? orders.count
        orders.insert(deferral, at: place)
        return deferral
    }

    private static func backoff(_ attempt: UInt16) -> Nanoseconds {
        let doubled = firstWait.count << Int64(min(max(attempt, 1) - 1, 10))
        return min(Nanoseconds(doubled), longestBackoff)
    }

    /// Allows the order to be sent now. Earlier refusals stay counted until the venue confirms the order.
    mutating func letGo(_ order: OrderID) {
        for place in orders.indices where orders[place].order == order {
            orders[place].isHome = false
        }
    }

    /// Forgets an order that has ended.
    mutating func forget(_ order: OrderID) {
        orders.removeAll { $0.order == order }
        cancels.removeAll { $0.order == order }
    }

    /// The venue has confirmed the order.
    mutating func confirm(_ order: OrderID) { orders.removeAll { $0.order == order } }

    /// Makes orders due at once.
    mutating func expedite(
        _ strategy: StrategyID? = nil, _ instrument: InstrumentID? = nil, at time: Timestamp
    ) {
        for place in orders.indices
        where (strategy ?? orders[place].strategy) == orders[place].strategy
            && (instrument ?? orders[place].instrument) == orders[place].instrument
        { orders[place].due = min(orders[place].due, time) }
    }

    func due(at time: Timestamp) -> [Deferral] { orders.filter { $0.isHome && $0.due <= time } }

    // MARK: Cancels

    mutating func awaitCancel(of order: OrderID, since time: Timestamp) {
        guard !cancels.contains(where: { $0.order == order }) else { return }
        cancels.append(Cancel(order: order, since: time, isTold: false))
    }

    /// Cancels that have been unanswered for too long and raised no alert yet.
    mutating func takeLateCancels(at time: Timestamp) -> [(order: OrderID, since: Timestamp)] {
        var late: [(order: OrderID, since: Timestamp)] = []
        for place in cancels.indices
        where !cancels[place].isTold
            && time.nanoseconds(since: cancels[place].since) >= Self.cancelPatience.count
        {
            cancels[place].isTold = true
            late.append((cancels[place].order, cancels[place].since))
        }
        return late
    }

    // MARK: Entries

    /// Records a failed entry. The next one waits, twice as long each time.
    mutating func pauseEntries(
        _ strategy: StrategyID, _ instrument: InstrumentID, for wait: Nanoseconds = .zero,
        at time: Timestamp
    ) {
        let earlier = pauses.first { $0.strategy == strategy && $0.instrument == instrument }
        let count = min((earlier?.count ?? 0) + 1, 1000)
        let span = max(Self.backoff(count), min(wait, Self.longestWait))
        resumeEntries(strategy, instrument)
        pauses.append(
            Pause(
                strategy: strategy, instrument: instrument, count: count,
                until: time.advanced(by: span)))
    }

    mutating func resumeEntries(_ strategy: StrategyID, _ instrument: InstrumentID) {
        pauses.removeAll { $0.strategy == strategy && $0.instrument == instrument }
    }

    @inline(__always)
    func pausesEntries(
        _ strategy: StrategyID, _ instrument: InstrumentID, at time: Timestamp
    ) -> Bool {
        if pauses.isEmpty { return false }
        return pauses.contains {
            $0.strategy == strategy && $0.instrument == instrument && time < $0.until
        }
    }

    // MARK: State

    func encode(into writer: inout StateWriter) {
        writer.write(orders) { writer, deferral in
            writer.write(deferral.order)
            writer.write(deferral.strategy)
            writer.write(deferral.instrument)
            writer.write(deferral.cause)
            writer.write(deferral.attempt)
            writer.write(deferral.since)
            writer.write(deferral.due)
            writer.write(deferral.isHome)
        }
        writer.write(pauses) { writer, pause in
            writer.write(pause.strategy)
            writer.write(pause.instrument)
            writer.write(pause.count)
            writer.write(pause.until)
        }
        writer.write(cancels) { writer, cancel in
            writer.write(cancel.order)
            writer.write(cancel.since)
            writer.write(cancel.isTold)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        orders = try reader.readArray { (reader) throws(StateError) in
            Deferral(
                order: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(), cause: try reader.read(),
                attempt: try reader.read(), since: try reader.read(), due: try reader.read(),
                isHome: try reader.read())
        }
        pauses = try reader.readArray { (reader) throws(StateError) in
            Pause(
                strategy: try reader.read(), instrument: try reader.read(),
                count: try reader.read(), until: try reader.read())
        }
        cancels = try reader.readArray { (reader) throws(StateError) in
            Cancel(
                order: try reader.read(), since: try reader.read(), isTold: try reader.read())
        }
        for (entry, next) in zip(orders, orders.dropFirst()) where entry.order >= next.order {
            throw StateError("the saved state has order \(next.order) after \(entry.order)")
        }
    }
}
