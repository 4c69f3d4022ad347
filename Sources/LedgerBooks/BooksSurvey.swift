import LedgerDomain
import LedgerEvents

/// The declarations that precede the first transaction of a books text: the accounts and
/// commodities, and how many decimals each commodity needs to be written without rounding.
public struct BooksSurvey: Sendable {
    /// The balances after the transactions so far, including opening balances.
    public private(set) var balances = Balances()
    /// The times of the first and last transactions.
    public private(set) var first: Timestamp?
    public private(set) var last = Timestamp.zero
    public private(set) var count = 0
    /// Whether a dividend awaited its pay date or was corrected.
    public private(set) var hasClaims = false
    private var currencyDecimals = OrderedTable<AccountID, Int>()
    private var unitDecimals = OrderedTable<InstrumentID, Int>()
    /// The positions whose cost differs from quantity × unit cost.
    private var rounded = OrderedTable<BookAccount, Bool>()

    public init() {}

    /// - Throws: `BooksError` if a lot does not fit in 128 bits.
    public mutating func add(_ transaction: Transaction) throws(BooksError) {
        balances.post(transaction)
        first = first ?? transaction.time
        last = max(last, transaction.time)
        count += 1
        switch transaction.detail {
        case .accrual, .payment, .correction: hasClaims = true
        default: break
        }
        for posting in transaction.postings {
            let account = posting.account
            note(Decimals.count(posting.amount.raw), account.account)
            guard let lot = posting.lot else { continue }
            let remainder = try lot.remainder()
            note(Decimals.count(try lot.value(), scale: Decimals.fine), account.account)
            unitDecimals.update(account.instrument, 0) {
                $0 = max($0, Decimals.count(lot.quantity.raw))
            }
            guard remainder != 0 else { continue }
            note(Decimals.count(remainder, scale: Decimals.fine), account.account)
            rounded.update(account, true) { _ in }
        }
    }

    private mutating func note(_ decimals: Int, _ account: AccountID) {
        currencyDecimals.update(account, 0) { $0 = max($0, decimals) }
    }

    /// The decimals needed for amounts in the account's currency and for units of an instrument.
    public func decimals(_ account: AccountID) -> Int { currencyDecimals[account] ?? 0 }
    public func decimals(_ instrument: InstrumentID) -> Int { unitDecimals[instrument] ?? 0 }

    /// Whether the cost of a position ever differs from quantity × unit cost.
    public func isRounded(_ account: BookAccount) -> Bool { rounded[account] != nil }

    /// Accounts with money and instruments with holdings, in order of number.
    public var accounts: [AccountID] { currencyDecimals.keys }
    public var instruments: [InstrumentID] { unitDecimals.keys }
}

/// 128-bit integers at either scale as plain decimals.
enum Decimals {
    /// The scale of price × quantity.
    static let fine = 2 * FixedPoint.decimals

    /// How many decimals `raw` / 10^scale needs.
    static func count(_ raw: Int128, scale: Int = FixedPoint.decimals) -> Int {
        guard raw != 0 else { return 0 }
        var (rest, decimals) = (raw, scale)
        while decimals > 0, rest % 10 == 0 { (rest, decimals) = (rest / 10, decimals - 1) }
        return decimals
    }

    /// `raw` / 10^18 as the shortest plain decimal.
    static func fine(_ raw: Int128) -> String {
        let (whole, rest) = raw.magnitude.quotientAndRemainder(
            dividingBy: 1_000_000_000_000_000_000)
        var text: [UInt8] = Array((raw < 0 ? "-" : "").utf8) + Array(String(whole).utf8)
        if rest != 0 {
            text.append(UInt8(ascii: "."))
            text.append(decimal: UInt64(rest), digits: fine)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
