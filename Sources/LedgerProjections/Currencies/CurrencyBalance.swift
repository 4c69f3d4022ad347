import LedgerDomain
import LedgerEvents

/// What an account has in one currency other than its own.
public struct CurrencyBalance: Hashable, Sendable {
    public let currency: String
    /// Money; negative is owed.
    public internal(set) var amount = Money.zero
    /// Dividends that are not paid yet; negative is owed. `ActionBook` keeps the claims.
    public internal(set) var receivable = Money.zero
    /// Holdings of the instruments that this currency quotes: Σ quantity × mark in 10^-18.
    var value: Int128 = 0
    /// The worth of money and receivable together, and that of the holdings, in the account's currency, each
    /// rounded once; as of the last known rate.
    public internal(set) var worth = Money.zero
    public internal(set) var holdingsWorth = Money.zero
    /// What came in less what went out, each at its own time's rate, in the account's currency. What the
    /// money is worth beyond it, rates contributed.
    public internal(set) var basis = Money.zero
    /// Flows before the first rate, which converts them.
    var pending = Flow()
    /// What the two worths have beside amount × rate and value × rate, since a transfer and until the next
    /// rate, so that the worth which leaves one account is the worth which reaches the other.
    var carried = Money.zero
    var carriedHoldings = Money.zero

    init(_ currency: String) { self.currency = currency }

    /// Money that moved for another reason than a trade.
    struct Flow: Hashable, Sendable {
        var deposit = Money.zero
        var fee = Money.zero
        var dividend = Money.zero
        var financing = Financing()

        var isEmpty: Bool {
            deposit.raw == 0 && fee.raw == 0 && dividend.raw == 0 && financing.isEmpty
        }

        static func += (a: inout Flow, b: Flow) {
            a.deposit += b.deposit
            a.fee += b.fee
            a.dividend += b.dividend
            a.financing += b.financing
        }
    }

    /// Whether the account's worth depends on the currency.
    public var isNeeded: Bool {
        amount.raw != 0 || receivable.raw != 0 || value != 0 || !pending.isEmpty
    }

    /// Whether it has state that is saved behind the rest.
    var hasMovements: Bool { isCarried || !pending.financing.isEmpty }

    var isCarried: Bool { carried.raw != 0 || carriedHoldings.raw != 0 }

    mutating func settle() { (carried, carriedHoldings) = (.zero, .zero) }

    /// The holdings at their marks, rounded half to even to 10^-9.
    public var holdings: Money { AccountEquity.money(value) }

    /// 2^120 at most, so that no sum overflows.
    var isBounded: Bool {
        value.magnitude < UInt128(1) << 120 && amount.raw.magnitude < UInt128(1) << 90
            && receivable.raw.magnitude < UInt128(1) << 90
    }

    func encode(into writer: inout StateWriter) {
        writer.write(currency)
        writer.write(amount)
        writer.write(value)
        for sum in [worth, holdingsWorth, basis, pending.deposit, pending.fee, pending.dividend] {
            writer.write(sum)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        currency = try reader.read()
        amount = try reader.readSum()
        value = try reader.readSum(bits: 121)
        worth = try reader.readSum()
        holdingsWorth = try reader.readSum()
        basis = try reader.readSum()
        pending.deposit = try reader.readSum()
        pending.fee = try reader.readSum()
        pending.dividend = try reader.readSum()
        guard isBounded else { throw StateError("a saved balance of \(currency) is impossible") }
    }
}
