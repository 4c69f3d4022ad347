import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What a strategy may know beside the event.
public struct StrategyView: Sendable {
    /// What it holds of its instrument. Signed; short is negative.
    public var position: Quantity
    /// Orders that may still fill, exits that protect a position not counted.
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
    private let account: AccountID
    private let strategy: StrategyID
    private let names: NameBook
    private let books: ProfitAndLoss
    private let orders: OrderRegister

    init(
        _ account: AccountID, of strategy: StrategyID, _ names: NameBook, _ books: ProfitAndLoss,
        _ orders: OrderRegister
    ) {
        self.account = account
        self.strategy = strategy
        self.names = names
        self.books = books
        self.orders = orders
    }

    public var cash: Money { books.equity[account]?.cash ?? .zero }

    /// Cash and what is held, at the last marks.
    public var equity: Money { books.equity[account]?.equity ?? .zero }

    /// The cash that no open buy order waits to spend; zero where it cannot be counted.
    public var buyingPower: Money {
        guard let reserved = try? orders.reservedCash(account) else { return .zero }
        return cash - reserved
    }

    /// The instrument that bears a symbol; nil until the journal defines it.
    public func instrument(_ symbol: String) -> Instrument? { names.instrument(symbol: symbol) }

    /// The last mark of any instrument; zero before the first.
    public func mark(_ instrument: InstrumentID) -> Price { books.equity.mark(instrument) }

    /// What the strategy itself holds of any instrument.
    public func position(_ instrument: InstrumentID) -> Quantity {
        books.positions.position(account, strategy, instrument)?.quantity ?? .zero
    }

    /// What all strategies together hold of an instrument.
    public func total(_ instrument: InstrumentID) -> Quantity {
        books.equity.quantity(account, instrument)
    }

    /// The strategy's own open orders in all instruments, exits included, by number.
    public var openOrders: [Order] {
        orders.open.filter { $0.account == account && $0.intended.strategy == strategy }
    }
}
