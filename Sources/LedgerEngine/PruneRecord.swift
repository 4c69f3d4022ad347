import LedgerDomain
import LedgerEvents

/// What a `prune` command says: the last event to remove, the chain's link there, and the journal's kind
/// and name, because event 1, which states them, is removed too.
public struct PruneRecord: Hashable, Sendable {
    public var through: SequenceNumber
    /// 64 hexadecimal digits.
    public var link: String
    public var kind: String
    public var name: String

    public init(through: SequenceNumber, link: String, kind: String, name: String) {
        (self.through, self.link, self.kind, self.name) = (through, link, kind, name)
    }

    public var text: String { "through \(through) chain \(link) kind \(kind) name \(name)" }

    public init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0] == "through", parts[2] == "chain", parts[4] == "kind",
            parts[6] == "name", let last = UInt64(parts[1]), last > 0, parts[3].utf8.count == 64
        else { return nil }
        self.init(
            through: SequenceNumber(last), link: String(parts[3]), kind: String(parts[5]),
            name: String(parts[7]))
    }
}
