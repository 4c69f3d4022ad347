import LedgerDomain

/// A REST request to a venue, without the address and the keys, which the gateway adds.
public struct WireRequest: Hashable, Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public enum Security: UInt8, Hashable, Sendable {
        /// Needs no key.
        case none
        /// Needs the key.
        case key
        /// Needs a time stamp and a signature.
        case signed
    }

    /// Which of the venue's addresses to use.
    public enum Place: UInt8, Hashable, Sendable {
        case trading
        case data
    }

    public var method: Method
    public var place = Place.trading
    public var path: String
    /// `name=value&…`, escaped.
    public var query: [UInt8]
    public var body: [UInt8]
    public var security: Security
    /// Its cost in the venue's budget.
    public var weight: Int
    /// It changes something at the venue: it is sent at most once and never waits long.
    public var isOrder: Bool
    /// Not every account may ask it, so a refusal says nothing about the key.
    public var isOptional = false

    public init(
        _ method: Method, _ path: String, query: WireQuery = WireQuery(), body: [UInt8] = [],
        security: Security = .key, weight: Int = 1, isOrder: Bool = false, place: Place = .trading
    ) {
        (self.method, self.path, self.query, self.body) = (method, path, query.bytes, body)
        (self.security, self.weight, self.isOrder) = (security, weight, isOrder)
        self.place = place
    }
}

/// `name=value&…`; everything except letters, digits, `-`, `.`, `_` and `~` is escaped (RFC 3986).
public struct WireQuery: Hashable, Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func add(_ name: StaticString, _ value: String) {
        start(name)
        for byte in value.utf8 { append(escaped: byte) }
    }

    public mutating func add(_ name: StaticString, _ value: Int64) {
        start(name)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(decimal: value.magnitude)
    }

    /// - Parameter raw: in units of 10^-9.
    public mutating func add(_ name: StaticString, decimal raw: Int128) {
        start(name)
        FixedPoint.append(raw, to: &bytes)
    }

    private mutating func start(_ name: StaticString) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "="))
    }

    private mutating func append(escaped byte: UInt8) {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            bytes.append(byte)
        default:
            bytes.append(UInt8(ascii: "%"))
            for digit in [byte >> 4, byte & 0xf] {
                bytes.append(digit < 10 ? 48 + digit : 55 + digit)
            }
        }
    }
}
