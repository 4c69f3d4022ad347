import LedgerVenues

/// Removes keys from a venue's text, which may repeat what was sent.
struct Redaction: Sendable {
    private let secrets: [String]

    init(_ keys: VenueKeys) {
        secrets = [keys.secret.reveal(), keys.key.reveal()].filter { $0.utf8.count >= 4 }
    }

    func applied(to report: GatewayReport) -> GatewayReport {
        switch report {
        case .fault(let fault, let context):
            return .fault(applied(to: fault), applied(to: context))
        case .link(let link, let isUp, let reason):
            return .link(link, isUp: isUp, applied(to: reason))
        case .order(var order) where !order.reason.isEmpty:
            order.reason = applied(to: order.reason)
            return .order(order)
        case .correction(var correction):
            correction.reason = applied(to: correction.reason)
            return .correction(correction)
        default: return report
        }
    }

    func applied(to fault: VenueFault) -> VenueFault {
        switch fault {
        case .authentication(let text): .authentication(applied(to: text))
        case .refused(let code, let text): .refused(code: code, applied(to: text))
        case .rateLimited(let wait, let text):
            .rateLimited(retryAfter: wait, applied(to: text))
        case .timestamp(let text): .timestamp(applied(to: text))
        case .unknownOutcome(let text): .unknownOutcome(applied(to: text))
        case .unreachable(let text): .unreachable(applied(to: text))
        case .closed(let text): .closed(applied(to: text))
        case .malformed(let text): .malformed(applied(to: text))
        }
    }

    private func applied(to text: String) -> String {
        var result = text
        for secret in secrets {
            while let range = result.firstRange(of: secret) {
                result.replaceSubrange(range, with: "***")
            }
            // Texts that are too long were cut, perhaps in the middle of a key.
            let length = (4..<secret.count).last { result.hasSuffix(secret.prefix($0)) }
            if let length { result = String(result.dropLast(length)) + "***" }
        }
        return result
    }
}
