import LedgerDomain
import LedgerEvents
import LedgerSettings

/// One entry of the setting `rates`.
public struct RateSettings: Sendable {
    public var base: String
    public var quote: String
    /// A file; empty where the rate has another source.
    public var path: String
    public var instrument: String
    public var via: String
    public var isInverse: Bool
    var maxAge: Nanoseconds

    public init(_ entry: SettingsEntry) throws(SettingsError) {
        base = try entry[RateKeys.base]
        quote = try entry[RateKeys.quote]
        path = try entry[RateKeys.path]
        instrument = try entry[RateKeys.instrument]
        via = try entry[RateKeys.via]
        isInverse = try entry[RateKeys.isInverse]
        maxAge = try entry[RateKeys.maxAge]
    }

    /// `EUR/USD`.
    public var name: String { "\(base)/\(quote)" }

    public static func all(_ settings: Settings) throws(SettingsError) -> [RateSettings] {
        var rates: [RateSettings] = []
        for entry in settings.entries(.rates) { rates.append(try RateSettings(entry)) }
        return rates
    }

    func event(_ place: Int) -> RateDefined {
        RateDefined(
            place: UInt16(clamping: place), isInverse: isInverse,
            maxAge: UInt64(clamping: maxAge.count), base: base, quote: quote, symbol: instrument,
            via: via)
    }

    private func joins(_ one: String, and other: String) -> Bool {
        (base, quote) == (one, other) || (quote, base) == (one, other)
    }

    // MARK: Checks

    /// Refuses an entry that says too little, too much or what another one says, and a balance that no entry
    /// leads to the account's currency.
    static func check(_ settings: Settings) throws(SettingsError) {
        let entries = settings.entries(.rates)
        let rates = try all(settings)
        for (entry, rate) in zip(entries, rates) {
            try rate.check(entry, among: rates)
        }
        let own = try settings[AccountKeys.currency]
        for (currency, _) in try balances(settings) where !leads(rates, from: currency, to: own) {
            throw SettingsError(AccountKeys.balances, Self.noPath(from: currency, to: own))
        }
    }

    private func check(_ entry: SettingsEntry, among rates: [RateSettings]) throws(SettingsError) {
        guard !base.isEmpty, base != quote else {
            throw entry.error(RateKeys.base, "'\(base)' and to '\(quote)' must be two currencies")
        }
        guard !quote.isEmpty else { throw entry.error(RateKeys.quote, "is empty") }
        let sources = [path, instrument, via].filter { !$0.isEmpty }
        guard sources.count == 1 else {
            throw entry.error(
                RateKeys.path,
                "give exactly one of path, instrument and via for \(name); there are \(sources.count)"
            )
        }
        guard !isInverse || !instrument.isEmpty else {
            throw entry.error(
                RateKeys.isInverse,
                "belongs to an instrument; name the currencies of a file in their order")
        }
        for (place, other) in rates.prefix(entry.index).enumerated()
        where other.joins(base, and: quote) {
            throw entry.error(
                RateKeys.base, "\(name) contradicts rates.\(place), which gives \(other.name)")
        }
        guard !via.isEmpty else { return }
        for end in [base, quote]
        where !rates.contains(where: { $0.via.isEmpty && $0.joins(end, and: via) }) {
            throw entry.error(
                RateKeys.via, "'\(via)' needs an entry of rates between \(end) and \(via)")
        }
    }

    /// Whether the entries convert one currency into another.
    public static func leads(_ rates: [RateSettings], from: String, to: String) -> Bool {
        from == to || rates.contains { $0.joins(from, and: to) }
    }

    public static func noPath(from: String, to: String) -> String {
        "no entry of rates leads from \(from) to the account's currency \(to); add one"
    }

    // MARK: Balances

    /// The initial deposits in other currencies, in their order.
    public static func balances(
        _ settings: Settings
    ) throws(SettingsError) -> [(currency: String, amount: Money)] {
        let own = try settings[AccountKeys.currency]
        var found: [(currency: String, amount: Money)] = []
        let text = settings.text(of: AccountKeys.balances.name) ?? ""
        for part in text.split(separator: ",", omittingEmptySubsequences: text.isEmpty) {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            let currency = pair[0].trimmed
            guard pair.count == 2, !currency.isEmpty, let amount = try? Money(pair[1].trimmed),
                amount.raw > 0, amount <= .limit
            else {
                throw SettingsError(
                    AccountKeys.balances, "'\(part.trimmed)' is not CURRENCY=AMOUNT above 0")
            }
            guard currency != own, !found.contains(where: { $0.currency == currency }) else {
                throw SettingsError(
                    AccountKeys.balances,
                    currency == own
                        ? "\(currency) is the account's currency; use \(AccountKeys.cash.name)"
                        : "\(currency) is given twice")
            }
            found.append((currency, amount))
        }
        return found
    }
}
