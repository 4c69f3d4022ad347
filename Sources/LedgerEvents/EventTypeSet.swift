/// A set of event types as stored in a block header: bit `type & 63` for each type.
public struct EventTypeSet: Hashable, Sendable {
    public var bits: UInt64

    public init(bits: UInt64) { self.bits = bits }
    public init(_ types: some Sequence<EventType>) {
        bits = types.reduce(0) { $0 | Self.bit($1.rawValue) }
    }

    public static func bit(_ type: UInt16) -> UInt64 { 1 << UInt64(type & 63) }
    public func mayContain(_ type: UInt16) -> Bool { bits & Self.bit(type) != 0 }
}
