import LedgerDomain
import LedgerEvents

/// One account in the chart of accounts.
///
/// Debits are positive and credits negative: assets and expenses are positive, income and deposits
/// negative.
public struct BookAccount: Hashable, Comparable, Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Holdings at cost: the lots of one instrument held by one strategy.
        case position = 1
        case cash
        /// Credited by deposits.
        case deposits
        /// Debited by withdrawals.
        case withdrawals
        /// The contra account of an operator's corrections: cash, or a holding at the adjustment's
        /// price.
        case adjustments
        /// The contra account of an extract's opening balances.
        case opening
        /// Credited with the gains of closed lots, before fees.
        case realised
        /// Credited with dividends received, debited with dividends owed on short positions.
        case dividends
        /// Fees of fills; a rebate is a credit.
        case fees
        /// Fees that do not belong to a fill.
        case charges
        /// The contra account of money that became money of another currency.
        case conversions
        /// The contra account of what came from other accounts of the journal or went there.
        case transfers
        /// Dividends that await their pay dates; negative is owed.
        case receivable
        /// Fees for units that were borrowed to be sold short.
        case borrow
        /// Interest; what was earned is a credit.
        case interest
        /// Payments between the holders of a contract; what was received is a credit.
        case funding

        /// Whether there is one such account per strategy and instrument.
        public var isPerPosition: Bool {
            switch self {
            case .position, .realised, .dividends, .fees: true
            case .cash, .deposits, .withdrawals, .adjustments, .opening, .charges, .conversions,
                .transfers, .receivable, .borrow, .interest, .funding:
                false
            }
        }
    }

    public var kind: Kind
    public var account: AccountID
    /// None unless accounts of this kind exist per position.
    public var instrument: InstrumentID
    public var strategy: StrategyID
    /// Of its amounts, where there is one such account for each currency and it is not the account's own;
    /// otherwise empty.
    public var currency = ""

    public init(_ kind: Kind, _ account: AccountID, currency: String = "") {
        (self.kind, self.account, self.currency) = (kind, account, currency)
        (instrument, strategy) = (.none, .none)
    }

    public init(_ kind: Kind, _ holding: Holding) {
        (self.kind, account) = (kind, holding.account)
        (instrument, strategy) = (holding.instrument, holding.strategy)
    }

    /// The strategy and the instrument of a position.
    public struct Holding: Hashable, Sendable {
        public var account: AccountID
        public var strategy: StrategyID
        public var instrument: InstrumentID

        public init(_ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID) {
            (self.account, self.strategy) = (account, strategy)
            self.instrument = instrument
        }
    }

    /// The currency of its amounts: its own, its instrument's or its account's.
    public func currency(_ names: NameBook) -> String {
        if !currency.isEmpty { return currency }
        let own = names[account]?.currency ?? ""
        return kind.isPerPosition ? names[instrument]?.currency ?? own : own
    }

    public var holding: Holding { Holding(account, strategy, instrument) }

    public static func < (a: BookAccount, b: BookAccount) -> Bool {
        (a.account.number, a.kind.rawValue, a.instrument.number, a.strategy.number, a.currency)
            < (
                b.account.number, b.kind.rawValue, b.instrument.number, b.strategy.number,
                b.currency
            )
    }
}
