import LedgerDomain
import LedgerVenues

/// A request over HTTP/1.1.
public struct HTTPRequest: Sendable {
    public var method: String
    /// `https://…` or `http://…`; bears signatures, so it is part of no error.
    public var url: String
    /// `Name: value`.
    public var headers: [String]
    public var body: [UInt8]
    /// It is written at most once: where the connection is lost after that, it fails.
    public var isOnce: Bool
    /// Told the steady time at which it is about to be written; from the client's thread.
    public var onWrite: (@Sendable (Int64) -> Void)?

    public init(
        method: String = "GET", url: String, headers: [String] = [], body: [UInt8] = [],
        isOnce: Bool = false, onWrite: (@Sendable (Int64) -> Void)? = nil
    ) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        (self.isOnce, self.onWrite) = (isOnce, onWrite)
    }
}

/// What became of it.
public struct HTTPResult: Sendable {
    public var outcome: WireOutcome
    /// Names in small letters.
    public var headers: [(name: String, value: String)]
    /// Steady times, nanoseconds: when it was given to the client, when it was about to be written (0
    /// where it never was) and when the answer was whole.
    public var queuedAt: Int64
    public var writtenAt: Int64
    public var endedAt: Int64

    public func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }
}
