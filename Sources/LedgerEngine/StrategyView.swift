import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What a strategy may read besides the event.
public struct StrategyView: Sendable {
    /// Its position in its instrument; negative if short.
    public var position: Quantity
    /// Orders that may still fill, without the exits that protect a position.
    public var workingOrders: Int
    public var time: Timestamp
    /// The account, where the strategy `seesAccount`.
    public var account: AccountView?

    public init(
        position: Quantity, workingOrders: Int, time: Timestamp, account: AccountView? = nil
    ) {
        self.position = position
        self.workingOrders = workingOrders
        self.time = time
        self.account = account
    }
}

/// The account as it stands after the event at hand was booked, and what the strategy has of it.
public struct AccountView: Sendable {
    /// One reference, because every event passes a view, also to strategies that need no account.
    private final class Contents: Sendable {
        let account: AccountID
        let strategy: StrategyID
        let names: NameBook
        let profit: ProfitAndLoss
        let orders: OrderRegister

        init(_ accounts: Accounts, _ strategy: StrategyID, _ orders: OrderRegister) {
            account = accounts.account
            names = accounts.names
            profit = accounts.profit
            self.strategy = strategy
            self.orders = orders
        }
    }

    private let contents: Contents
    private var account: AccountID { contents.account }
    private var profit: ProfitAndLoss { contents.profit }

    init(_ accounts: Accounts, of strategy: StrategyID, _ orders: OrderRegister) {
        contents = Contents(accounts, strategy, orders)
    }

    public var cash: Money { profit.equity[account]?.cash ?? .zero }

    /// Cash and what is held, at the last marks.
    public var equity: Money { profit.equity[account]?.equity ?? .zero }

    /// Whether every rate is known that equity needs; if not, it is at the last rates.
    public var isEquityKnown: Bool { profit.equity.gap(account) == nil }

    /// The balance of a currency.
    public func balance(_ currency: String) -> Money {
        profit.equity.balance(account, in: currency)
    }

    /// The cash that no open buy order has reserved; zero if it cannot be computed.
    public var buyingPower: Money {
        guard let reserved = try? contents.orders.reservedCash(account) else { return .zero }
        return cash - reserved
    }

    /// The instrument with a symbol; nil until the journal defines it.
    public func instrument(_ symbol: String) -> Instrument? {
        contents.names.instrument(symbol: symbol)
    }

    /// The last mark of any instrument; zero before the first.
    public func mark(_ instrument: InstrumentID) -> Price { profit.equity.mark(instrument) }

    /// What the strategy itself holds of any instrument.
    public func position(_ instrument: InstrumentID) -> Quantity {
        profit.positions.position(account, contents.strategy, instrument)?.quantity ?? .zero
    }

    /// What all strategies together hold of an instrument.
    public func total(_ instrument: InstrumentID) -> Quantity {
        profit.equity.quantity(account, instrument)
    }

    /// The strategy's own open orders in all instruments, exits included, by number.
    public var openOrders: [Order] {
        contents.orders.open.filter {
            $0.account == account && $0.intended.strategy == contents.strategy
        }
    }
}
