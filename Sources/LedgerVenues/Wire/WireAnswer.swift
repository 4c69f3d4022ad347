import LedgerDomain

/// What a venue answered by REST.
public struct WireAnswer: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]
    /// Of `Retry-After`; 0 where the venue did not say.
    public var retryAfter: Nanoseconds
    /// Of what the venue allows in a minute, as it counts; nil where it does not say.
    public var usedWeight: Int?
    /// What it still allows; nil where it does not say.
    public var remaining: Int?

    public init(
        status: Int, body: [UInt8] = [], retryAfter: Nanoseconds = .zero, usedWeight: Int? = nil,
        remaining: Int? = nil
    ) {
        (self.status, self.body, self.retryAfter) = (status, body, retryAfter)
        (self.usedWeight, self.remaining) = (usedWeight, remaining)
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first bytes as text, for an error: what is not printable ASCII is a space.
    public var excerpt: String {
        String(
            decoding: body.prefix(160).map { (0x20..<0x7f).contains($0) ? $0 : 0x20 }, as: UTF8.self
        )
    }
}

/// What became of a request.
public enum WireOutcome: Hashable, Sendable {
    case answer(WireAnswer)
    /// No answer came. `mayHaveArrived` is false only when nothing of the request was written.
    case failed(mayHaveArrived: Bool, String)

    /// What no answer means.
    public static func fault(mayHaveArrived: Bool, _ reason: String) -> VenueFault {
        mayHaveArrived ? .unknownOutcome(reason) : .unreachable(reason)
    }
}
