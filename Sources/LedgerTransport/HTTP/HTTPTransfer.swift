import CCurl
import LedgerDomain
import LedgerVenues

/// A running request, filled by libcurl's callbacks. After it is handed over, only the client's
/// thread uses it.
// Sendable unchecked: handed from the caller to the client's thread under the client's lock.
final class HTTPTransfer: @unchecked Sendable {
    let request: HTTPRequest
    private let completion: HTTPClient.Completion
    private let queuedAt: Int64
    private let limit: Int
    private var writtenAt: Int64 = 0
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isRepeated = false
    var handle: HTTPHandle?

    init(
        _ request: HTTPRequest, _ completion: @escaping HTTPClient.Completion, queuedAt: Int64,
        limit: Int
    ) {
        (self.request, self.completion) = (request, completion)
        (self.queuedAt, self.limit) = (queuedAt, limit)
    }

    var isWritten: Bool { writtenAt != 0 }

    func end(_ outcome: WireOutcome) {
        completion(
            HTTPResult(
                outcome: outcome, headers: headers, queuedAt: queuedAt, writtenAt: writtenAt,
                endedAt: MachineTime.steady))
    }

    // MARK: Callbacks

    /// Called just before the request is written, each time that libcurl is about to.
    ///
    /// - Returns: whether it may be written.
    func willWrite() -> Bool {
        if isWritten, request.isOnce {
            isRepeated = true
            return false
        }
        guard !isWritten else { return true }
        writtenAt = MachineTime.steady
        request.onWrite?(writtenAt)
        return true
    }

    /// - Returns: whether there was room for it.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// One header line. Headers of an interim answer are dropped with it.
    func appendHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= 64 << 10 else {
            isTooLarge = true
            return false
        }
        if bytes.starts(with: "HTTP/".utf8) {
            headers.removeAll()
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
            let value = bytes[(colon + 1)...].filter { $0 > 0x20 || $0 == 0x20 }
                .drop { $0 == 0x20 }
            headers.append((name, String(decoding: value, as: UTF8.self)))
        }
        return true
    }

    // MARK: Outcome

    func outcome(_ code: CURLcode) -> WireOutcome {
        guard code == CURLE_OK else {
            return .failed(mayHaveArrived: isWritten, reason(code))
        }
        var status = 0
        if let easy = handle?.easy {
            _ = ledger_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        }
        var answer = WireAnswer(status: status, body: body)
        answer.receivedAt = MachineTime.now
        if let text = header("retry-after") {
            answer.retryAfter = RetryAfter.read(text, now: answer.receivedAt) ?? .zero
        }
        if let moment = header("x-ratelimit-reset").flatMap({ Int64($0) }), moment > 0 {
            answer.resetAfter = RetryAfter.wait(until: moment, now: answer.receivedAt)
        }
        answer.usedWeight = header("x-mbx-used-weight-1m").flatMap { Int($0) }
        answer.remaining = header("x-ratelimit-remaining").flatMap { Int($0) }
        return .answer(answer)
    }

    private func header(_ name: String) -> String? { headers.last { $0.name == name }?.value }

    /// In words that contain nothing of the request.
    private func reason(_ code: CURLcode) -> String {
        if isTooLarge { return "the answer is larger than \(limit) bytes" }
        if isRepeated { return "the connection was lost, and the request is not sent twice" }
        return String(cString: curl_easy_strerror(code)) + " (curl \(code.rawValue))"
    }
}
