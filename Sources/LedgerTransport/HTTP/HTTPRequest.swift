import LedgerDomain
import LedgerVenues

/// An HTTP/1.1 request.
public struct HTTPRequest: Sendable {
    public var method: String
    /// `https://…` or `http://…`. It may contain signatures, so it never appears in an error.
    public var url: String
    /// `Name: value`.
    public var headers: [String]
    public var body: [UInt8]
    /// Whether it may be written at most once. If the connection is lost after that, it fails.
    public var isOnce: Bool
    /// Receives the steady time when it is about to be written; called on the client's thread.
    public var onWrite: (@Sendable (Int64) -> Void)?

    public init(
        method: String = "GET", url: String, headers: [String] = [], body: [UInt8] = [],
        isOnce: Bool = false, onWrite: (@Sendable (Int64) -> Void)? = nil
    ) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        (self.isOnce, self.onWrite) = (isOnce, onWrite)
    }
}

/// The outcome.
public struct HTTPResult: Sendable {
    public var outcome: WireOutcome
    /// With names in lower case.
    public var headers: [(name: String, value: String)]
    /// Steady times in nanoseconds: when the client got it, when it was about to be written (0 if
    /// never), and when the answer was complete.
    public var queuedAt: Int64
    public var writtenAt: Int64
    public var endedAt: Int64

    public func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }
}
