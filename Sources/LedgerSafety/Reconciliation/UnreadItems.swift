import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What could not be read in the venue's answer whose records are arriving.
public struct UnreadItems: Hashable, Sendable {
    public private(set) var items: [VenueItemUnread] = []

    public init() {}

    public mutating func add(_ item: VenueItemUnread) { items.append(item) }
    public mutating func clear() { items = [] }

    public func encode(into writer: inout StateWriter) {
        writer.write(items) { writer, item in
            writer.write(item.item)
            writer.write(item.snapshot)
            writer.write(item.symbol)
            writer.write(item.id)
            writer.write(item.detail)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        items = try reader.readArray { (reader) throws(StateError) in
            VenueItemUnread(
                item: try reader.read(), snapshot: try reader.read(), symbol: try reader.read(),
                id: try reader.read(), detail: try reader.read())
        }
    }
}
