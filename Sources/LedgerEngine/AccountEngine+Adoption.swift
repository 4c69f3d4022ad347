import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Takes holdings of the account that the ledger did not buy into the books. They belong to no
/// strategy, and nothing trades them unless an operator names their instrument.
extension AccountEngine {
    /// What an operator may adopt of one instrument.
    private struct Adoption {
        var instrument: InstrumentID
        var symbol: String
        /// How much more the account holds than the books.
        var quantity: Quantity
        var price: Price
        var snapshot: UInt64
    }

    /// Whether a position was adopted and not bought by a strategy.
    func isForeign(_ position: Position) -> Bool {
        position.strategy == .none && holdings.hasAdopted(position.instrument)
    }

    /// Nil if the holding can be adopted; otherwise why not and what to do instead.
    func problem(adopting symbol: String, _ price: Price?) -> String? {
        guard let found = adoption(of: symbol, price) else {
            return "the account has no holding '\(symbol)' as of the last reconciliation; "
                + "`ledger project reconciliation --holdings` lists what can be adopted"
        }
        guard found.quantity.raw != 0 else {
            return "the account has no more of \(symbol) than the books, as of the last "
                + "reconciliation; run `ledger reconcile` first"
        }
        return found.price.raw > 0
            ? nil : "the venue gives no price of \(symbol); state one with --price"
    }

    private func adoption(of symbol: String, _ price: Price?) -> Adoption? {
        guard let instrument = instrument(venueSymbol: symbol) else { return nil }
        let held = profit.positions.positions(in: instrument.id)
            .filter { $0.account == account }.reduce(Int128(0)) { $0 + $1.quantity.raw }
        let foreign = holdings[symbol] ?? holdings[instrument.symbol]
        let reported = (snapshots.last?.positions ?? []).filter {
            $0.instrument == instrument.id || $0.instrument == .none && $0.symbol == symbol
        }
        var found = Adoption(
            instrument: instrument.id, symbol: foreign?.symbol ?? symbol, quantity: .zero,
            price: price ?? .zero, snapshot: 0)
        var prices: [Price] = []
        if let snapshot = snapshots.last, !reported.isEmpty {
            let total = reported.reduce(Int128(0)) { $0 + $1.quantity.raw }
            found.quantity = Quantity(raw: total - held)
            (prices, found.snapshot) = (reported.map(\.averagePrice), snapshot.began.snapshot)
        } else if let foreign {
            found.quantity = Quantity(raw: foreign.quantity.raw - held)
            (prices, found.snapshot) = ([foreign.averagePrice], foreign.snapshot)
        }
        prices.append(foreign?.mark ?? .zero)
        prices.append(profit.equity.mark(instrument.id))
        if price == nil { found.price = prices.first { $0.raw > 0 } ?? .zero }
        return found
    }

    mutating func adopt(
        _ symbol: String, _ price: Price?, _ command: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        guard let found = adoption(of: symbol, price) else { return }
        let quantity = found.quantity.written
        guard quantity.raw != 0 else { return }
        let event = HoldingAdopted(
            instrument: found.instrument, quantity: quantity, price: found.price,
            symbol: found.symbol, actor: command.actor, reason: command.reason)
        try step.emit(event)
        holdings.adopt(event)
        let booked = PositionAdjusted(
            instrument: found.instrument, strategy: .none, quantity: quantity, price: found.price,
            snapshot: found.snapshot, actor: command.actor, reason: command.reason)
        let sequence = try step.emit(booked)
        try accounts.adjust(booked, as: sequence, step)
    }
}
