import LedgerDomain
import LedgerVenues

/// What makes one venue's requests different from another's: keys and signature, the meaning of a refusal,
/// and how the venue tells the time. Gateways and commands send their requests through it.
public struct RequestDialect: Sendable {
    /// What shows the venue who asks.
    public struct Proof: Sendable {
        /// The query as it is sent, with the signature where the venue expects one.
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
    /// The question for the venue's time, and how to read its answer.
    public var clock: WireRequest
    public var readClock: @Sendable ([UInt8]) throws(JSONFault) -> Timestamp

    public init(
        prove: @escaping @Sendable (WireRequest, _ now: Timestamp) -> Proof,
        fault: @escaping @Sendable (WireAnswer, _ isOrder: Bool) -> VenueFault,
        clock: WireRequest,
        readClock: @escaping @Sendable ([UInt8]) throws(JSONFault) -> Timestamp
    ) {
        (self.prove, self.fault) = (prove, fault)
        (self.clock, self.readClock) = (clock, readClock)
    }

    /// The request as it is sent.
    ///
    /// - Parameters:
    ///   - base: the address before the request's path.
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
