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
        let words = body?.message ?? ""
        let text = "HTTP \(answer.status) \(body?.message ?? answer.excerpt)"
        switch answer.status {
        case 429: return .rateLimited(retryAfter: answer.wait(words: words), text)
        case 408: return isOrder ? .unknownOutcome(text) : .unreachable(text)
        case 503 where !isOrder: return .closed(text)
        case 500..<600: return .unknownOutcome(text)
        case 400..<500: break
        default: return isOrder ? .unknownOutcome(text) : .unreachable(text)
        }
        guard let body else { return .ofProxy(answer, isOrder: isOrder, text) }
        switch answer.status {
        case 401: return .authentication(text)
        case 403 where body.code == 0 || body.code == Code.notAuthorized:
            return .authentication(text)
        case 422 where isOrder && isDuplicate(body.message):
            return .unknownOutcome("the venue has an order of this id: " + text)
        default:
            return .refused(code: "\(body.code == 0 ? answer.status : body.code)", text)
        }
    }

    /// Whether a query was refused because there is no such order: the venue's own code says so, not a
    /// status alone, which a proxy or a wrong address gives too.
    public static func isNoSuchOrder(_ fault: VenueFault) -> Bool {
        guard case .refused(let code, let text) = fault else { return false }
        return code.hasPrefix("404") && code.utf8.count > 3 && !text.contains("endpoint")
    }

    /// A reused id does not refuse the order that has it.
    private static func isDuplicate(_ message: String) -> Bool {
        message.contains("client_order_id") && message.contains("unique")
    }
}
