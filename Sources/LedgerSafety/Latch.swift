import LedgerDomain
import LedgerEvents

/// A reason not to trade, in force until its condition to clear is met.
///
/// Source, scope, strategy and instrument identify a latch; there is at most one of each.
public struct Latch: Hashable, Sendable {
    public var source: LatchSource
    public var scope: LatchScope
    public var strategy: StrategyID
    public var instrument: InstrumentID
    public var effect: LatchEffect
    public var clears: ClearRule
    public var since: Timestamp
    /// Its last `LatchEngaged`.
    public var sequence: SequenceNumber
    public var limit: Measure
    public var value: Measure
    public var actor: String
    public var reason: String

    public init(_ event: LatchEngaged, at time: Timestamp, sequence: SequenceNumber) {
        (source, scope, strategy) = (event.source, event.scope, event.strategy)
        (instrument, effect, clears) = (event.instrument, event.effect, event.clears)
        (since, self.sequence) = (time, sequence)
        (limit, value) = (event.limit, event.value)
        (actor, reason) = (event.actor, event.reason)
    }

    public func concerns(_ strategy: StrategyID, _ instrument: InstrumentID) -> Bool {
        switch scope {
        case .global: true
        case .strategy: self.strategy == strategy
        case .symbol: self.instrument == instrument
        }
    }

    func precedes(_ other: Latch) -> Bool {
        let mine = (source.rawValue, scope.rawValue, strategy.number, instrument.number)
        let others = (
            other.source.rawValue, other.scope.rawValue, other.strategy.number,
            other.instrument.number
        )
        return mine < others
    }

    func hasPlace(of other: Latch) -> Bool { !precedes(other) && !other.precedes(self) }

    func encode(into writer: inout StateWriter) {
        writer.write(source)
        writer.write(scope)
        writer.write(strategy)
        writer.write(instrument)
        writer.write(effect)
        writer.write(clears)
        writer.write(since)
        writer.write(sequence)
        writer.write(limit)
        writer.write(value)
        writer.write(actor)
        writer.write(reason)
    }

    init(from reader: inout StateReader) throws(StateError) {
        source = try reader.read()
        scope = try reader.read()
        strategy = try reader.read()
        instrument = try reader.read()
        effect = try reader.read()
        clears = try reader.read()
        since = try reader.read()
        sequence = try reader.read()
        limit = try reader.read()
        value = try reader.read()
        actor = try reader.read()
        reason = try reader.read()
    }
}
