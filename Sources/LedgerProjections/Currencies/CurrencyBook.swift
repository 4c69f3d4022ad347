import LedgerDomain
import LedgerEvents

/// The currencies of instruments and accounts, the rates between them, and the balances of accounts that
/// convert. Part of `EquityBook`.
///
/// An account converts from its first `RateDefined` on. A journal without one has none of this: everything
/// is in its account's currency.
public struct CurrencyBook: Hashable, Sendable {
    private struct Listing: Hashable, Sendable {
        var symbol = ""
        /// Empty for an instrument that is not defined.
        var currency = ""
    }

    private struct Reporter: Hashable, Sendable {
        /// Empty for an account that is not defined.
        var currency = ""
        var converts = false
        /// By currency, ascending.
        var balances: [CurrencyBalance] = []
    }

    /// By instrument number.
    private var listings: [Listing] = []
    /// By account index.
    private var reporters: [Reporter] = []
    public private(set) var sources: [RateSource] = []
    /// Whether an account converts.
    public private(set) var isActive = false

    init() {}

    // MARK: Definitions

    mutating func define(_ instrument: Instrument) {
        let number = Int(instrument.id.number)
        guard number <= NameBook.highest else { return }
        while listings.count <= number { listings.append(Listing()) }
        listings[number] = Listing(symbol: instrument.symbol, currency: instrument.currency)
    }

    mutating func define(_ account: AccountID, currency: String) {
        while reporters.count <= account.index { reporters.append(Reporter()) }
        reporters[account.index].currency = currency
    }

    /// Takes an entry of the setting `rates`. The account converts from here on.
    mutating func define(_ event: RateDefined, of account: AccountID) {
        if event.place == 0 { for place in sources.indices { sources[place].isListed = false } }
        var isKnown = false
        for place in sources.indices where !isKnown { isKnown = sources[place].take(event) }
        if !isKnown { sources.append(RateSource(event)) }
        while reporters.count <= account.index { reporters.append(Reporter()) }
        reporters[account.index].converts = true
        isActive = true
    }

    // MARK: What is known

    public func converts(_ account: AccountID) -> Bool { converts(account.index) }

    func converts(_ slot: Int) -> Bool {
        isActive && slot < reporters.count && reporters[slot].converts
    }

    /// The account's currency; empty before its definition.
    public func currency(of account: AccountID) -> String {
        account.index < reporters.count ? reporters[account.index].currency : ""
    }

    /// The currency of an instrument, if it is not the account's own and the account converts.
    @inline(__always)
    func foreign(_ slot: Int, _ instrument: InstrumentID) -> String? {
        isActive ? foreignCurrency(slot, instrument) : nil
    }

    private func foreignCurrency(_ slot: Int, _ instrument: InstrumentID) -> String? {
        converts(slot) ? otherCurrency(slot, instrument) : nil
    }

    /// The same whether or not the account converts.
    func otherCurrency(_ slot: Int, _ instrument: InstrumentID) -> String? {
        let number = Int(instrument.number)
        guard slot < reporters.count, number < listings.count else { return nil }
        let currency = listings[number].currency
        return currency.isEmpty || currency == reporters[slot].currency ? nil : currency
    }

    public func balances(_ account: AccountID) -> [CurrencyBalance] { balances(account.index) }

    func balances(_ slot: Int) -> [CurrencyBalance] {
        converts(slot) ? reporters[slot].balances : []
    }

    /// The accounts that convert, by index.
    var slots: [Int] { reporters.indices.filter { reporters[$0].converts } }

    // MARK: Rates

    /// The sources over which a currency is converted: one, or two over the pivot of an entry.
    private func path(from: String, to: String) -> [(source: Int, isInverse: Bool)]? {
        if let leg = leg(from: from, to: to) { return [leg] }
        for source in sources where source.isListed && !source.via.isEmpty {
            guard source.leads(from: from, to: to) != nil,
                let first = leg(from: from, to: source.via),
                let second = leg(from: source.via, to: to)
            else { continue }
            return [first, second]
        }
        return nil
    }

    private func leg(from: String, to: String) -> (source: Int, isInverse: Bool)? {
        for place in sources.indices where sources[place].isListed && sources[place].via.isEmpty {
            guard let isBack = sources[place].leads(from: from, to: to) else { continue }
            return (place, isBack != sources[place].isInverse)
        }
        return nil
    }

    /// At the last known rates, however old; nil where one is missing.
    func conversion(_ slot: Int, from currency: String) -> Conversion? {
        conversion(from: currency, to: reporters[slot].currency)
    }

    func conversion(from currency: String, to other: String) -> Conversion? {
        guard let path = path(from: currency, to: other) else { return nil }
        var conversion = Conversion()
        for leg in path {
            guard sources[leg.source].rate.raw > 0 else { return nil }
            conversion.pass(sources[leg.source].rate, isInverse: leg.isInverse)
        }
        return conversion
    }

    /// Why a currency's worth is unknown at a time; nil where it is known.
    func gap(_ slot: Int, from currency: String, at time: Timestamp) -> RateGap? {
        gap(from: currency, to: reporters[slot].currency, at: time)
    }

    func gap(from currency: String, to other: String, at time: Timestamp) -> RateGap? {
        guard let path = path(from: currency, to: other) else {
            return .noPath(from: currency, to: other)
        }
        for leg in path {
            let source = sources[leg.source]
            guard source.rate.raw > 0 else { return .missing(source.name) }
            if let staleAt = source.staleAt, time > staleAt { return .stale(source.name, staleAt) }
        }
        return nil
    }

    /// The first reason why an account's worth is unknown at a time; nil where it is known.
    func gap(_ slot: Int, at time: Timestamp) -> RateGap? {
        guard converts(slot) else { return nil }
        for balance in reporters[slot].balances where balance.isNeeded {
            if let gap = gap(slot, from: balance.currency, at: time) { return gap }
        }
        return nil
    }

    /// Takes a rate that was observed. One of a pair that no entry lists changes nothing.
    mutating func observe(_ event: RateObserved, at time: Timestamp) {
        let time = event.since == .zero ? time : min(event.since, time)
        for place in sources.indices
        where sources[place].symbol.isEmpty && sources[place].via.isEmpty
            && sources[place].base == event.base && sources[place].quote == event.quote
        {
            (sources[place].rate, sources[place].observedAt) = (event.rate, time)
        }
    }

    /// Takes a price of an instrument that may be a rate's source. One that is not above zero is no rate.
    ///
    /// - Returns: whether it is a rate's source.
    mutating func observe(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp
    ) -> Bool {
        let number = Int(instrument.number)
        guard price.raw > 0, number < listings.count, !listings[number].symbol.isEmpty else {
            return false
        }
        var isSource = false
        for place in sources.indices where sources[place].symbol == listings[number].symbol {
            isSource = true
            (sources[place].rate, sources[place].observedAt) = (price, time)
        }
        return isSource
    }

    // MARK: Balances

    /// Changes the balance of a currency, which begins as zero.
    mutating func change<Result>(
        _ slot: Int, _ currency: String, _ body: (inout CurrencyBalance) -> Result
    ) -> Result {
        let place =
            reporters[slot].balances.firstIndex { $0.currency >= currency }
            ?? reporters[slot].balances.count
        if place == reporters[slot].balances.count
            || reporters[slot].balances[place].currency != currency
        {
            reporters[slot].balances.insert(CurrencyBalance(currency), at: place)
        }
        return body(&reporters[slot].balances[place])
    }

    // MARK: State

    /// A state that was saved without currencies, with none.
    static func none(after bytes: [UInt8]) -> [UInt8] {
        var writer = StateWriter()
        CurrencyBook().encode(into: &writer)
        return bytes + writer.bytes
    }

    func encode(into writer: inout StateWriter) {
        writer.write(listings) { writer, listing in
            writer.write(listing.symbol)
            writer.write(listing.currency)
        }
        writer.write(reporters) { writer, reporter in
            writer.write(reporter.currency)
            writer.write(reporter.converts)
            writer.write(reporter.balances) { $1.encode(into: &$0) }
        }
        writer.write(sources) { $1.encode(into: &$0) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        listings = try reader.readArray { (reader) throws(StateError) in
            Listing(symbol: try reader.read(), currency: try reader.read())
        }
        reporters = try reader.readArray { (reader) throws(StateError) in
            Reporter(
                currency: try reader.read(), converts: try reader.read(),
                balances: try reader.readArray { (reader) throws(StateError) in
                    try CurrencyBalance(from: &reader)
                })
        }
        sources = try reader.readArray { (reader) throws(StateError) in
            try RateSource(from: &reader)
        }
        guard listings.count <= NameBook.highest + 1 else {
            throw StateError("a saved state defines \(listings.count) instruments")
        }
        isActive = reporters.contains { $0.converts }
    }
}
