import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What the account holds and comparisons leave out, and which of it an operator took into the books.
public struct ForeignHoldings: Projection, Hashable {
    public static let name = "holdings"
    public static let version: UInt32 = 1
    public static let types: [EventType] = [.venueHoldingReported, .holdingAdopted]

    public struct Holding: Hashable, Sendable {
        public var symbol: String
        public var kind: InstrumentKind
        public var reason: HoldingReason
        public var quantity: Quantity
        /// 0 where the venue gives none.
        public var averagePrice: Price
        public var mark: Price
        /// When the venue reported it last with another quantity or average.
        public var at: Timestamp
        public var snapshot: UInt64

        /// What one unit is worth, as far as the venue says.
        public var price: Price { mark.raw > 0 ? mark : averagePrice }
    }

    /// In ascending order of symbol.
    public private(set) var holdings: [Holding] = []
    /// In ascending order.
    public private(set) var adopted: [InstrumentID] = []

    public init() {}

    public var isEmpty: Bool { holdings.isEmpty && adopted.isEmpty }

    public subscript(symbol: String) -> Holding? { holdings.first { $0.symbol == symbol } }

    public func hasAdopted(_ instrument: InstrumentID) -> Bool { adopted.contains(instrument) }

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) {
            switch record.type {
            case .venueHoldingReported: take(try VenueHoldingReported(record), at: record.time)
            case .holdingAdopted: adopt(try HoldingAdopted(record))
            default: break
            }
        } catch { throw .record(error) }
    }

    public mutating func take(_ event: VenueHoldingReported, at time: Timestamp) {
        let place = holdings.firstIndex { $0.symbol >= event.symbol } ?? holdings.count
        if place < holdings.count, holdings[place].symbol == event.symbol {
            holdings.remove(at: place)
        }
        guard event.quantity.raw != 0 else { return }
        holdings.insert(
            Holding(
                symbol: event.symbol, kind: event.kind, reason: event.reason,
                quantity: event.quantity, averagePrice: event.averagePrice, mark: event.mark,
                at: time, snapshot: event.snapshot), at: place)
    }

    public mutating func adopt(_ event: HoldingAdopted) {
        holdings.removeAll { $0.symbol == event.symbol }
        guard !adopted.contains(event.instrument) else { return }
        adopted.append(event.instrument)
        adopted.sort { $0.number < $1.number }
    }

    // MARK: State

    public func encode(into writer: inout StateWriter) {
        writer.write(holdings) { writer, holding in
            writer.write(holding.symbol)
            writer.write(holding.kind)
            writer.write(holding.reason)
            writer.write(holding.quantity)
            writer.write(holding.averagePrice)
            writer.write(holding.mark)
            writer.write(holding.at)
            writer.write(holding.snapshot)
        }
        writer.write(adopted) { $0.write($1) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        holdings = try reader.readArray { (reader) throws(StateError) in
            Holding(
                symbol: try reader.read(), kind: try reader.read(), reason: try reader.read(),
                quantity: try reader.read(), averagePrice: try reader.read(),
                mark: try reader.read(), at: try reader.read(), snapshot: try reader.read())
        }
        adopted = try reader.readArray { (reader) throws(StateError) in try reader.read() }
    }
}
