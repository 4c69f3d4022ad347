import LedgerDomain

/// The names behind a journal's numbers, folded from its definitions.
public struct NameBook: Sendable, Hashable {
    public private(set) var instruments: [Instrument?] = []
    public private(set) var accounts: [Account?] = []
    public private(set) var strategies: [StrategyDefined?] = []

    public static let types: [EventType] = [.instrumentDefined, .accountDefined, .strategyDefined]

    public init() {}

    public mutating func remember(_ record: Record) throws(RecordError) {
        switch record.type {
        case .instrumentDefined: define(try InstrumentDefined(record).definition)
        case .accountDefined:
            let event = try AccountDefined(record)
            define(
                Account(
                    id: record.account, name: event.name, kind: event.kind, currency: event.currency
                ))
        case .strategyDefined: define(try StrategyDefined(record))
        default: break
        }
    }

    public mutating func define(_ instrument: Instrument) {
        instruments.put(instrument, at: Int(instrument.id.number))
    }

    public mutating func define(_ account: Account) {
        accounts.put(account, at: account.id.index)
    }

    public mutating func define(_ strategy: StrategyDefined) {
        strategies.put(strategy, at: Int(strategy.strategy.number))
    }

    public subscript(id: InstrumentID) -> Instrument? { instruments.at(Int(id.number)) }
    public subscript(id: AccountID) -> Account? {
        accounts.at(id.index).flatMap { $0.id == id ? $0 : nil }
    }
    public subscript(id: StrategyID) -> StrategyDefined? { strategies.at(Int(id.number)) }

    public func symbol(_ id: InstrumentID) -> String { self[id]?.symbol ?? "#\(id.number)" }
    public func name(_ id: AccountID) -> String { self[id]?.name ?? "#\(id.number)" }
    public func name(_ id: StrategyID) -> String { self[id]?.name ?? "#\(id.number)" }

    public func instrument(symbol: String) -> Instrument? {
        instruments.lazy.compactMap { $0 }.first { $0.symbol == symbol }
    }

    public func account(name: String) -> Account? {
        accounts.lazy.compactMap { $0 }.first { $0.name == name }
    }

    /// The highest numbers a journal may define: they index arrays.
    public static let highest = 1 << 20
}

extension Array {
    fileprivate func at<Wrapped>(_ index: Int) -> Wrapped? where Element == Wrapped? {
        index < count ? self[index] : nil
    }

    fileprivate mutating func put<Wrapped>(_ value: Wrapped, at index: Int)
    where Element == Wrapped? {
        guard index <= NameBook.highest else { return }
        while count <= index { append(nil) }
        self[index] = value
    }
}
