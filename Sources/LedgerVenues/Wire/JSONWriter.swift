import LedgerDomain

/// Appends JSON to bytes. It inserts commas; the caller must close containers.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    public mutating func field(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func field(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    public mutating func integer(_ value: Int64) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(decimal: value.magnitude)
    }

    /// A plain number in units of 10^-9, in its shortest form: `12.5`.
    public mutating func decimal(_ raw: Int128) {
        separate()
        FixedPoint.append(raw, to: &bytes)
    }

    /// The same in quotes: `"12.5"`.
    ///
    /// - Parameter decimals: the minimum number, padded with zeros.
    public mutating func quotedDecimal(_ raw: Int128, decimals: Int = 0) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        WireDecimal.append(raw, decimals: decimals, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func price(_ price: Price) { quotedDecimal(Int128(price.raw)) }
    public mutating func quantity(_ quantity: Quantity) { quotedDecimal(quantity.raw) }
    public mutating func money(_ money: Money) { quotedDecimal(money.raw) }

    /// RFC 3339 in UTC.
    public mutating func timestamp(_ time: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        time.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func milliseconds(_ time: Timestamp) { integer(WireTime.milliseconds(time)) }

    /// Existing JSON, as one value.
    public mutating func raw(_ json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    // MARK: Bytes

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0a: bytes.append(contentsOf: "\\n".utf8)
            case 0x0d: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case ..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(UInt8(ascii: "0") + byte >> 4)
                let low = byte & 0xf
                bytes.append(low < 10 ? 48 + low : 87 + low)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Decimals as venues write them.
public enum WireDecimal {
    /// - Parameter decimals: the minimum number, padded with zeros.
    public static func append(_ raw: Int128, decimals: Int = 0, to bytes: inout [UInt8]) {
        let start = bytes.count
        FixedPoint.append(raw, to: &bytes)
        guard decimals > 0 else { return }
        let written: Int
        if let point = bytes[start...].firstIndex(of: UInt8(ascii: ".")) {
            written = bytes.count - point - 1
        } else {
            bytes.append(UInt8(ascii: "."))
            written = 0
        }
        for _ in written..<max(written, decimals) { bytes.append(UInt8(ascii: "0")) }
    }

    public static func text(_ raw: Int128, decimals: Int = 0) -> String {
        var bytes: [UInt8] = []
        append(raw, decimals: decimals, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    /// A tree; its reader has limited the depth.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let text): raw(text.utf8)
        case .string(let text): string(text)
        case .array(let values):
            beginArray()
            for element in values { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                field(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }
}
