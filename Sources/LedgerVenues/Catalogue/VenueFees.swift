import LedgerDomain

/// The fees of one venue as they were at one time: what a file of `venue.fees` holds.
public struct VenueFees: Hashable, Sendable {
    public static let format = "ledger-fees-1"

    private var origin: FileOrigin
    public var venue: String { origin.venue }
    public var madeAt: Timestamp { origin.madeAt }
    /// Sorted by symbol; the one with an empty symbol holds for all others.
    public private(set) var fees: [VenueFee]

    public init(venue: String, source: String, madeAt: Timestamp, fees: [VenueFee]) {
        origin = FileOrigin(format: Self.format, venue: venue, source: source, madeAt: madeAt)
        self.fees = fees.sorted { $0.symbol < $1.symbol }
    }

    /// The symbol's own fee, else the one of all.
    public subscript(symbol: String) -> VenueFee? {
        fees.first { $0.symbol == symbol } ?? fees.first { $0.symbol.isEmpty }
    }

    /// - Throws: `JSONFault`; `unknownName` where the file is none of this kind.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 64 << 20)
        (origin, fees) = (FileOrigin(format: ""), [])
        try json.beginObject()
        while try json.nextField() {
            if json.isField("fees") {
                try json.beginArray()
                while try json.nextElement() { fees.append(try Self.fee(&json)) }
            } else if try !origin.read(&json) {
                try json.skip()
            }
        }
        try json.finish()
        guard origin.format == Self.format else { throw JSONFault(.unknownName, at: 0) }
    }

    private static func fee(_ json: inout JSONReader) throws(JSONFault) -> VenueFee {
        var fee = VenueFee(symbol: "", maker: .zero, taker: .zero)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                fee.symbol = try json.string()
            } else if json.isField("makerBasisPoints") {
                fee.maker = try points(&json)
            } else if json.isField("takerBasisPoints") {
                fee.taker = try points(&json)
            } else {
                try json.skip()
            }
        }
        return fee
    }

    private static func points(_ json: inout JSONReader) throws(JSONFault) -> BasisPoints {
        let start = json.position
        let raw = try json.decimal()
        guard raw % 1_000_000 == 0, let points = Int64(exactly: raw / 1_000_000) else {
            throw JSONFault(.tooPrecise, at: start)
        }
        return BasisPoints(raw: points)
    }

    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        origin.write(to: &json)
        json.field("fees")
        json.lines(fees) { line, fee in
            line.beginObject()
            line.field("symbol")
            line.string(fee.symbol)
            line.field("makerBasisPoints")
            line.quotedDecimal(Int128(fee.maker.raw) * 1_000_000)
            line.field("takerBasisPoints")
            line.quotedDecimal(Int128(fee.taker.raw) * 1_000_000)
            line.endObject()
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
