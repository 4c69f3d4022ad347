import LedgerDomain

/// Numbers as JSON writes them, to nine decimals and never through a double.
public enum WireNumber {
    /// Reads `-12.5`, `1e-05`, `2.50E+3` into 10^-9; nil for what is no number, has more than nine
    /// decimals that are not zero, or does not fit.
    public static func raw(_ text: some BidirectionalCollection<UInt8>) -> Int128? {
        guard let mark = text.firstIndex(where: { $0 | 32 == UInt8(ascii: "e") }) else {
            return try? FixedPoint.parse(text)
        }
        var rest = text[text.index(after: mark)...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard (1...3).contains(rest.count), rest.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        let size = rest.reduce(0) { $0 * 10 + Int($1 - 48) }
        return shifted(text[..<mark], by: isNegative ? -size : size)
    }

    /// The digits with their point moved.
    private static func shifted(_ text: some Collection<UInt8>, by places: Int) -> Int128? {
        var digits: [UInt8] = []
        var decimals = 0
        var isAfterPoint = false
        var sign: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "+"):
                guard sign.isEmpty, digits.isEmpty else { return nil }
                sign = [byte]
            case UInt8(ascii: "."):
                guard !isAfterPoint else { return nil }
                isAfterPoint = true
            default:
                digits.append(byte)
                if isAfterPoint { decimals += 1 }
            }
        }
        guard !digits.isEmpty, digits.count <= 60 else { return nil }
        let point = digits.count - decimals + places
        guard (-60...60).contains(point) else { return digits.allSatisfy { $0 == 48 } ? 0 : nil }
        if point <= 0 { digits.insert(contentsOf: [UInt8](repeating: 48, count: 1 - point), at: 0) }
        let whole = max(point, 1)
        while digits.count < whole { digits.append(48) }
        digits.insert(UInt8(ascii: "."), at: whole)
        return try? FixedPoint.parse(sign + digits)
    }
}
