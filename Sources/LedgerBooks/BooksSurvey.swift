import LedgerDomain
import LedgerEvents

/// What a text of the books declares before its first transaction: which accounts and commodities there
/// are, and how many decimals each commodity needs to be written without rounding.
public struct BooksSurvey: Sendable {
    /// What the transactions so far come to, an opening one included.
    public private(set) var balances = Balances()
    /// Positions of which some cost is not quantity × unit cost, in the order of the chart.
    public private(set) var rounded: [BookAccount] = []
    /// Of the first and the last transaction.
    public private(set) var first: Timestamp?
    public private(set) var last = Timestamp.zero
    public private(set) var count = 0
    private var currencyDecimals: [(account: AccountID, decimals: Int)] = []
    private var unitDecimals: [(instrument: InstrumentID, decimals: Int)] = []

    public init() {}

    /// - Throws: `BooksError` where a lot does not fit 128 bits.
    public mutating func take(_ transaction: Transaction) throws(BooksError) {
        balances.post(transaction)
        first = first ?? transaction.time
        last = max(last, transaction.time)
        count += 1
        for posting in transaction.postings {
            let account = posting.account
            try note(Decimals.count(posting.amount.raw), account.account)
            guard let lot = posting.lot else { continue }
            let remainder = try lot.remainder()
            try note(Decimals.count(try lot.value(), scale: Decimals.fine), account.account)
            note(Decimals.count(lot.quantity.raw), account.instrument)
            guard remainder != 0 else { continue }
            try note(Decimals.count(remainder, scale: Decimals.fine), account.account)
            let place = rounded.firstIndex { $0 >= account } ?? rounded.count
            if place == rounded.count || rounded[place] != account {
                rounded.insert(account, at: place)
            }
        }
    }

    /// The decimals of amounts in the account's currency, and of an instrument's units.
    public func decimals(_ account: AccountID) -> Int {
        currencyDecimals.first { $0.account == account }?.decimals ?? 0
    }

    public func decimals(_ instrument: InstrumentID) -> Int {
        unitDecimals.first { $0.instrument == instrument }?.decimals ?? 0
    }

    /// Accounts that hold money, and instruments that were held, by number.
    public var accounts: [AccountID] { currencyDecimals.map(\.account).sorted() }
    public var instruments: [InstrumentID] { unitDecimals.map(\.instrument).sorted() }

    private mutating func note(_ decimals: Int, _ account: AccountID) throws(BooksError) {
        guard let index = currencyDecimals.firstIndex(where: { $0.account == account }) else {
            return currencyDecimals.append((account, decimals))
        }
        currencyDecimals[index].decimals = max(currencyDecimals[index].decimals, decimals)
    }

    private mutating func note(_ decimals: Int, _ instrument: InstrumentID) {
        guard let index = unitDecimals.firstIndex(where: { $0.instrument == instrument }) else {
            return unitDecimals.append((instrument, decimals))
        }
        unitDecimals[index].decimals = max(unitDecimals[index].decimals, decimals)
    }
}

/// Plain decimals of 128-bit integers at either scale.
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
