import LedgerDomain
import LedgerEvents

extension NameBook: Projection {
    public static let name = "names"
    public static let version: UInt32 = 1

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) { try remember(record) } catch { throw .record(error) }
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(instruments) { $1.encode(into: &$0) }
        writer.write(accounts) { $1.encode(into: &$0) }
        writer.write(strategies) { writer, strategy in
            writer.write(strategy.strategy)
            writer.write(strategy.codeVersion)
            writer.write(strategy.name)
            writer.write(strategy.parameters)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init()
        for instrument in try reader.readArray({ (reader) throws(StateError) in
            try Instrument(from: &reader)
        }) { define(instrument) }
        for account in try reader.readArray({ (reader) throws(StateError) in
            try Account(from: &reader)
        }) { define(account) }
        for strategy in try reader.readArray({ (reader) throws(StateError) in
            StrategyDefined(
                strategy: try reader.read(), codeVersion: try reader.read(),
                name: try reader.read(), parameters: try reader.read())
        }) { define(strategy) }
    }
}

extension Instrument {
    func encode(into writer: inout StateWriter) {
        writer.write(id)
        for text in [symbol, venue, currency] { writer.write(text) }
        writer.write(kind)
        writer.write(tick)
        writer.write(lot)
        writer.write(priceScale)
        writer.write(quantityScale)
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init(
            id: try reader.read(), symbol: try reader.read(), venue: try reader.read(),
            currency: try reader.read(), kind: try reader.read(), tick: try reader.read(),
            lot: try reader.read(), priceScale: try reader.read(),
            quantityScale: try reader.read())
    }
}

extension Account {
    func encode(into writer: inout StateWriter) {
        writer.write(id)
        writer.write(name)
        writer.write(kind)
        writer.write(currency)
    }

    init(from reader: inout StateReader) throws(StateError) {
        self.init(
            id: try reader.read(), name: try reader.read(), kind: try reader.read(),
            currency: try reader.read())
    }
}
