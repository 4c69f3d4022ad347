/// A text without the characters that move a terminal's cursor, change its colours or reorder its
/// text: names, files and venues do not get to do that.
public enum PlainText {
    /// Line feeds stay.
    public static func lines(_ text: String) -> String {
        replaced(text) { $0 != "\n" && isControl($0) }
    }

    /// For one line.
    public static func line(_ text: String) -> String { replaced(text, isControl) }

    /// Control characters, and those that change the direction of a text.
    public static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127..<160, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func replaced(
        _ text: String, _ isBad: (Unicode.Scalar) -> Bool
    ) -> String {
        guard text.unicodeScalars.contains(where: isBad) else { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { plain.append(isBad(scalar) ? "\u{FFFD}" : scalar) }
        return String(plain)
    }
}
