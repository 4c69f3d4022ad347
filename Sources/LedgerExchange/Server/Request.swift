import LedgerVenues

/// Names and values in the order received.
public struct Parameters: Hashable, Sendable {
    public var pairs: [(name: String, value: String)] = []

    /// Reads `a=1&b=two%20words`.
    public init(encoded text: some StringProtocol) {
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            pairs.append((Self.decoded(pair[0]), pair.count > 1 ? Self.decoded(pair[1]) : ""))
        }
    }

    public init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

    /// Nil if missing or empty.
    public subscript(name: String) -> String? {
        guard let value = pairs.first(where: { $0.name == name })?.value, !value.isEmpty else {
            return nil
        }
        return value
    }

    public static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(32)
            case UInt8(ascii: "%") where rest.count >= 2:
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard let code = UInt8(digits, radix: 16) else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(code)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    public static func == (a: Parameters, b: Parameters) -> Bool {
        a.pairs.elementsEqual(b.pairs) { $0.name == $1.name && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(pair.name)
            hasher.combine(pair.value)
        }
    }
}

/// A request as received.
public struct Request: Hashable, Sendable {
    public var method: String
    /// Decoded, without the query.
    public var path: String
    public var query: Parameters
    public var rawQuery: String
    /// Names in lower case.
    public var headers: Parameters
    public var body: [UInt8]
    /// Whether it came from this machine.
    public var isLocal = true

    public init(
        method: String, target: String, headers: [(name: String, value: String)], body: [UInt8] = []
    ) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Parameters.decoded(parts[0].replacing("+", with: "%2B"))
        rawQuery = parts.count > 1 ? String(parts[1]) : ""
        query = Parameters(encoded: rawQuery)
        self.headers = Parameters(headers.map { ($0.name.lowercased(), $0.value) })
        self.body = body
    }

    /// The parts of the path between slashes.
    public var parts: [String] { path.split(separator: "/").map(String.init) }
}

/// What is sent back, and how.
public struct Answer: Hashable, Sendable {
    public enum Delivery: Hashable, Sendable {
        case whole
        /// The connection is closed without an answer.
        case never
    }

    public var status: Int
    public var headers: Parameters
    public var body: [UInt8]
    public var delivery = Delivery.whole

    public init(_ status: Int, _ value: WireValue, headers: [(name: String, value: String)] = []) {
        self.init(status, bytes: WireJSON.encode(value), headers: headers)
    }

    public init(_ status: Int, bytes: [UInt8] = [], headers: [(name: String, value: String)] = []) {
        self.status = status
        self.body = bytes
        self.headers = Parameters(headers)
    }

    public static var never: Answer {
        var answer = Answer(0)
        answer.delivery = .never
        return answer
    }
}
