import LedgerDomain

/// The fees of one venue as they were at one time: what a file of `venue.fees` holds.
public struct VenueFees: Hashable, Sendable {
    public static let format = "ledger-fees-1"

    public var venue: String
    public var source: String
    public var madeAt: Timestamp
    /// Sorted by symbol; the one with an empty symbol holds for all others.
    public private(set) var fees: [VenueFee]

    public init(venue: String, source: String, madeAt: Timestamp, fees: [VenueFee]) {
        (self.venue, self.source, self.madeAt) = (venue, source, madeAt)
        self.fees = fees.sorted { $0.symbol < $1.symbol }
    }

    /// The symbol's own fee, else the one of all.
    public subscript(symbol: String) -> VenueFee? {
        fees.first { $0.symbol == symbol } ?? fees.first { $0.symbol.isEmpty }
    }

    /// - Throws: `JSONFault`; `unknownName` where the file is none of this kind.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 64 << 20)
        (venue, source, madeAt, fees) = ("", "", .zero, [])
        var format = ""
        try json.beginObject()
        while try json.nextField() {
            if json.isField("format") {
                format = try json.string()
            } else if json.isField("venue") {
                venue = try json.string()
            } else if json.isField("source") {
                source = try json.string()
            } else if json.isField("madeAt") {
                madeAt = try json.timestamp()
            } else if json.isField("fees") {
                try json.beginArray()
                while try json.nextElement() { fees.append(try Self.fee(&json)) }
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard format == Self.format else { throw JSONFault(.unknownName, at: 0) }
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
        for (name, text): (StaticString, String) in [
            ("format", Self.format), ("venue", venue), ("source", source),
        ] {
            json.field(name)
            json.string(text)
        }
        json.field("madeAt")
        json.timestamp(madeAt)
        json.field("fees")
        var lines: [UInt8] = []
        for fee in fees {
            lines += (lines.isEmpty ? "\n" : ",\n").utf8
            var line = JSONWriter()
            line.beginObject()
            line.field("symbol")
            line.string(fee.symbol)
            line.field("makerBasisPoints")
            line.quotedDecimal(Int128(fee.maker.raw) * 1_000_000)
            line.field("takerBasisPoints")
            line.quotedDecimal(Int128(fee.taker.raw) * 1_000_000)
            line.endObject()
            lines += line.bytes
        }
        json.raw("[".utf8 + lines + "\n]".utf8)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
