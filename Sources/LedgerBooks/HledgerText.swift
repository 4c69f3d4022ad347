import LedgerDomain
import LedgerEvents

/// The journal format of hledger and Ledger.
///
/// A lot is `10 AAPL {12.5 USD} [2024-03-05] @ 12.5 USD`. Ledger identifies lots by cost and day;
/// hledger takes the amount after the @ as the cost. A sale states the cost of the lot that it
/// closes, so both compute the gain as the remainder.
extension BooksText {
    func hledgerHeader(_ title: String, _ text: inout [UInt8]) {
        text.line("; \(Self.comment(title))")
        text.line("")
        for (currency, name) in names.currencies {
            let decimals =
                survey.accounts.filter { names.uses($0, currency) }.map(survey.decimals).max() ?? 0
            if name != currency { text.line("; \(name) is \(Self.comment(currency))") }
            hledgerCommodity(name, decimals, &text)
        }
        for (id, name) in names.commodities.entries {
            let symbol = book.symbol(id)
            if name != symbol { text.line("; \(name) is \(Self.comment(symbol))") }
            hledgerCommodity(name, survey.decimals(id), &text)
        }
        text.line("")
        let keys =
            ["time", "kind", "actor", "reason", "lot"] + (survey.hasClaims ? Self.ofClaims : [])
        for key in keys { text.line("tag \(key)") }
        text.line("")
        for (id, name) in names.accounts.entries {
            let account = book[id]
            text.line(
                "; \(name) is the \(account.map { "\($0.kind)" } ?? "") account "
                    + Self.comment(account?.name ?? ""))
        }
        for (id, name) in names.strategies.entries where id != .none && book.name(id) != name {
            text.line("; \(name) is the strategy \(Self.comment(book.name(id)))")
        }
        for (account, name) in chart {
            text.line("account \(name)")
            if survey.isRounded(account) { text.line("account \(rounding(account))") }
        }
    }

    private static let ofClaims = ["payable", "accrual", "corrects"]

    /// Both programs balance a transaction to the number of decimals declared here, which covers
    /// every decimal that occurs.
    private func hledgerCommodity(_ name: String, _ decimals: Int, _ text: inout [UInt8]) {
        let symbol = Self.quoted(name)
        text.line("commodity \(symbol)")
        text.line("    format 1000.\(String(repeating: "0", count: max(1, decimals))) \(symbol)")
    }

    func hledger(_ transaction: Transaction, _ text: inout [UInt8]) throws(BooksError) {
        let title = title(transaction) { names.commodity($0) }
        text.line("")
        text.line("\(date(transaction.time)) * (\(transaction.sequence)) \(title)")
        for (key, value) in notes(transaction) where !value.isEmpty {
            let isTime = key == "time" || key == "payable"
            text.line("    ; \(key): \(isTime ? value : Self.value(value))")
        }
        for posting in transaction.postings {
            let currency = Self.quoted(currency(posting.account))
            let account = name(posting.account)
            guard let lot = posting.lot else {
                text.line("    \(account)  \(posting.amount) \(currency)")
                continue
            }
            let symbol = Self.quoted(names.commodity(posting.account.instrument))
            let cost = "\(lot.unitCost) \(currency)"
            text.line(
                "    \(account)  \(lot.quantity) \(symbol) {\(cost)} [\(date(lot.openedAt))] @ "
                    + "\(cost)  ; lot: \(lot.opening)")
        }
        for (account, raw) in try remainders(transaction) {
            let currency = Self.quoted(currency(account))
            text.line("    \(rounding(account))  \(Decimals.fine(raw)) \(currency)")
        }
    }

    /// Quotes names that contain anything but capital letters.
    static func quoted(_ name: String) -> String {
        name.utf8.allSatisfy { (65...90).contains($0) } ? name : "\"\(name)\""
    }

    /// Text for a comment line.
    static func comment(_ text: String) -> String { replacing(text) { _ in false } }

    /// Text for the value of a tag, without characters that would end it or start another tag or a
    /// date.
    static func value(_ text: String) -> String {
        replacing(text) { ";:,[]|\\\"".unicodeScalars.contains($0) }
    }

    private static func replacing(
        _ text: String, _ isOdd: (Unicode.Scalar) -> Bool
    ) -> String {
        let scalars = text.unicodeScalars.map {
            $0.value < 32 || $0.value == 127 || isOdd($0) ? "_" : $0
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
