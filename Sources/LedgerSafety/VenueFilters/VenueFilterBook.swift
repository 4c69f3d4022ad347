import LedgerDomain
import LedgerEvents

/// The newest filters of each instrument, by its number.
public struct VenueFilterBook: Hashable, Sendable {
    /// Sorted by instrument.
    public private(set) var all: [VenueFilters] = []

    public init() {}

    public mutating func load(_ event: VenueFiltersLoaded) {
        let index = place(of: event.instrument)
        if index < all.count, all[index].event.instrument == event.instrument {
            all[index] = VenueFilters(event)
        } else {
            all.insert(VenueFilters(event), at: index)
        }
    }

    /// Nil if no filters were loaded for the instrument.
    public subscript(instrument: InstrumentID) -> VenueFilters? {
        let index = place(of: instrument)
        guard index < all.count, all[index].event.instrument == instrument else { return nil }
        return all[index]
    }

    private func place(of instrument: InstrumentID) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].event.instrument.number < instrument.number {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(all) { $1.encode(into: &$0) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        for filters in try reader.readArray({ (reader) throws(StateError) in
            try VenueFilters(from: &reader)
        }) {
            load(filters.event)
        }
    }
}
