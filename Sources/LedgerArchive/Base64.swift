/// Base64 as in RFC 4648, section 4: standard alphabet, padded.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var group = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < part.count ? Int(part[start + offset]) : 0)
            }
            for digit in 0..<4 {
                let isPadding = digit > part.count
                text.append(
                    isPadding ? UInt8(ascii: "=") : alphabet[group >> (18 - 6 * digit) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for any text that `encode` would not write: line breaks, missing padding,
    ///   stray bits after the last byte. Each value has exactly one text, so every bit of a proof
    ///   counts.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3)
        for start in stride(from: 0, to: digits.count, by: 4) {
            var group = 0
            var padding = 0
            for digit in digits[start..<start + 4] {
                group <<= 6
                if let value = value(digit), padding == 0 {
                    group |= value
                } else if digit == UInt8(ascii: "="), start + 4 == digits.count {
                    padding += 1
                } else {
                    return nil
                }
            }
            guard padding <= 2, group & ((1 << (8 * padding)) - 1) == 0 else { return nil }
            for offset in 0..<3 - padding { bytes.append(UInt8(group >> (16 - 8 * offset) & 255)) }
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
