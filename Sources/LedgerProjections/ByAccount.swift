import LedgerDomain
import LedgerEvents

/// A projection of each account, kept apart by the account that an event names.
///
/// An account that nothing has changed is not saved, so that two folds that know different accounts are equal
/// where their states are. What came before the first account belongs to it.
public struct ByAccount<Part: Projection & Hashable>: Projection, Hashable {
    public static var name: String { Part.name }
    /// Above any version of a projection that knew one account.
    public static var version: UInt32 { 100 + Part.version }
    public static var types: [EventType] { Part.types }
    /// What an older version saved does not name its account.
    public static var upgradesExactly: Bool { false }

    /// Sorted by account; `none` until the first account is known.
    private var parts: [(account: AccountID, part: Part)] = []

    public init() {}

    public init(_ parts: [(AccountID, Part)]) {
        self.parts = parts.map { (account: $0.0, part: $0.1) }.sorted { $0.account < $1.account }
    }

    /// The state of an account; the initial one if nothing has changed it.
    public subscript(account: AccountID) -> Part {
        parts.first { $0.account == account || $0.account == .none && parts.count == 1 }?.part
            ?? Part()
    }

    /// The states of all accounts that something changed, in the order of their numbers.
    public var all: [Part] { parts.map(\.part) }

    public mutating func apply(_ record: Record) throws(FoldError) {
        if parts.count == 1, parts[0].account == .none { parts[0].account = record.account }
        let place = parts.firstIndex { $0.account >= record.account } ?? parts.count
        if place == parts.count || parts[place].account != record.account {
            parts.insert((record.account, Part()), at: place)
        }
        try parts[place].part.apply(record)
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.changed.elementsEqual(b.changed) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for (account, part) in changed {
            hasher.combine(account)
            hasher.combine(part)
        }
    }

    private var changed: [(account: AccountID, part: Part)] {
        let initial = Part()
        return parts.filter { $0.part != initial }
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(changed) { writer, entry in
            writer.write(entry.account)
            entry.part.encode(into: &writer)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        parts = try reader.readArray { (reader) throws(StateError) in
            (account: try reader.read(), part: try Part(from: &reader))
        }
        for (entry, next) in zip(parts, parts.dropFirst()) where entry.account >= next.account {
            throw StateError("a saved state has account \(next.account.number) out of order")
        }
    }

    /// One account, which the state did not name.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        guard version < 100, let present = Part.present(bytes, version: version) else { return nil }
        var reader = StateReader(present)
        guard let part = try? Part(from: &reader), reader.isAtEnd else { return nil }
        var writer = StateWriter()
        Self([(.none, part)]).encode(into: &writer)
        return writer.bytes
    }
}
