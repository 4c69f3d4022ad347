import LedgerDomain
import LedgerEvents

/// The books as text for other accounting programs.
public struct BooksText: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        /// For hledger and Ledger.
        case hledger
        case beancount
    }

    let format: Format
    let survey: BooksSurvey
    let book: NameBook
    let names: LegalNames
    private let calendar: TradingCalendar
    /// The full name of each account with postings, in chart order.
    let chart: [(account: BookAccount, name: String)]

    /// - Parameters:
    ///   - survey: a survey of all transactions that will be written.
    ///   - names: the names of the entire journal.
    ///   - calendar: whose trading days the transactions are of.
    /// - Throws: `BooksError` if an account has no definition.
    public init(
        _ format: Format, _ survey: BooksSurvey, names book: NameBook, last: SequenceNumber,
        calendar: TradingCalendar
    ) throws(BooksError) {
        let names = try LegalNames(book, survey, last: last)
        self.names = names
        (self.format, self.survey, self.book) = (format, survey, book)
        self.calendar = calendar
        chart = survey.balances.entries.map { ($0.account, names.full($0.account)) }
    }

    /// Options, commodities and accounts, with a note for each changed name.
    ///
    /// - Parameter title: what the books cover; written as a comment.
    public func append(header title: String, to text: inout [UInt8]) {
        switch format {
        case .hledger: hledgerHeader(title, &text)
        case .beancount: beancountHeader(title, &text)
        }
    }

    /// One transaction, with its trading day and its event.
    ///
    /// - Throws: `BooksError` if the format cannot represent it exactly.
    public func append(
        _ transaction: Transaction, to text: inout [UInt8]
    ) throws(BooksError) {
        switch format {
        case .hledger: try hledger(transaction, &text)
        case .beancount: try beancount(transaction, &text)
        }
    }

    /// The balance of each account, if the format can assert balances.
    public func append(footer sequence: SequenceNumber, to text: inout [UInt8]) {
        if format == .beancount { beancountFooter(&text) }
    }

    /// What one unit of a currency was worth in another; nothing for currencies that the books do not have.
    public func append(rate: RateObserved, at time: Timestamp, to text: inout [UInt8]) {
        append(price: rate.rate, of: rate.base, in: rate.quote, at: time, to: &text)
    }

    /// The same for a rate that was computed.
    public func append(
        price: Price, of currency: String, in quote: String, at time: Timestamp,
        to text: inout [UInt8]
    ) {
        append(price, of: names.currency(currency), in: names.currency(quote), at: time, &text)
    }

    /// The last price of an instrument, in its currency.
    public func append(
        mark: Price, of instrument: InstrumentID, at time: Timestamp, to text: inout [UInt8]
    ) {
        let quote = names.currency(book[instrument]?.currency ?? "")
        append(mark, of: names.commodity(instrument), in: quote, at: time, &text)
    }

    private func append(
        _ price: Price, of commodity: String, in quote: String, at time: Timestamp,
        _ text: inout [UInt8]
    ) {
        guard !commodity.isEmpty, !quote.isEmpty else { return }
        text.line("")
        switch format {
        case .hledger:
            let unit = Self.quoted(quote)
            text.line("P \(date(time)) \(Self.quoted(commodity)) \(price) \(unit)")
        case .beancount: text.line("\(date(time)) price \(commodity) \(price) \(quote)")
        }
    }

    // MARK: Shared by both formats

    func name(_ account: BookAccount) -> String {
        var (low, high) = (0, chart.count)
        while low < high {
            let middle = (low + high) / 2
            if chart[middle].account < account { low = middle + 1 } else { high = middle }
        }
        return low < chart.count ? chart[low].name : ""
    }

    /// The account for the part of a position's cost that is not quantity × unit cost.
    func rounding(_ account: BookAccount) -> String { name(account) + ":Rounding" }

    func currency(_ account: BookAccount) -> String { names.currency(account.currency(book)) }

    /// The trading day of a moment, or one of the days after it.
    func date(_ time: Timestamp, after days: Int64 = 0) -> String {
        "\(CivilDate(daysSinceEpoch: calendar.day(of: time).number + days))"
    }

    /// The remainders of the lots' unit costs by position, in posting order, in units of 10^-18.
    func remainders(
        _ transaction: Transaction
    ) throws(BooksError) -> [(account: BookAccount, raw: Int128)] {
        var sums: [(account: BookAccount, raw: Int128)] = []
        for posting in transaction.postings {
            guard let lot = posting.lot else { continue }
            let remainder = try lot.remainder()
            if let index = sums.firstIndex(where: { $0.account == posting.account }) {
                sums[index].raw += remainder
            } else {
                sums.append((posting.account, remainder))
            }
        }
        return sums.filter { $0.raw != 0 }
    }

    func title(_ transaction: Transaction, commodity: (InstrumentID) -> String) -> String {
        let symbol = commodity(transaction.instrument)
        switch transaction.detail {
        case .deposit: return "deposit"
        case .withdrawal: return "withdrawal"
        case .charge: return "fee"
        case .fill(let side, let quantity, let price):
            return "\(side) \(quantity) \(symbol) at \(price)"
        case .dividend(let perUnit, let quantity):
            return "dividend of \(perUnit) on \(quantity) \(symbol)"
        case .accrual(let perUnit, let quantity, _):
            return "dividend of \(perUnit) on \(quantity) \(symbol), unpaid"
        case .payment: return "payment of a dividend on \(symbol)"
        case .correction(_, let old, let new, _, _):
            return "correction of a dividend on \(symbol) from \(old) to \(new)"
        case .split(let numerator, let denominator):
            return "split \(numerator) for \(denominator) of \(symbol)"
        case .position(let quantity, let price, _, _):
            return "adjustment by \(quantity) \(symbol) at \(price)"
        case .cash: return "adjustment of cash"
        case .conversion: return "conversion"
        case .transfer(let other): return "transfer to \(names.name(other))"
        case .positionTransfer(let quantity, let other):
            return "transfer of \(quantity) \(symbol) to \(names.name(other))"
        case .financing(let kind, _): return "\(kind)"
        case .opening: return "opening balances"
        }
    }

    /// Metadata in addition to the amounts.
    func notes(_ transaction: Transaction) -> [(key: String, value: String)] {
        var notes = [(key: "time", value: "\(transaction.time)")]
        switch transaction.detail {
        case .charge(let kind): notes.append(("kind", kind))
        case .financing(_, let source): notes.append(("kind", source))
        case .position(_, _, let actor, let reason), .cash(let actor, let reason):
            notes += [("actor", actor), ("reason", reason)]
        case .accrual(_, _, let payable): notes.append(("payable", "\(payable)"))
        case .payment(let accrual): notes.append(("accrual", "\(accrual)"))
        case .correction(let corrected, _, _, let actor, let reason):
            notes += [("corrects", "\(corrected)"), ("actor", actor), ("reason", reason)]
        default: break
        }
        return notes
    }

    /// The price at which units changed hands; nil if there is no price.
    func price(_ transaction: Transaction) -> Price? {
        switch transaction.detail {
        case .fill(_, _, let price), .position(_, let price, _, _): price.raw < 0 ? nil : price
        default: nil
        }
    }
}

extension LegalNames {
    /// `Assets:Main:Positions:AAPL:Sma`.
    func full(_ account: BookAccount) -> String {
        let owner = name(account.account)
        // The part of a currency is last, and only where it is not the account's own.
        let other = account.currency.isEmpty ? "" : ":\(part(of: account.currency))"
        let holding = ":\(name(account.instrument)):\(name(account.strategy))"
        return switch account.kind {
        case .position: "Assets:\(owner):Positions\(holding)"
        case .cash: "Assets:\(owner):Cash\(other)"
        case .receivable: "Assets:\(owner):Receivable\(other)"
        case .deposits: "Equity:\(owner):Deposits\(other)"
        case .withdrawals: "Equity:\(owner):Withdrawals\(other)"
        case .adjustments: "Equity:\(owner):Adjustments\(other)"
        case .opening: "Equity:\(owner):Opening\(other)"
        case .conversions: "Equity:\(owner):Conversions\(other)"
        case .transfers: "Equity:\(owner):Transfers\(other)"
        case .borrow: "Expenses:\(owner):Borrow\(other)"
        case .interest: "Expenses:\(owner):Interest\(other)"
        case .funding: "Expenses:\(owner):Funding\(other)"
        case .realised: "Income:\(owner):Realised\(holding)"
        case .dividends: "Income:\(owner):Dividends\(holding)"
        case .fees: "Expenses:\(owner):Fees\(holding)"
        case .charges: "Expenses:\(owner):Charges\(other)"
        }
    }
}

extension [UInt8] {
    mutating func line(_ text: String) {
        append(contentsOf: text.utf8)
        append(UInt8(ascii: "\n"))
    }
}
