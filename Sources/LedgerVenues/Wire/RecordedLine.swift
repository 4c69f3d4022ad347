import LedgerDomain

/// A line of a recorded web socket: `nanoseconds json`, the receiver's time and the message.
public struct RecordedLine: Hashable, Sendable {
    public var received: Timestamp
    public var message: [UInt8]

    /// Nil if the line has no time.
    public init?(_ line: [UInt8]) {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")),
            let time = Int64(String(decoding: line[..<space], as: UTF8.self))
        else { return nil }
        received = Timestamp(nanoseconds: time)
        message = Array(line[(space + 1)...])
    }
}
