import LedgerDomain
import LedgerVenues

/// The meaning of an unsuccessful answer (K15, N02 to N05).
public enum BinanceErrors {
    /// The numbers in Binance's error bodies.
    public enum Code {
        public static let timestamp = -1021
        public static let rejected = -2010
        public static let cancelRejected = -2011
        public static let noSuchOrder = -2013
        public static let archived = -2026
        public static let replacePartly = -2021
        public static let replaceFailed = -2022
    }

    public struct Body: Hashable, Sendable {
        public var code: Int
        public var message: String
        /// In an answer to a replacement: the outcome of each half.
        public var data: JSONValue?

        /// When to come back, as errors over a web socket say it.
        public var retryAfter: Int64? {
            data?["retryAfter"]?.integer.flatMap { Int64(exactly: $0) }
        }
    }

    /// `{"code":-1021,"msg":"…"}`; nil if the body is something else.
    public static func body(_ bytes: [UInt8]) -> Body? {
        guard let tree = try? JSONValue(bytes, limit: 1 << 16) else { return nil }
        return body(tree)
    }

    static func body(_ tree: JSONValue) -> Body? {
        guard let code = tree["code"]?.integer, let message = tree["msg"]?.string else {
            return nil
        }
        return Body(
            code: Int(code), message: String(message.prefix(160)), data: tree["data"])
    }

    /// - Parameter isOrder: whether the request changes something; then anything but a clear
    ///   refusal may have taken effect.
    /// - Precondition: the answer is not a success.
    public static func fault(_ answer: WireAnswer, isOrder: Bool) -> VenueFault {
        fault(body(answer.body), in: answer, isOrder: isOrder)
    }

    /// The same for a body that was read already, as in an answer over a web socket.
    public static func fault(
        _ body: Body?, in answer: WireAnswer, isOrder: Bool
    ) -> VenueFault {
        let text =
            "HTTP \(answer.status) \(body.map { "\($0.code) \($0.message)" } ?? answer.excerpt)"
        let wait = answer.wait(words: body?.message ?? "", moment: body?.retryAfter)
        switch answer.status {
        case 418, 429: return .rateLimited(retryAfter: wait, text)
        // The venue's own words mean neither yes nor no, whatever the body says.
        case 500..<600:
            if isOrder { return .unknownOutcome(text) }
            return answer.status == 503 ? .closed(text) : .unknownOutcome(text)
        case 400..<500: break
        default: return isOrder ? .unknownOutcome(text) : .unreachable(text)
        }
        guard let body else { return .ofProxy(answer, isOrder: isOrder, text) }
        let meaning = fault(body, retryAfter: wait, isOrder: isOrder)
        switch answer.status {
        case 401: return .authentication(text)
        // A wrong key has a body that says so. Without one, a firewall in front of the venue saw too many
        // requests or words that it does not allow.
        case 403:
            if case .authentication = meaning { return .authentication(text) }
            return .rateLimited(retryAfter: wait, text)
        default: return meaning
        }
    }

    /// The meaning of a body; `fault(_:isOrder:)` looks at the status first.
    public static func fault(
        _ body: Body, retryAfter: Nanoseconds = .zero, isOrder: Bool
    ) -> VenueFault {
        let text = "\(body.code) \(body.message)"
        switch body.code {
        case -1002, -1022, -2014, -2015: return .authentication(text)
        case -1003, -1015, -1034: return .rateLimited(retryAfter: retryAfter, text)
        case Code.timestamp: return .timestamp(text)
        case -1000, -1001, -1006, -1007, -1008: return .unknownOutcome(text)
        // Without the halves, nobody knows which of them was done.
        case Code.replacePartly: return .unknownOutcome(text)
        case -1016: return .closed(text)
        case Code.rejected where isOrder && body.message.contains("Duplicate"):
            // An id that an open order already has does not refuse that order.
            return .unknownOutcome("the venue has an order of this id: " + text)
        default: return .refused(code: "\(body.code)", text)
        }
    }
}
