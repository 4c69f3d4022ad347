import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What is at risk, at the last marks.
extension ProjectionTables {
    /// A place where positions are summed.
    private struct Place: Hashable {
        var level: String
        var name: String
        var currency: String
    }

    /// The value of the positions by underlying, venue, account and strategy, and of the whole journal, each in
    /// the currency of its instruments. A position of one strategy counts against the opposite position of
    /// another within a place, in `net` alone.
    public func exposure() throws -> Table {
        let equity = try fold(EquityBook.self)
        var places: [Place] = []
        var sums: [(long: Money, short: Money)] = []
        for position in try fold(PositionBook.self).positions where position.quantity.raw != 0 {
            guard let instrument = names[position.instrument] else { continue }
            let value = try Money.notional(equity.mark(position.instrument), position.quantity)
            for place in levels(of: position, instrument) {
                let known = places.firstIndex(of: place)
                let index = known ?? places.count
                if known == nil {
                    places.append(place)
                    sums.append((.zero, .zero))
                }
                if value.raw >= 0 { sums[index].long += value } else { sums[index].short += value }
            }
        }
        var table = Table([
            .init("level"), .init("name"), .init("currency"), .init("long", .decimal),
            .init("short", .decimal), .init("net", .decimal), .init("gross", .decimal),
        ])
        for level in Self.levels {
            for index in places.indices where places[index].level == level {
                let (long, short) = sums[index]
                table.add([
                    level, places[index].name, places[index].currency, "\(long)", "\(short)",
                    "\(long + short)", "\(long - short)",
                ])
            }
        }
        return table
    }

    private static let levels = ["underlying", "venue", "account", "strategy", "journal"]

    private func levels(of position: Position, _ instrument: Instrument) -> [Place] {
        let at = [
            instrument.underlying, instrument.venue, names.name(position.account),
            names.name(position.strategy), "all",
        ]
        return zip(Self.levels, at).map {
            Place(level: $0, name: $1, currency: instrument.currency)
        }
    }
}
