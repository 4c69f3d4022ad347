import LedgerDomain
import LedgerEvents
import LedgerVenues

/// The outcome of the two halves of a replacement.
public struct BinanceReplacement: Hashable, Sendable {
    public enum Half: Hashable, Sendable {
        case done(BinanceOrder)
        case failed(VenueFault)
        case notAttempted
    }

    public var cancel: Half
    public var placement: Half

    /// - Parameter body: of an answer of 200, or of 400 and 409 with -2021 and -2022.
    /// - Throws: if it is neither.
    public init(_ body: [UInt8]) throws(JSONFault) {
        let tree = try JSONValue(body, limit: 1 << 20)
        let data = tree["data"] ?? tree
        guard let cancelled = data["cancelResult"]?.string,
            let placed = data["newOrderResult"]?.string
        else { throw JSONFault(.missing, at: body.count) }
        cancel = try Self.half(cancelled, data["cancelResponse"], body)
        placement = try Self.half(placed, data["newOrderResponse"], body)
    }

    private static func half(
        _ result: String, _ response: JSONValue?, _ body: [UInt8]
    ) throws(JSONFault) -> Half {
        switch result {
        case "NOT_ATTEMPTED": return .notAttempted
        case "SUCCESS":
            guard let response else { throw JSONFault(.missing, at: body.count) }
            var writer = JSONWriter()
            writer.value(response)
            return .done(try BinanceAnswers.order(writer.bytes))
        case "FAILURE":
            guard let response, let error = BinanceErrors.body(response) else {
                throw JSONFault(.missing, at: body.count)
            }
            return .failed(BinanceErrors.fault(error, isOrder: true))
        default: throw JSONFault(.unknownName, at: body.count)
        }
    }
}
