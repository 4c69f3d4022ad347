import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerReading

/// A change to an instrument's definition, and whether the journal can accept it.
struct InstrumentChange {
    let old: Instrument
    let new: Instrument

    /// The definitions that a journal lacks, with their numbers, in source order.
    ///
    /// - Parameters:
    ///   - cancelsOrders: whether all open orders end before the definitions take effect.
    ///   - said: the configuration that an error refers to.
    /// - Throws: if a definition cannot follow the journal's.
    static func definitions(
        of sources: [InstrumentSource], knowing engine: Engine, cancelsOrders: Bool,
        said: Configuration
    ) throws -> [Instrument] {
        var numbers = InstrumentNumbers(known: engine.names.instruments)
        for source in sources { _ = try numbers.number(source) }
        return try numbers.wanted.compactMap { source in
            let instrument = source.instrument
            guard let known = engine.names[instrument.id] else { return instrument }
            guard known != instrument else { return nil }
            let change = InstrumentChange(old: known, new: instrument)
            guard let refusal = change.refusal(engine, cancelsOrders: cancelsOrders) else {
                return instrument
            }
            throw change.error(refusal, origin: source.origin, said)
        }
    }

    private struct Field {
        /// The setting in its entry of `data`.
        var key: String
        var old: String
        var new: String
    }

    private struct Refusal {
        var field: Field
        var reason: String
    }

    /// What differs. The scales are the numbers of decimals of tick and lot.
    private var fields: [Field] {
        let fields = [
            Field(key: "currency", old: old.currency, new: new.currency),
            Field(key: "kind", old: "\(old.kind)", new: "\(new.kind)"),
            Field(key: "lot", old: "\(old.lot)", new: "\(new.lot)"),
            Field(key: "tick", old: "\(old.tick)", new: "\(new.tick)"),
            Field(key: "venue", old: old.venue, new: new.venue),
            Field(
                key: "tick", old: "\(old.priceScale) decimals",
                new: "\(new.priceScale) decimals"),
            Field(
                key: "lot", old: "\(old.quantityScale) decimals",
                new: "\(new.quantityScale) decimals"),
        ]
        return fields.filter { $0.old != $0.new }
    }

    /// Why the journal cannot accept the change; nil if it can.
    private func refusal(_ engine: Engine, cancelsOrders: Bool) -> Refusal? {
        let fields = fields
        let open = engine.openOrders.first { $0.intended.instrument == old.id }
        if let open, !cancelsOrders, let field = fields.first {
            return Refusal(
                field: field, reason: "order \(open.id.number) of \(old.symbol) is open")
        }
        let held = engine.profit.positions.positions.filter {
            $0.instrument == old.id && $0.quantity.raw != 0
        }
        for field in fields {
            switch field.key {
            case "currency", "kind":
                guard let position = held.first else { continue }
                return Refusal(
                    field: field, reason: "\(position.quantity) \(old.symbol) are held")
            case "lot":
                // What a split or a commission left behind was not a whole number of lots before
                // either.
                let broken = held.first {
                    $0.quantity.isWhole(in: old.lot) && !$0.quantity.isWhole(in: new.lot)
                }
                guard let broken else { continue }
                return Refusal(
                    field: field,
                    reason: "\(broken.quantity) \(old.symbol) are held, which is no whole number "
                        + "of lots")
            default: continue
            }
        }
        return nil
    }

    /// Names the setting and its place, or the source if no setting states it.
    private func error(
        _ refusal: Refusal, origin: String?, _ said: Configuration
    ) -> any Error {
        let field = refusal.field
        let problem = "'\(field.new)' cannot follow '\(field.old)': \(refusal.reason)"
        let section = said.settings.entries(.data).first {
            (try? $0[DataKeys.symbol]) == new.symbol
        }
        let key = origin ?? section.map { "\($0.name).\(field.key)" } ?? new.symbol
        guard let entry = said.entries.first(where: { $0.key == key }) else {
            return InputError("\(key): \(field.key) of \(new.symbol): \(problem)")
        }
        guard origin == nil else {
            return ConfigurationError(
                place: entry.origin.description, key: key,
                "gives \(new.symbol) another \(field.key): \(problem)")
        }
        return ConfigurationError(place: entry.origin.description, key: key, problem)
    }
}

extension Quantity {
    func isWhole(in lot: Quantity) -> Bool { truncated(to: lot) == self }
}
