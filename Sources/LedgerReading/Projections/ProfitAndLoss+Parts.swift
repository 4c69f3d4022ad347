import LedgerDomain
import LedgerProjections

/// A part of the profit that has a column only where a journal has it.
struct ProfitColumn {
    var name: String
    var amount: @Sendable (ProfitParts) -> Money
}

extension ProfitAndLoss {
    /// The parts beside gains, dividends and fees that any account of the journal has.
    var otherParts: [ProfitColumn] {
        let totals = equity.accounts.compactMap { $0.flatMap { total($0.account) } }
        var columns: [ProfitColumn] = []
        if converts { columns.append(ProfitColumn(name: "rates") { $0.rates }) }
        if totals.contains(where: { $0.transfers.raw != 0 }) {
            columns.append(ProfitColumn(name: "transfers") { $0.transfers })
        }
        let financing: [(String, @Sendable (ProfitParts) -> Money)] = [
            ("borrow", { $0.financing.borrow }), ("interest", { $0.financing.interest }),
            ("funding", { $0.financing.funding }),
        ]
        for (name, amount) in financing where totals.contains(where: { amount($0).raw != 0 }) {
            columns.append(ProfitColumn(name: name, amount: amount))
        }
        return columns
    }
}
