import LedgerDomain
import LedgerEvents

/// Orders that reduce risk and were refused for now: they stay open here and are sent again. Also which
/// strategies must wait with their next entry.
struct DeferredOrders: Hashable, Sendable {
    struct Deferral: Hashable, Sendable {
        var order: OrderID
        var strategy: StrategyID
        var instrument: InstrumentID
        var cause: DeferralCause
        /// Refusals for now, in a row.
        var attempt: UInt16
        /// When the first of them came.
        var since: Timestamp
        var due: Timestamp
        /// Whether it is certainly not at the venue. If false, it was sent again and is not confirmed.
        var isHome: Bool
    }

    /// Entries of a strategy that came to nothing, one after the other.
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

    /// The longest wait for which a venue is believed. Bans last three days at most.
    static let longestWait = Nanoseconds(7 * Nanoseconds.day.count)
    /// From then on a cancel without an answer is told.
    static let cancelPatience = Nanoseconds.minute
    /// The largest number of an attempt that a client order id can express.
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

    /// Whether the order certainly is not at the venue and waits here for its next attempt.
    func isHome(_ order: OrderID) -> Bool { self[order]?.isHome ?? false }

    /// Whether something of this position waits for its next attempt.
    func concerns(_ strategy: StrategyID, _ instrument: InstrumentID) -> Bool {
        orders.contains { $0.strategy == strategy && $0.instrument == instrument }
    }

    /// Notes that an order was refused for now. It is due after the venue's wait or the back-off, whichever
    /// is longer: 1 s after the first refusal, twice as long after each that follows, 30 s at most.
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

    /// It may leave now; the refusals before stay counted until the venue has confirmed it.
    mutating func letGo(_ order: OrderID) {
        for place in orders.indices where orders[place].order == order {
            orders[place].isHome = false
        }
    }

    /// Forgets an order that is over.
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

    /// Cancels that nobody was told of and that have no answer for too long.
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

    /// An entry came to nothing: the next one waits, twice as long each time.
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
