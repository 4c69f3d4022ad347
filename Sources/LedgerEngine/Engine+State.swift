import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The engine's state as bytes.
extension Engine {
    /// A digest of the whole state: equal in two engines that took the same inputs.
    public var digest: UInt64 {
        var writer = StateWriter()
        encode(into: &writer)
        return writer.digest
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(settings.text)
        names.encode(into: &writer)
        writer.write(inputs)
        writer.write(nextDigest)
        writer.write(lastTime)
        books.encode(into: &writer)
        orders.encode(into: &writer)
        venue.encode(into: &writer)
        gate.encode(into: &writer)
        stop.encode(into: &writer)
        snapshots.encode(into: &writer)
        history.encode(into: &writer)
        vigil.encode(into: &writer)
        for slot in slots { slot.encode(into: &writer) }
        remote.encode(into: &writer)
        if isRemote { remote.encodeTimes(into: &writer) }
        filters.encode(into: &writer)
    }

    /// Takes up a saved state.
    ///
    /// - Throws: `StateError` when the bytes are another version's or damaged; fold the journal instead.
    public init(
        restoring bytes: [UInt8], strategies catalog: StrategyCatalog = .shipped
    ) throws(StateError) {
        self.catalog = catalog
        var reader = StateReader(bytes)
        let text: String = try reader.read()
        try accounts.restoreNames(from: &reader)
        if !text.isEmpty {
            do { try adopt(Settings(text: text)) } catch { throw StateError("\(error)") }
        }
        inputs = try reader.read()
        nextDigest = try reader.read()
        lastTime = try reader.read()
        try accounts.restoreBooks(from: &reader)
        orders = try OrderRegister(from: &reader)
        try venue.restore(from: &reader)
        gate = try TradingGate(from: &reader)
        stop = try DrawdownStop(from: &reader)
        snapshots = try SnapshotCollector(from: &reader)
        history = try MarketHistory(from: &reader)
        vigil = try Vigil(from: &reader)
        for slot in slots.indices { try slots[slot].restore(from: &reader) }
        remote = try RemoteOrders(from: &reader)
        if isRemote { try remote.restoreTimes(from: &reader) }
        filters = try VenueFilterBook(from: &reader)
        for slot in slots
        where slot.instrument != .none && names[slot.instrument]?.symbol != slot.symbol
            || Int(slot.instrument.number) > NameBook.highest
        { throw StateError("a saved strategy trades instrument \(slot.instrument.number)") }
        listen()
        guard inputs < .max / 2 else { throw StateError("a saved state counts \(inputs) inputs") }
        guard reader.isAtEnd else { throw StateError("a saved state goes on after its end") }
    }
}
