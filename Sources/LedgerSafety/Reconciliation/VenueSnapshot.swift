import LedgerDomain
import LedgerEvents

/// A venue's statement of the account at one moment.
public struct VenueSnapshot: Hashable, Sendable {
    public var began: VenueSnapshotBegan
    public internal(set) var positions: [VenuePositionReported] = []
    public internal(set) var orders: [VenueOrderReported] = []
    /// What the comparison leaves out and was not reported before as it is now.
    public var holdings: [VenueHoldingReported] = []
    /// What could not be read.
    public var unread: [VenueItemUnread] = []

    public init(
        _ began: VenueSnapshotBegan, positions: [VenuePositionReported] = [],
        orders: [VenueOrderReported] = []
    ) {
        (self.began, self.positions, self.orders) = (began, positions, orders)
    }

    /// Whether its amounts can be compared and added; a venue's values are checked before use.
    var isPlausible: Bool {
        began.cash.raw.magnitude < UInt128(1) << 90
            && positions.allSatisfy {
                $0.quantity.raw.magnitude <= Quantity.limit.raw.magnitude
                    && $0.averagePrice.raw >= 0
            }
            && orders.allSatisfy {
                $0.quantity.raw.magnitude <= Quantity.limit.raw.magnitude
                    && $0.filled.raw.magnitude <= Quantity.limit.raw.magnitude
            }
    }

    /// Without what was left out and what could not be read, which concern one comparison alone.
    func encode(into writer: inout StateWriter) {
        writer.write(began.kind)
        writer.write(began.isReachable)
        writer.write(began.snapshot)
        writer.write(began.cash)
        writer.write(began.portfolioValue)
        writer.write(began.buyingPower)
        writer.write(began.origin)
        writer.write(positions) { writer, position in
            writer.write(position.instrument)
            writer.write(position.quantity)
            writer.write(position.averagePrice)
            writer.write(position.symbol)
        }
        writer.write(orders) { writer, order in
            writer.write(order.instrument)
            writer.write(order.side)
            writer.write(order.quantity)
            writer.write(order.filled)
            writer.write(order.limitPrice)
            writer.write(order.intent.high)
            writer.write(order.intent.low)
            writer.write(order.symbol)
            writer.write(order.venueOrder)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        let began = VenueSnapshotBegan(
            kind: try reader.read(), isReachable: try reader.read(), snapshot: try reader.read(),
            cash: try reader.read(), portfolioValue: try reader.read(),
            buyingPower: try reader.read(), origin: try reader.read())
        self.init(began)
        positions = try reader.readArray { (reader) throws(StateError) in
            VenuePositionReported(
                instrument: try reader.read(), snapshot: began.snapshot,
                quantity: try reader.read(), averagePrice: try reader.read(),
                symbol: try reader.read())
        }
        orders = try reader.readArray { (reader) throws(StateError) in
            VenueOrderReported(
                instrument: try reader.read(), side: try reader.read(), snapshot: began.snapshot,
                quantity: try reader.read(), filled: try reader.read(),
                limitPrice: try reader.read(),
                intent: IntentID(high: try reader.read(), low: try reader.read()),
                symbol: try reader.read(), venueOrder: try reader.read())
        }
    }
}

/// Assembles the records of a snapshot. A snapshot interrupted by another one is ignored.
public struct VenueSnapshotCollector: Hashable, Sendable {
    private var open: VenueSnapshot?
    /// The last complete snapshot, which a synchronisation uses.
    public private(set) var last: VenueSnapshot?

    public init() {}

    public enum Outcome: Hashable, Sendable {
        case complete(VenueSnapshot)
        /// Why the records are not a snapshot.
        case incomplete(String)
    }

    public mutating func add(_ event: VenueSnapshotBegan) { open = VenueSnapshot(event) }

    /// Ignores a record of a snapshot other than the open one; the end then finds it missing.
    public mutating func add(_ event: VenuePositionReported) {
        if open?.began.snapshot == event.snapshot { open?.positions.append(event) }
    }

    public mutating func add(_ event: VenueOrderReported) {
        if open?.began.snapshot == event.snapshot { open?.orders.append(event) }
    }

    public mutating func add(_ event: VenueSnapshotEnded) -> Outcome {
        defer { open = nil }
        guard let open, open.began.snapshot == event.snapshot else {
            return .incomplete("snapshot \(event.snapshot.hex) ended and had not begun")
        }
        guard open.positions.count == Int(event.positions), open.orders.count == Int(event.orders)
        else {
            return .incomplete(
                "snapshot \(event.snapshot.hex) has \(open.positions.count) positions and "
                    + "\(open.orders.count) orders instead of \(event.positions) and "
                    + "\(event.orders)"
            )
        }
        guard open.isPlausible else {
            return .incomplete(
                "snapshot \(event.snapshot.hex) has amounts that no account can have")
        }
        last = open
        return .complete(open)
    }

    public func encode(into writer: inout StateWriter) {
        for snapshot in [open, last] {
            writer.write(snapshot != nil)
            snapshot?.encode(into: &writer)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        if try reader.read() as Bool { open = try VenueSnapshot(from: &reader) }
        if try reader.read() as Bool { last = try VenueSnapshot(from: &reader) }
    }
}
