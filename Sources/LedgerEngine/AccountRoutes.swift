import LedgerDomain
import LedgerProjections

/// Which accounts take the prices of which instrument: those with a strategy on it, those that hold it, and
/// those that judge the market by it or convert by it. A price costs nothing in the others.
struct AccountRoutes: Sendable {
    /// By instrument number; the places in ascending order.
    private var places: [[Int]] = []
    /// How many positions were looked at.
    private(set) var positions = 0

    subscript(instrument: InstrumentID) -> [Int] {
        Int(instrument.number) < places.count ? places[Int(instrument.number)] : []
    }

    mutating func add(_ place: Int, to instrument: InstrumentID) {
        guard instrument != .none else { return }
        let number = Int(instrument.number)
        while places.count <= number { places.append([]) }
        guard !places[number].contains(place) else { return }
        let before = places[number].firstIndex { $0 > place } ?? places[number].count
        places[number].insert(place, at: before)
    }

    /// Adds the holders of positions that were opened since the last look; a position is never removed.
    mutating func add(holdersIn book: PositionBook, count: Int) {
        while positions < book.positions.count {
            let position = book.positions[positions]
            positions += 1
            let place = position.account.index - 1
            if (0..<count).contains(place) { add(place, to: position.instrument) }
        }
    }
}

extension Engine {
    /// Adds the accounts that opened a position.
    @inline(__always)
    mutating func learnRoutes() {
        guard parts.count > 1, routes.positions != profit.positions.positions.count else { return }
        routes.add(holdersIn: profit.positions, count: parts.count)
    }

    /// Finds all routes anew, after settings changed.
    mutating func findRoutes() {
        guard parts.count > 1 else { return }
        routes = AccountRoutes()
        for place in parts.indices {
            for slot in parts[place].desk.slots { routes.add(place, to: slot.instrument) }
            for instrument in names.instruments { judgeRoute(of: instrument, to: place) }
        }
        learnRoutes()
    }

    /// Finds the routes of an instrument that was defined.
    mutating func findRoutes(of id: InstrumentID) {
        guard parts.count > 1, let instrument = names[id] else { return }
        for place in parts.indices {
            if parts[place].desk.listenerCount(id) > 0 { routes.add(place, to: id) }
            judgeRoute(of: instrument, to: place)
        }
        learnRoutes()
    }

    /// Adds an account that judges the market by an instrument, or converts by it.
    @inline(__always)
    private mutating func judgeRoute(of instrument: Instrument, to place: Int) {
        let judged = parts[place].safeguards.rules.filters
        let isUsed =
            judged.usesRegime && instrument.symbol == judged.volatilitySymbol
            || parts[place].configuration?.rates.contains { $0.instrument == instrument.symbol }
                ?? false
        if isUsed { routes.add(place, to: instrument.id) }
    }
}
