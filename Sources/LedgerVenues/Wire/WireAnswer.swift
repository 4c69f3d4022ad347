import LedgerDomain

/// A venue's REST answer.
public struct WireAnswer: Hashable, Sendable {
    public var status: Int
    public var body: [UInt8]
    /// From `Retry-After`; 0 if the venue did not send it.
    public var retryAfter: Nanoseconds
    /// Until the venue's count of requests begins anew, from `X-RateLimit-Reset`; 0 if it does not say.
    public var resetAfter = Nanoseconds.zero
    /// When it came, by our clock.
    public var receivedAt = Timestamp.zero
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

    /// How long the venue wants to be left alone, by its headers, the words of its error and a moment that
    /// the error gives; 0 if nobody says.
    ///
    /// - Parameters:
    ///   - words: of the error.
    ///   - moment: a number in the error that says when to come back.
    public func wait(words: String, moment: Int64? = nil) -> Nanoseconds {
        let told =
            [
                retryAfter, RetryAfter.wait(inWords: words, now: receivedAt) ?? .zero,
                moment.map { RetryAfter.wait(until: $0, now: receivedAt) } ?? .zero,
            ].max() ?? .zero
        return told > .zero ? told : resetAfter
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
