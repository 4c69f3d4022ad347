import LedgerDomain

/// The names behind a journal's numbers, folded from its definitions.
package struct NameBook: Sendable, Hashable {
    package private(set) var instruments: [Instrument?] = []
    package private(set) var accounts: [Account?] = []
    package private(set) var strategies: [StrategyDefined?] = []

    package static let types: [EventType] = [.instrumentDefined, .accountDefined, .strategyDefined]

    package init() {}

    package mutating func apply(_ record: Record) throws(RecordError) {
        switch record.type {
        case .instrumentDefined: define(try InstrumentDefined(record).definition)
        case .accountDefined:
            let event = try AccountDefined(record)
            define(
                Account(
                    id: record.account, name: event.name, kind: event.kind, currency: event.currency))
        case .strategyDefined: define(try StrategyDefined(record))
        default: break
        }
    }

    package mutating func define(_ instrument: Instrument) {
        instruments.put(instrument, at: Int(instrument.id.number))
    }

    package mutating func define(_ account: Account) {
        accounts.put(account, at: Int(account.id.number))
    }

    package mutating func define(_ strategy: StrategyDefined) {
        strategies.put(strategy, at: Int(strategy.strategy.number))
    }

    package subscript(id: InstrumentID) -> Instrument? { instruments.at(Int(id.number)) }
    package subscript(id: AccountID) -> Account? { accounts.at(Int(id.number)) }
    package subscript(id: StrategyID) -> StrategyDefined? { strategies.at(Int(id.number)) }

    package func symbol(_ id: InstrumentID) -> String { self[id]?.symbol ?? "#\(id.number)" }
    package func name(_ id: AccountID) -> String { self[id]?.name ?? "#\(id.number)" }
    package func name(_ id: StrategyID) -> String { self[id]?.name ?? "#\(id.number)" }

    package func instrument(symbol: String) -> Instrument? {
        instruments.lazy.compactMap { $0 }.first { $0.symbol == symbol }
    }

    package func account(name: String) -> Account? {
        accounts.lazy.compactMap { $0 }.first { $0.name == name }
    }

    /// The highest numbers a journal may define: they index arrays.
    package static let highest = 1 << 20
}

extension Array {
    fileprivate func at<Wrapped>(_ index: Int) -> Wrapped? where Element == Wrapped? {
        index < count ? self[index] : nil
    }

    fileprivate mutating func put<Wrapped>(_ value: Wrapped, at index: Int) where Element == Wrapped? {
        guard index <= NameBook.highest else { return }
        while count <= index { append(nil) }
        self[index] = value
    }
}
