import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The engine's state as bytes: what the accounts share, then each account.
extension Engine {
    /// Stands before the state of several accounts, where the version of the rules stands before that of one.
    private static let several = UInt16.max
    /// Stands first where anything moved between accounts, with the state of that.
    private static let moved = UInt16.max - 1
    /// Stands before it where dividends await their pay dates, with the claims to them.
    private static let withActions = UInt16.max - 2

    /// A digest of the whole state: equal in two engines that took the same inputs.
    public var digest: UInt64 { digestAndSize.digest }

    /// The same with the number of bytes of the state.
    var digestAndSize: (digest: UInt64, bytes: Int) {
        var writer = StateWriter()
        encodeActions(into: &writer)
        encodeMovements(into: &writer)
        // Digests that rules 1 journaled are of the rest alone.
        if rulesVersion > .first { rulesVersion.encode(into: &writer) }
        encodeBody(into: &writer)
        return (writer.digest, writer.bytes.count)
    }

    public func encode(into writer: inout StateWriter) {
        encodeActions(into: &writer)
        encodeMovements(into: &writer)
        if parts.count > 1 { writer.write(Self.several) }
        rulesVersion.encode(into: &writer)
        encodeBody(into: &writer)
    }

    private func encodeActions(into writer: inout StateWriter) {
        guard profit.hasActions else { return }
        var own = StateWriter()
        profit.encodeActions(into: &own)
        writer.write(Self.withActions)
        writer.write(own.bytes) { $0.write($1) }
    }

    /// The section that begins with a marker; nil where another one follows.
    private static func section(
        _ marker: UInt16, _ reader: inout StateReader
    ) throws(StateError) -> [UInt8]? {
        var peek = reader
        guard try peek.read(UInt16.self) == marker else { return nil }
        _ = try reader.read(UInt16.self)
        return try reader.readArray { (reader) throws(StateError) in try reader.read() }
    }

    private func encodeMovements(into writer: inout StateWriter) {
        guard profit.hasMovements else { return }
        var own = StateWriter()
        profit.encodeMovements(into: &own)
        writer.write(Self.moved)
        writer.write(own.bytes) { $0.write($1) }
    }

    private func encodeBody(into writer: inout StateWriter) {
        let shared = parts[turn].accounts
        writer.write(settings.text)
        shared.names.encode(into: &writer)
        writer.write(shared.inputs)
        writer.write(shared.nextDigest)
        writer.write(shared.lastTime)
        shared.profit.encodeBody(into: &writer)
        // Only settings with rates have other currencies, so a reader knows whether they follow.
        if !settings.entries(.rates).isEmpty { shared.profit.encodeCurrencies(into: &writer) }
        // The same holds for a stop over all accounts.
        for stop in deskStops { stop.encode(into: &writer) }
        guard parts.count > 1 else { return parts[0].encode(into: &writer) }
        for account in accounts {
            var own = StateWriter()
            account.encode(into: &own)
            writer.write(own.bytes) { $0.write($1) }
        }
    }

    /// A saved state in the present form; nil for another version's that cannot be brought into it.
    public static func present(_ bytes: [UInt8], version: UInt32) -> [UInt8]? {
        switch version {
        case Self.version: bytes
        // It knew no rules but the first.
        case 6: RulesVersion.first.before(bytes)
        default: nil
        }
    }

    /// Takes up a saved state.
    ///
    /// - Throws: `StateError` when the bytes are another version's or damaged; fold the journal instead.
    public init(
        restoring bytes: [UInt8], strategies catalog: StrategyCatalog = .shipped
    ) throws(StateError) {
        self.init(strategies: catalog)
        var reader = StateReader(bytes)
        let actions = try Self.section(Self.withActions, &reader)
        let movements = try Self.section(Self.moved, &reader)
        var peek = reader
        let isSeveral = try peek.read(UInt16.self) == Self.several
        if isSeveral { _ = try reader.read(UInt16.self) }
        let rules = try RulesVersion(from: &reader)
        let text: String = try reader.read()
        try parts[turn].accounts.restoreNames(from: &reader)
        if !text.isEmpty {
            do { try adopt(Settings(text: text), rules) } catch { throw StateError("\(error)") }
        }
        guard isSeveral == (parts.count > 1) else {
            throw StateError("the saved state has another number of accounts than its settings")
        }
        try parts[turn].accounts.restoreProgress(from: &reader)
        try parts[turn].accounts.restoreBooks(from: &reader, rules)
        if !settings.entries(.rates).isEmpty {
            try parts[turn].accounts.restoreCurrencies(from: &reader)
        }
        if let movements {
            var own = StateReader(movements)
            try parts[turn].accounts.restoreMovements(from: &own)
            guard own.isAtEnd else { throw StateError("saved transfers have trailing bytes") }
        }
        if let actions {
            var own = StateReader(actions)
            try parts[turn].accounts.restoreActions(from: &own)
            guard own.isAtEnd else { throw StateError("saved claims have trailing bytes") }
        }
        for number in deskStops.indices { try deskStops[number].restore(from: &reader) }
        for place in parts.indices {
            give(to: place)
            guard isSeveral else {
                try parts[place].restore(from: &reader)
                break
            }
            let own: [UInt8] = try reader.readArray { (reader) throws(StateError) in
                try reader.read()
            }
            var part = StateReader(own)
            try parts[place].restore(from: &part)
        }
        guard reader.isAtEnd else { throw StateError("the saved state has trailing bytes") }
        findRoutes()
    }
}
