import LedgerDomain
import LedgerEvents

/// Conditions that raised an alert and have not ended, so that each raises one alert.
struct AlertWatch: Hashable, Sendable {
    private struct Condition: Hashable, Sendable {
        var kind: AlertKind
        var strategy: StrategyID
        var instrument: InstrumentID
        /// The severity when it was last recorded; more than 0.
        var level: UInt8

        var key: (UInt8, UInt16, UInt32) { (kind.rawValue, strategy.number, instrument.number) }
    }

    /// Ascending by kind, strategy and instrument.
    private var standing: [Condition] = []

    init() {}

    @inline(__always)
    var isEmpty: Bool { standing.isEmpty }

    /// Records the severity of a condition; 0 ends it.
    ///
    /// - Returns: whether it is worse than when it was last recorded.
    mutating func note(
        _ kind: AlertKind, strategy: StrategyID = .none, instrument: InstrumentID = .none,
        level: UInt8
    ) -> Bool {
        let new = Condition(kind: kind, strategy: strategy, instrument: instrument, level: level)
        let place = standing.firstIndex { $0.key >= new.key } ?? standing.count
        guard place < standing.count, standing[place].key == new.key else {
            if level > 0 { standing.insert(new, at: place) }
            return level > 0
        }
        let before = standing[place].level
        if level > 0 { standing[place].level = level } else { standing.remove(at: place) }
        return level > before
    }

    /// Ends every condition of a kind.
    ///
    /// - Returns: whether there was one.
    mutating func end(_ kind: AlertKind) -> Bool {
        let count = standing.count
        standing.removeAll { $0.kind == kind }
        return standing.count < count
    }

    // MARK: State

    func encode(into writer: inout StateWriter) {
        writer.write(standing) { writer, condition in
            writer.write(condition.kind)
            writer.write(condition.strategy)
            writer.write(condition.instrument)
            writer.write(condition.level)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        standing = try reader.readArray { (reader) throws(StateError) in
            Condition(
                kind: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(), level: try reader.read())
        }
        for (condition, next) in zip(standing, standing.dropFirst())
        where condition.key >= next.key { throw StateError("the saved alerts are out of order") }
        guard standing.allSatisfy({ $0.level > 0 }) else {
            throw StateError("a saved alert is of nothing")
        }
    }
}
