import LedgerDomain
import LedgerEvents

/// The input language of Beancount.
///
/// A lot is `10 AAPL {12.5 USD, 2024-03-05, "1234"}`: its cost, its day and the event that opened
/// it, so that a sale identifies exactly one lot. Transactions balance with zero tolerance.
extension BooksText {
    /// Beancount uses Python decimals with this many digits.
    static let mostDigits = 28

    func beancountHeader(_ title: String, _ text: inout [UInt8]) {
        text.line("; \(Self.comment(title))")
        text.line("")
        text.line("option \"title\" \(Self.string(title))")
        for (_, name) in names.currencies { text.line("option \"operating_currency\" \"\(name)\"") }
        text.line("option \"booking_method\" \"STRICT\"")
        text.line("option \"tolerance_multiplier\" \"0\"")
        text.line("option \"inferred_tolerance_default\" \"*:0\"")
        text.line("")
        let day = date(survey.first ?? .zero)
        for (currency, name) in names.currencies {
            text.line("\(day) commodity \(name)")
            text.line("  name: \(Self.string(currency))")
        }
        for (id, name) in names.commodities.entries {
            text.line("\(day) commodity \(name)")
            text.line("  name: \(Self.string(book.symbol(id)))")
        }
        text.line("")
        for (account, name) in chart {
            let currency = currency(account)
            guard account.kind == .position else {
                text.line("\(day) open \(name) \(currency)")
                metadata(account, &text)
                continue
            }
            text.line("\(day) open \(name) \(names.commodity(account.instrument)) \"STRICT\"")
            metadata(account, &text)
            if survey.isRounded(account) {
                text.line("\(day) open \(rounding(account)) \(currency)")
            }
        }
    }

    private func metadata(_ account: BookAccount, _ text: inout [UInt8]) {
        text.line("  account: \(Self.string(book.name(account.account)))")
        if let kind = book[account.account]?.kind { text.line("  kind: \"\(kind)\"") }
        guard account.strategy != .none else { return }
        text.line("  strategy: \(Self.string(book.name(account.strategy)))")
    }

    func beancount(_ transaction: Transaction, _ text: inout [UInt8]) throws(BooksError) {
        try checkDigits(transaction)
        text.line("")
        let title = title(transaction) { names.commodity($0) }
        text.line("\(date(transaction.time)) * \(Self.string(title))")
        text.line("  event: \(transaction.sequence)")
        for (key, value) in notes(transaction) { text.line("  \(key): \(Self.string(value))") }
        let price = price(transaction)
        for posting in transaction.postings {
            let currency = currency(posting.account)
            let account = name(posting.account)
            guard let lot = posting.lot else {
                text.line("  \(account)  \(posting.amount) \(currency)")
                continue
            }
            let symbol = names.commodity(posting.account.instrument)
            let cost = "{\(lot.unitCost) \(currency), \(date(lot.openedAt)), \"\(lot.opening)\"}"
            let at = price.map { " @ \($0) \(currency)" } ?? ""
            text.line("  \(account)  \(lot.quantity) \(symbol) \(cost)\(at)")
        }
        for (account, raw) in try remainders(transaction) {
            text.line("  \(rounding(account))  \(Decimals.fine(raw)) \(currency(account))")
        }
    }

    /// Balances on the day after the last transaction, with zero tolerance.
    func beancountFooter(_ text: inout [UInt8]) {
        guard survey.count > 0 else { return }
        let day = date(survey.last, after: 1)
        text.line("")
        for entry in survey.balances.entries {
            let account = name(entry.account)
            guard entry.account.kind == .position else {
                let currency = currency(entry.account)
                text.line("\(day) balance \(account)  \(entry.amount) ~ 0 \(currency)")
                continue
            }
            let symbol = names.commodity(entry.account.instrument)
            text.line("\(day) balance \(account)  \(entry.quantity) ~ 0 \(symbol)")
        }
    }

    /// Rejects a transaction if Beancount would round the sum of its weights.
    private func checkDigits(_ transaction: Transaction) throws(BooksError) {
        var (sum, decimals) = (UInt128(0), 0)
        func add(_ raw: Int128) {
            sum = sum.addingReportingOverflow(raw.magnitude).overflow ? .max : sum + raw.magnitude
            decimals = max(decimals, Decimals.count(raw, scale: Decimals.fine))
        }
        for posting in transaction.postings {
            add(try posting.lot?.value() ?? posting.amount.raw * Int128(FixedPoint.one))
        }
        for (_, raw) in try remainders(transaction) { add(raw) }
        let whole = String(sum / 1_000_000_000_000_000_000).utf8.count
        guard whole + decimals <= Self.mostDigits else {
            throw BooksError(
                transaction.sequence,
                "its amounts need \(whole) digits with \(decimals) decimals, but Beancount "
                    + "rounds to \(Self.mostDigits) digits; export to hledger instead"
            )
        }
    }

    /// A string literal on one line.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
            }
        }
        return result + "\""
    }
}
