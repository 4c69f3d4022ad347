import LedgerDomain
import LedgerEvents

/// One account of the chart of accounts.
///
/// Debits are positive, credits negative: assets and expenses are above zero, income and deposits
/// below.
public struct BookAccount: Hashable, Comparable, Sendable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// Holdings at cost: lots of one instrument of one strategy.
        case position = 1
        case cash
        /// Credited by deposits.
        case deposits
        /// Debited by withdrawals.
        case withdrawals
        /// The other side of an operator's corrections: cash, or a holding at the adjustment's
        /// price.
        case adjustments
        /// The other side of the opening balances of an extract.
        case opening
        /// Credited by gains of closed lots, before fees.
        case realised
        /// Credited by dividends received, debited by dividends that a short position pays.
        case dividends
        /// Fees of fills; a rebate is a credit.
        case fees
        /// Fees that belong to no fill.
        case charges

        /// Whether there is one for each strategy and instrument.
        public var isPerPosition: Bool {
            switch self {
            case .position, .realised, .dividends, .fees: true
            case .cash, .deposits, .withdrawals, .adjustments, .opening, .charges: false
            }
        }
    }

    public var kind: Kind
    public var account: AccountID
    /// None unless the kind is per position.
    public var instrument: InstrumentID
    public var strategy: StrategyID

    public init(_ kind: Kind, _ account: AccountID) {
        (self.kind, self.account) = (kind, account)
        (instrument, strategy) = (.none, .none)
    }

    public init(_ kind: Kind, _ holding: Holding) {
        (self.kind, account) = (kind, holding.account)
        (instrument, strategy) = (holding.instrument, holding.strategy)
    }

    /// The owner and the instrument of a position.
    public struct Holding: Hashable, Sendable {
        public var account: AccountID
        public var strategy: StrategyID
        public var instrument: InstrumentID

        public init(_ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID) {
            (self.account, self.strategy) = (account, strategy)
            self.instrument = instrument
        }
    }

    public var holding: Holding { Holding(account, strategy, instrument) }

    public static func < (a: BookAccount, b: BookAccount) -> Bool {
        (a.account.number, a.kind.rawValue, a.instrument.number, a.strategy.number)
            < (b.account.number, b.kind.rawValue, b.instrument.number, b.strategy.number)
    }
}
