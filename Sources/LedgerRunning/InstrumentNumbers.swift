import LedgerDomain
import LedgerReading

/// An instrument that a run trades, and where it is defined.
public struct InstrumentSource: Sendable {
    public var instrument: Instrument
    /// A file, or the key of a setting; nil for the `data` entry that names the symbol.
    public var origin: String?

    public init(_ instrument: Instrument, origin: String? = nil) {
        (self.instrument, self.origin) = (instrument, origin)
    }
}

/// Numbers the instruments of a run: a symbol keeps its number in the journal, and a new one gets
/// the next number.
struct InstrumentNumbers {
    /// The run's instruments with their numbers, each symbol once.
    private(set) var wanted: [InstrumentSource] = []
    /// The instruments of the journal and of the run.
    private(set) var all: [Instrument]

    /// - Parameter known: the instruments of the journal, in ascending order of number.
    init(known: [Instrument]) { all = known }

    /// - Throws: `InputError` if an earlier source defines the symbol differently.
    mutating func number(_ source: InstrumentSource) throws -> InstrumentID {
        var instrument = source.instrument
        let place = all.firstIndex { $0.symbol == instrument.symbol }
        instrument.id = place.map { all[$0].id } ?? InstrumentID((all.last?.id.number ?? 0) + 1)
        if let twin = wanted.first(where: { $0.instrument.id == instrument.id }) {
            guard twin.instrument == instrument else {
                throw InputError(
                    "\(instrument.symbol) has different definitions in two inputs: "
                        + Self.difference(of: twin.instrument, from: instrument)
                        + "; give both inputs the same")
            }
            return instrument.id
        }
        wanted.append(InstrumentSource(instrument, origin: source.origin))
        if let place { all[place] = instrument } else { all.append(instrument) }
        return instrument.id
    }

    /// `lot is 1 in one and 0.001 in the other`, for each part that differs.
    private static func difference(of one: Instrument, from other: Instrument) -> String {
        [
            ("venue", one.venue, other.venue), ("currency", one.currency, other.currency),
            ("kind", "\(one.kind)", "\(other.kind)"), ("tick", "\(one.tick)", "\(other.tick)"),
            ("lot", "\(one.lot)", "\(other.lot)"),
        ].filter { $0.1 != $0.2 }
            .map { "\($0.0) is \($0.1) in one and \($0.2) in the other" }
            .joined(separator: ", ")
    }
}
