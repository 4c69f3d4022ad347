import LedgerDomain
import LedgerEvents

/// A projection of each account that a journal defines.
///
/// An event that names no account is about all of them: in a journal with one account, inputs need no name.
/// What came before the first account belongs to it.
public struct ByAccount<Part: Projection & Hashable>: Projection, Hashable {
    public static var name: String { Part.name }
    /// Above any version of a projection that knew one account.
    public static var version: UInt32 { 100 + Part.version }
    public static var types: [EventType] { Part.types + [.accountDefined] }
    /// What an older version saved does not name its account.
    public static var upgradesExactly: Bool { false }

    /// Sorted by account; `none` until the first account is known.
    private var parts: [(account: AccountID, part: Part)] = []

    public init() {}

    /// - Parameter parts: by account; one without a number is of no account and is left out.
    public init(_ parts: [(AccountID, Part)]) {
        self.parts = parts.filter { $0.0 != .none }.map { (account: $0.0, part: $0.1) }.sorted {
            $0.account < $1.account
        }
    }

    /// The state of an account; the initial one if nothing has changed it.
    public subscript(account: AccountID) -> Part {
        parts.first { $0.account == account || $0.account == .none && parts.count == 1 }?.part
            ?? Part()
    }

    /// The states of all accounts, in the order of their numbers.
    public var all: [(account: AccountID, part: Part)] { parts }

    public mutating func apply(_ record: Record) throws(FoldError) {
        guard let type = record.type else { return }
        if type == .accountDefined {
            _ = place(of: record.account)
            return
        }
        guard Part.types.contains(type) else { return }
        if record.account == .none, !parts.isEmpty {
            for place in parts.indices { try parts[place].part.apply(record) }
        } else {
            try parts[place(of: record.account)].part.apply(record)
        }
    }

    /// The place of an account's part, which is made where there is none.
    private mutating func place(of account: AccountID) -> Int {
        if parts.count == 1, parts[0].account == .none { parts[0].account = account }
        let place = parts.firstIndex { $0.account >= account } ?? parts.count
        if place == parts.count || parts[place].account != account {
            parts.insert((account, Part()), at: place)
        }
        return place
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.parts.elementsEqual(b.parts) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for (account, part) in parts {
            hasher.combine(account)
            hasher.combine(part)
        }
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(parts) { writer, entry in
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
