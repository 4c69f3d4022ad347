import LedgerDomain
import LedgerEvents

/// The state of transfers, financing and margin terms. It is saved behind the rest, and only where there is any, so that
/// the state of other journals keeps its bytes.
extension EquityBook {
    var hasMovements: Bool {
        accounts.contains { $0?.hasMovements ?? false }
            || currencies.slots.contains { currencies.balances($0).contains(where: \.hasMovements) }
    }

    func encodeMovements(into writer: inout StateWriter) {
        writer.write(accounts.compactMap { $0 }) { writer, worth in
            writer.write(worth.transfers)
            worth.financing.encode(into: &writer)
            writer.write(worth.margin != nil)
            worth.margin?.encode(into: &writer)
        }
        let moved = currencies.slots.flatMap { slot in
            currencies.balances(slot).filter(\.hasMovements).map { (slot: slot, balance: $0) }
        }
        writer.write(moved) { writer, entry in
            writer.write(UInt16(clamping: entry.slot))
            writer.write(entry.balance.currency)
            writer.write(entry.balance.carried)
            writer.write(entry.balance.carriedHoldings)
            entry.balance.pending.financing.encode(into: &writer)
        }
    }

    mutating func restoreMovements(from reader: inout StateReader) throws(StateError) {
        let sums = try reader.readArray { (reader) throws(StateError) in
            (
                transfers: try reader.readSum(), financing: try Financing(from: &reader),
                margin: try reader.read() ? try MarginTerms(from: &reader) : nil
            )
        }
        let slots = accounts.indices.filter { accounts[$0] != nil }
        guard sums.count == slots.count else {
            throw StateError("a saved state has transfers of \(sums.count) accounts")
        }
        for (slot, sum) in zip(slots, sums) {
            accounts[slot]?.transfers = sum.transfers
            accounts[slot]?.financing = sum.financing
            accounts[slot]?.margin = sum.margin
        }
        let moved = try reader.readArray { (reader) throws(StateError) in
            (
                slot: Int(try reader.read(UInt16.self)), currency: try reader.read() as String,
                money: try reader.readSum(), holdings: try reader.readSum(),
                financing: try Financing(from: &reader)
            )
        }
        for entry in moved {
            guard
                currencies.balances(entry.slot).contains(where: { $0.currency == entry.currency })
            else { throw StateError("a saved transfer names a balance that is not there") }
            currencies.change(entry.slot, entry.currency) {
                ($0.carried, $0.carriedHoldings) = (entry.money, entry.holdings)
                $0.pending.financing = entry.financing
            }
        }
    }
}

extension AccountEquity {
    fileprivate var hasMovements: Bool {
        transfers.raw != 0 || !financing.isEmpty || margin != nil
    }
}

extension ProfitAndLoss {
    /// Whether anything moved between accounts or was charged for holding, which is saved apart from the body.
    public var hasMovements: Bool {
        equity.hasMovements
            || dayStart.contains { $0.transfers.raw != 0 || !$0.financing.isEmpty }
    }

    public func encodeMovements(into writer: inout StateWriter) {
        equity.encodeMovements(into: &writer)
        writer.write(dayStart) { writer, parts in
            writer.write(parts.transfers)
            parts.financing.encode(into: &writer)
        }
    }

    /// Takes up what `encodeMovements` wrote, after body and currencies.
    public mutating func restoreMovements(from reader: inout StateReader) throws(StateError) {
        try equity.restoreMovements(from: &reader)
        let starts = try reader.readArray { (reader) throws(StateError) in
            (transfers: try reader.readSum(), financing: try Financing(from: &reader))
        }
        guard starts.count == dayStart.count else {
            throw StateError("a saved day began with \(starts.count) accounts")
        }
        for (place, start) in starts.enumerated() {
            (dayStart[place].transfers, dayStart[place].financing) = start
        }
    }
}
