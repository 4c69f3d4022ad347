import LedgerDomain
import LedgerVenues

/// What distinguishes the requests of one venue from another's: keys and signature, the meaning of
/// refusals, and the time query. Gateways and commands send their requests through it.
public struct RequestDialect: Sendable {
    /// How a request identifies itself to the venue.
    public struct Proof: Sendable {
        /// The query as sent, with the signature if the venue expects it there.
        public var query: [UInt8]
        /// `Name: value`.
        public var headers: [String]

        public init(query: [UInt8], headers: [String] = []) {
            (self.query, self.headers) = (query, headers)
        }
    }

    /// Not called for a request that needs no key.
    ///
    /// - Parameter now: the venue's time.
    public var prove: @Sendable (WireRequest, _ now: Timestamp) -> Proof
    public var fault: @Sendable (WireAnswer, _ isOrder: Bool) -> VenueFault
    /// A query that changes nothing and that the venue answers only for a key that it accepts.
    public var probe: WireRequest
    /// The query for the venue's time, and how to read its answer.
    public var clock: WireRequest
    public var readClock: @Sendable ([UInt8]) throws(JSONFault) -> Timestamp

    public init(
        prove: @escaping @Sendable (WireRequest, _ now: Timestamp) -> Proof,
        fault: @escaping @Sendable (WireAnswer, _ isOrder: Bool) -> VenueFault,
        probe: WireRequest, clock: WireRequest,
        readClock: @escaping @Sendable ([UInt8]) throws(JSONFault) -> Timestamp
    ) {
        (self.prove, self.fault, self.probe) = (prove, fault, probe)
        (self.clock, self.readClock) = (clock, readClock)
    }

    /// The request as sent.
    ///
    /// - Parameters:
    ///   - base: the address that precedes the request's path.
    ///   - now: the venue's time.
    public func http(_ request: WireRequest, to base: String, now: Timestamp) -> HTTPRequest {
        let proof =
            request.security == .none ? Proof(query: request.query) : prove(request, now)
        var url = base + request.path
        if !proof.query.isEmpty { url += "?" + String(decoding: proof.query, as: UTF8.self) }
        var headers = proof.headers
        if !request.body.isEmpty { headers.append("Content-Type: application/json") }
        return HTTPRequest(
            method: request.method.rawValue, url: url, headers: headers, body: request.body)
    }
}
