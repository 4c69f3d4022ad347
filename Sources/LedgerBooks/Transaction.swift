import LedgerDomain
import LedgerEvents

/// A lot or a change to a lot: units and their cost, both negative for short or removed units.
///
/// cost = quantity × unitCost + remainder, exactly. The unit cost is the fill's price or, after a
/// split, cost / quantity rounded half to even to 10^-9 and never negative. The remainder is the
/// rounding difference, in units of 10^-18.
public struct BookLot: Hashable, Sendable {
    /// The fill or adjustment that opened it.
    public var opening: SequenceNumber
    public var openedAt: Timestamp
    public var unitCost: Price
    public var quantity: Quantity
    public var cost: Money

    public init(
        opening: SequenceNumber, openedAt: Timestamp, unitCost: Price, quantity: Quantity,
        cost: Money
    ) {
        (self.opening, self.openedAt) = (opening, openedAt)
        (self.unitCost, self.quantity, self.cost) = (unitCost, quantity, cost)
    }

    /// quantity × unitCost in units of 10^-18, unrounded.
    ///
    /// - Throws: `BooksError` if it does not fit in 128 bits.
    public func value() throws(BooksError) -> Int128 {
        let (product, overflow) = quantity.raw.multipliedReportingOverflow(by: Int128(unitCost.raw))
        guard !overflow, product.magnitude < UInt128(1) << 124 else {
            throw BooksError(opening, "a lot of \(quantity) at \(unitCost) does not fit")
        }
        return product
    }

    /// cost − quantity × unitCost, in units of 10^-18.
    public func remainder() throws(BooksError) -> Int128 {
        cost.raw * Int128(FixedPoint.one) - (try value())
    }

    /// The removal of the entire lot.
    var closing: BookLot { with(quantity: -quantity, cost: -cost) }

    func with(quantity: Quantity, cost: Money) -> BookLot {
        var lot = self
        (lot.quantity, lot.cost) = (quantity, cost)
        return lot
    }
}

/// One line of a transaction: an amount in the account's currency, debits positive.
public struct Posting: Hashable, Sendable {
    public var account: BookAccount
    /// For a lot, the change in its cost.
    public var amount: Money
    public var lot: BookLot?

    public init(_ account: BookAccount, _ amount: Money) {
        (self.account, self.amount, lot) = (account, amount, nil)
    }

    public init(_ account: BookAccount, _ lot: BookLot) {
        (self.account, amount, self.lot) = (account, lot.cost, lot)
    }
}

/// The effect of one event: postings that sum to zero for each account, and therefore for each
/// currency.
public struct Transaction: Hashable, Sendable {
    /// Details of the event beyond its amounts.
    public enum Detail: Hashable, Sendable {
        case deposit
        case withdrawal
        case charge(kind: String)
        case fill(Side, Quantity, Price)
        case dividend(perUnit: Price, Quantity)
        /// A dividend that is paid on a later day.
        case accrual(perUnit: Price, Quantity, payable: Timestamp)
        /// An accrued dividend that became cash.
        case payment(of: SequenceNumber)
        /// A dividend that was booked with another rate.
        case correction(of: SequenceNumber, from: Price, to: Price, actor: String, reason: String)
        case split(numerator: Int64, denominator: Int64)
        case position(Quantity, Price, actor: String, reason: String)
        case cash(actor: String, reason: String)
        /// Money that became money of another currency.
        case conversion
        case transfer(to: AccountID)
        case positionTransfer(Quantity, to: AccountID)
        /// Borrow, interest or funding.
        case financing(BookAccount.Kind, source: String)
        /// The opening balances of an extract, which belong to no event.
        case opening
    }

    public var sequence: SequenceNumber
    public var time: Timestamp
    public var instrument: InstrumentID
    public var detail: Detail
    public var postings: [Posting] = []

    init(_ record: Record, _ detail: Detail) {
        self.init(record.sequence, record.time, record.instrument, detail)
    }

    init(
        _ sequence: SequenceNumber, _ time: Timestamp, _ instrument: InstrumentID, _ detail: Detail
    ) {
        (self.sequence, self.time) = (sequence, time)
        (self.instrument, self.detail) = (instrument, detail)
    }

    /// Leaves out zero amounts.
    mutating func add(_ account: BookAccount, _ amount: Money) {
        if amount.raw != 0 { postings.append(Posting(account, amount)) }
    }

    mutating func add(_ account: BookAccount, _ lots: [BookLot]) {
        for lot in lots { postings.append(Posting(account, lot)) }
    }

    /// The first account whose postings do not sum to zero, and the sum.
    public var imbalance: (account: AccountID, sum: Money)? {
        var sums = OrderedTable<AccountID, Money>()
        for posting in postings {
            sums.update(posting.account.account, .zero) { $0 += posting.amount }
        }
        return sums.entries.first { $0.value != .zero }.map { ($0.key, $0.value) }
    }
}
