import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The time up to which the account's activities are known, and the units that the venue lacks.
public struct AccountActivities: Hashable, Sendable {
    /// The activities that a read of the account's recent past returned are in the journal, as included in
    /// what the books began with. False before, and after the books were set to the account.
    public private(set) var isAnchored = false
    /// The time of the last activity, or of the anchor.
    public private(set) var last = Timestamp.zero
    /// What the last snapshot had less of than the books.
    public private(set) var shortfalls: [Shortfall] = []

    public struct Shortfall: Hashable, Sendable {
        public var instrument: InstrumentID
        public var quantity: Quantity
    }

    public init() {}

    public var isEmpty: Bool { !isAnchored && last == .zero && shortfalls.isEmpty }

    /// Whether the venue reports the account's activities.
    public var areTold: Bool { last > .zero }

    public mutating func note(_ activity: VenueActivityReported, at time: Timestamp) {
        last = max(last, min(activity.occurred, time))
    }

    public mutating func anchor(at time: Timestamp) {
        isAnchored = true
        last = max(last, time)
    }

    /// The books have everything that the account had: what comes before it must not be booked again.
    public mutating func lift() { isAnchored = false }

    // MARK: Shortfalls

    public mutating func compare(_ standing: LedgerStanding, with snapshot: VenueSnapshot) {
        guard snapshot.began.isReachable else { return }
        shortfalls = standing.holdings.compactMap { holding in
            let reported = snapshot.positions.filter { $0.instrument == holding.instrument }
                .reduce(Int128(0)) { $0 + $1.quantity.raw }
            guard holding.quantity.raw > 0, reported >= 0, reported < holding.quantity.raw else {
                return nil
            }
            return Shortfall(
                instrument: holding.instrument,
                quantity: Quantity(raw: holding.quantity.raw - reported))
        }
    }

    public func shortfall(of instrument: InstrumentID) -> Quantity {
        shortfalls.first { $0.instrument == instrument }?.quantity ?? .zero
    }

    /// Units left the books, as they had left the account.
    public mutating func settle(_ instrument: InstrumentID, _ units: Quantity) {
        for place in shortfalls.indices where shortfalls[place].instrument == instrument {
            let left = shortfalls[place].quantity.raw - units.raw
            shortfalls[place].quantity = Quantity(raw: max(0, left))
        }
        shortfalls.removeAll { $0.quantity.raw == 0 }
    }

    // MARK: State

    public func encode(into writer: inout StateWriter) {
        writer.write(isAnchored)
        writer.write(last)
        writer.write(shortfalls) { writer, shortfall in
            writer.write(shortfall.instrument)
            writer.write(shortfall.quantity)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        isAnchored = try reader.read()
        last = try reader.read()
        shortfalls = try reader.readArray { (reader) throws(StateError) in
            Shortfall(instrument: try reader.read(), quantity: try reader.read())
        }
    }
}
