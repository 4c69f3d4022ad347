import LedgerDomain
import LedgerVenues

/// The meaning of an unsuccessful answer (K15, N02 to N05).
public enum AlpacaErrors {
    /// The codes in Alpaca's error bodies.
    enum Code {
        static let notAuthorized = 40_110_000
        static let forbidden = 40_310_000
    }

    /// `{"code":40310000,"message":"…"}`; empty if the body is something else.
    public static func body(_ bytes: [UInt8]) -> (code: Int, message: String)? {
        guard case .object(let members)? = try? JSONValue(bytes, limit: 1 << 16) else { return nil }
        let body = JSONValue.object(members)
        guard let message = body["message"]?.string else { return nil }
        return (
            body["code"]?.integer.flatMap { Int(exactly: $0) } ?? 0, String(message.prefix(160))
        )
    }

    /// - Parameter isOrder: whether the request changes something; then anything but a clear
    ///   refusal may have taken effect.
    /// - Precondition: the answer is not a success.
    public static func fault(_ answer: WireAnswer, isOrder: Bool) -> VenueFault {
        let body = body(answer.body)
        let text = "HTTP \(answer.status) \(body?.message ?? answer.excerpt)"
        switch answer.status {
        case 401: return .authentication(text)
        case 403:
            // The same status also means that the buying power is too small.
            guard let code = body?.code, code != 0, code != Code.notAuthorized else {
                return .authentication(text)
            }
            return .refused(code: "\(code)", text)
        case 429: return .rateLimited(retryAfter: answer.retryAfter, text)
        case 422 where isOrder && isDuplicate(body?.message ?? ""):
            return .unknownOutcome("the venue has an order of this id: " + text)
        case 408: return isOrder ? .unknownOutcome(text) : .unreachable(text)
        case 400..<500:
            let code = body?.code ?? 0
            return .refused(code: "\(code == 0 ? answer.status : code)", text)
        case 503 where !isOrder: return .closed(text)
        case 500..<600: return .unknownOutcome(text)
        default: return isOrder ? .unknownOutcome(text) : .malformed(text)
        }
    }

    /// Whether a query was refused because there is no such order.
    public static func isNoSuchOrder(_ fault: VenueFault) -> Bool {
        guard case .refused(let code, _) = fault else { return false }
        return code.hasPrefix("404")
    }

    /// A reused id does not refuse the order that has it.
    private static func isDuplicate(_ message: String) -> Bool {
        message.contains("client_order_id") && message.contains("unique")
    }
}
