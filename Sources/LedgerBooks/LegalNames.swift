import LedgerDomain
import LedgerEvents

/// Unique names of accounts and commodities that hledger, Ledger and Beancount all accept.
///
/// Parts of account names consist of letters, digits and hyphens and begin with a capital or a
/// digit; anything else becomes a hyphen. Commodities consist of capitals, digits, points and
/// hyphens. If two names collide, the later one gets a number.
struct LegalNames {
    private(set) var accounts = OrderedTable<AccountID, String>()
    private(set) var strategies = OrderedTable<StrategyID, String>()
    /// The part of account names for an instrument.
    private(set) var instruments = OrderedTable<InstrumentID, String>()
    /// Currencies come first, so an instrument named like a currency gets another name.
    private(set) var currencies: [(currency: String, name: String)] = []
    private var used = OrderedTable<AccountID, [String]>()
    private(set) var commodities = OrderedTable<InstrumentID, String>()

    /// - Throws: `BooksError` for an account that the journal does not define, because its currency
    ///   is unknown.
    init(_ names: NameBook, _ survey: BooksSurvey, last: SequenceNumber) throws(BooksError) {
        for id in survey.accounts {
            guard let account = names[id] else {
                throw BooksError(
                    last,
                    "account \(id.index) moved money but is not defined, so its currency "
                        + "is unknown; define the account before booking to it")
            }
            accounts.add(id, Self.part(account.name))
            add(currency: account.currency, of: id)
        }
        for entry in survey.balances.entries {
            add(currency: entry.account.currency(names), of: entry.account.account)
        }
        for entry in survey.balances.entries where entry.account.kind.isPerPosition {
            add(entry.account.strategy, names)
            add(entry.account.instrument, names)
        }
        for id in survey.instruments {
            let name = Self.commodity(names.symbol(id))
            commodities.add(id, name, besides: currencies.map(\.name))
        }
    }

    private mutating func add(currency: String, of account: AccountID) {
        used.update(account, []) { if !$0.contains(currency) { $0.append(currency) } }
        guard !currencies.contains(where: { $0.currency == currency }) else { return }
        let name = Self.free(Self.commodity(currency), currencies.map(\.name))
        currencies.append((currency, name))
    }

    /// Whether an account has amounts in a currency.
    func uses(_ account: AccountID, _ currency: String) -> Bool {
        used[account]?.contains(currency) ?? false
    }

    /// The part of account names for a currency: the letters and digits of its commodity, which is unique.
    func part(of currency: String) -> String { Self.part(self.currency(currency)) }

    private mutating func add(_ id: StrategyID, _ names: NameBook) {
        guard strategies[id] == nil else { return }
        strategies.add(id, id == .none ? "Unassigned" : Self.part(names.name(id)))
    }

    private mutating func add(_ id: InstrumentID, _ names: NameBook) {
        if instruments[id] == nil { instruments.add(id, Self.part(names.symbol(id))) }
    }

    func name(_ id: AccountID) -> String { accounts[id] ?? "" }
    func name(_ id: StrategyID) -> String { strategies[id] ?? "" }
    func name(_ id: InstrumentID) -> String { instruments[id] ?? "" }
    func commodity(_ id: InstrumentID) -> String { commodities[id] ?? "" }
    func currency(_ currency: String) -> String {
        currencies.first { $0.currency == currency }?.name ?? ""
    }

    /// `sma fast` → `Sma-fast`; a name without any legal character → `X`.
    static func part(_ text: String) -> String {
        var name: [UInt8] = ascii(text).map { $0.isLetter || $0.isDigit ? $0 : UInt8(ascii: "-") }
        if let first = name.first, first.isLetter { name[0] = first.upper }
        if name.first.map({ $0.isLetter || $0.isDigit }) != true {
            name.insert(UInt8(ascii: "X"), at: 0)
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// `btc/usd` → `BTC-USD`, `0700.HK` → `X0700.HK`. At most 20 characters, which leaves room for
    /// a number.
    static func commodity(_ text: String) -> String {
        var name: [UInt8] = ascii(text).map {
            $0.isLetter ? $0.upper : $0.isDigit || $0 == UInt8(ascii: ".") ? $0 : UInt8(ascii: "-")
        }
        if name.first?.isLetter != true { name.insert(UInt8(ascii: "X"), at: 0) }
        name = Array(name.prefix(20))
        while let last = name.last, !last.isLetter, !last.isDigit { name.removeLast() }
        // Words that Beancount reads as literals.
        let result = String(decoding: name, as: UTF8.self)
        return ["TRUE", "FALSE", "NULL"].contains(result) ? "X\(result)" : result
    }

    /// One byte per character; zero for characters that a tool might reject.
    private static func ascii(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0 }
    }

    /// The name, or its first numbered variant that is free.
    fileprivate static func free(_ name: String, _ taken: [String]) -> String {
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }
}

extension OrderedTable where Value == String {
    /// Gives a key a unique name.
    fileprivate mutating func add(_ key: Key, _ name: String, besides taken: [String] = []) {
        update(key, LegalNames.free(name, values + taken)) { _ in }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (48...57).contains(self) }
    fileprivate var isLetter: Bool { (65...90).contains(self) || (97...122).contains(self) }
    fileprivate var upper: UInt8 { (97...122).contains(self) ? self - 32 : self }
}
