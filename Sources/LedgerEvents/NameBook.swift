import LedgerDomain

/// The names of a journal's instruments, accounts and strategies, folded from its definitions. The
/// cost depends on how many there are, not on how large their numbers are.
public struct NameBook: Sendable, Hashable {
    /// In ascending order of number.
    public private(set) var instruments: [Instrument] = []
    public private(set) var accounts: [Account] = []
    public private(set) var strategies: [StrategyDefined] = []

    public static let types: [EventType] = [.instrumentDefined, .accountDefined, .strategyDefined]

    public init() {}

    public mutating func remember(_ record: Record) throws(RecordError) {
        switch record.type {
        case .instrumentDefined:
            define(try InstrumentDefined(record).definition)
        case .accountDefined:
            let event = try AccountDefined(record)
            define(
                Account(
                    id: record.account, name: event.name, kind: event.kind, currency: event.currency
                ))
        case .strategyDefined:
            define(try StrategyDefined(record))
        default: break
        }
    }

    public mutating func define(_ instrument: Instrument) {
        instruments.put(instrument, \.id.number)
    }

    public mutating func define(_ account: Account) { accounts.put(account, \.id.number) }

    public mutating func define(_ strategy: StrategyDefined) {
        strategies.put(strategy, \.strategy.number)
    }

    public subscript(id: InstrumentID) -> Instrument? { instruments.get(id.number, \.id.number) }
    public subscript(id: AccountID) -> Account? { accounts.get(id.number, \.id.number) }
    public subscript(id: StrategyID) -> StrategyDefined? {
        strategies.get(id.number, \.strategy.number)
    }

    public func symbol(_ id: InstrumentID) -> String { self[id]?.symbol ?? "#\(id.number)" }
    public func name(_ id: AccountID) -> String { self[id]?.name ?? "#\(id.number)" }
    public func name(_ id: StrategyID) -> String { self[id]?.name ?? "#\(id.number)" }

    /// The symbol as the instrument's venue writes it.
    public func venueSymbol(_ id: InstrumentID) -> String {
        self[id]?.venueSymbol ?? "#\(id.number)"
    }

    /// The instrument with that symbol; the only one that has it without the name of its venue, if there is no
    /// more than one.
    public func instrument(symbol: String) -> Instrument? {
        if let exact = instruments.first(where: { $0.symbol == symbol }) { return exact }
        let bare = instruments.filter { $0.isNamed(symbol) }
        return bare.count == 1 ? bare[0] : nil
    }

    /// Why a symbol means no instrument, and which there are.
    public func problem(withSymbol symbol: String) -> String {
        let meant = instruments.filter { $0.isNamed(symbol) }
        let known = (meant.isEmpty ? instruments : meant).map(\.symbol).joined(separator: ", ")
        return meant.isEmpty
            ? "\(symbol) is not in the journal. It has: \(known)"
            : "\(symbol) is the symbol of several instruments; name one of \(known)"
    }

    /// The instrument that a venue calls `symbol`: the one of that name, else the only pair that is written
    /// so without its slash, as some venues name positions.
    ///
    /// - Parameter venue: where several instruments have the symbol, the one of this venue is meant.
    public func instrument(venueSymbol symbol: String, at venue: String = "") -> Instrument? {
        let meant = instruments.filter { $0.venueSymbol == symbol }
        if meant.count > 1, let own = meant.first(where: { $0.venue == venue }) { return own }
        if let exact = instrument(symbol: symbol) { return exact }
        let slash = UInt8(ascii: "/")
        let pairs = instruments.filter {
            $0.venueSymbol.utf8.contains(slash)
                && $0.venueSymbol.utf8.lazy.filter { $0 != slash }.elementsEqual(symbol.utf8)
        }
        if pairs.count > 1, let own = pairs.first(where: { $0.venue == venue }) { return own }
        return pairs.count == 1 ? pairs[0] : nil
    }

    public func account(name: String) -> Account? { accounts.first { $0.name == name } }

    /// The highest number of an instrument that is traded or marked. Folds index arrays by this
    /// number and refuse higher ones.
    public static let highest = 65_536
}

extension Array {
    /// The index of `number`, or where to insert it.
    private func place<Number: BinaryInteger>(
        _ number: Number, _ key: (Element) -> Number
    ) -> Int {
        // Numbers usually run from 1 without gaps.
        let guess = Int(number) - 1
        if indices.contains(guess), key(self[guess]) == number { return guess }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    fileprivate func get<Number: BinaryInteger>(
        _ number: Number, _ key: (Element) -> Number
    ) -> Element? {
        let place = place(number, key)
        return place < count && key(self[place]) == number ? self[place] : nil
    }

    fileprivate mutating func put<Number: BinaryInteger>(
        _ value: Element, _ key: (Element) -> Number
    ) {
        let place = place(key(value), key)
        if place < count, key(self[place]) == key(value) {
            self[place] = value
        } else {
            insert(value, at: place)
        }
    }
}
