import LedgerDomain

/// A venue's REST answer.
public struct WireAnswer: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]
    /// From `Retry-After`; 0 if the venue did not send it.
    public var retryAfter: Nanoseconds
    /// The venue's limit per minute, by its own count; nil if it does not say.
    public var usedWeight: Int?
    /// What remains of the limit; nil if it does not say.
    public var remaining: Int?

    public init(
        status: Int, body: [UInt8] = [], retryAfter: Nanoseconds = .zero, usedWeight: Int? = nil,
        remaining: Int? = nil
    ) {
        (self.status, self.body, self.retryAfter) = (status, body, retryAfter)
        (self.usedWeight, self.remaining) = (usedWeight, remaining)
    }

    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first bytes as text, for an error; bytes that are not printable ASCII become spaces.
    public var excerpt: String {
        String(
            decoding: body.prefix(160).map { (0x20..<0x7f).contains($0) ? $0 : 0x20 }, as: UTF8.self
        )
    }
}

/// The outcome of a request.
public enum WireOutcome: Hashable, Sendable {
    case answer(WireAnswer)
    /// No answer came. `mayHaveArrived` is false only if nothing of the request was written.
    case failed(mayHaveArrived: Bool, String)

    /// What a missing answer means.
    public static func fault(mayHaveArrived: Bool, _ reason: String) -> VenueFault {
        mayHaveArrived ? .unknownOutcome(reason) : .unreachable(reason)
    }
}
