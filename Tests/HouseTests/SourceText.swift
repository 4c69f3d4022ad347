/// A source file in three views: as it is, without comments and strings, and as tokens.
struct SourceText: Sendable {
    let path: String
    let lines: [Substring]
    let tokens: [Token]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var stripper = Stripper(text)
        tokens = Token.all(in: stripper.code())
    }

    func violation(_ line: Int, _ message: String) -> Violation {
        Violation(path: path, line: line, message: message)
    }
}

/// Where a rule is broken, and what to do about it.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A word or one punctuation mark of Swift code.
struct Token: Sendable {
    let text: String
    let line: Int
    /// White space stands before it.
    let isSpaced: Bool

    var isWord: Bool { text.utf8.first.map(Self.isWordByte) ?? false }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...255:
            true
        default: false
        }
    }

    static func all(in code: [UInt8]) -> [Token] {
        var result: [Token] = []
        var line = 1
        var spaced = true
        var at = 0
        while at < code.count {
            let start = at
            let byte = code[at]
            at += 1
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: " ") || byte == 9 || byte == 13 {
                if byte == UInt8(ascii: "\n") { line += 1 }
                spaced = true
                continue
            }
            if isWordByte(byte) { while at < code.count, isWordByte(code[at]) { at += 1 } }
            let text = String(decoding: code[start..<at], as: UTF8.self)
            result.append(Token(text: text, line: line, isSpaced: spaced))
            spaced = false
        }
        return result
    }
}

/// Removes comments and the text of strings, keeps line feeds, quotes and interpolated code.
struct Stripper {
    private let bytes: [UInt8]
    private var at = 0
    private var output: [UInt8] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func code() -> [UInt8] {
        readCode(untilParenthesis: false)
        return output
    }

    private func starts(_ text: String, at index: Int) -> Bool {
        index + text.utf8.count <= bytes.count
            && bytes[index..<index + text.utf8.count].elementsEqual(text.utf8)
    }

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while at < bytes.count {
            if starts("//", at: at) {
                while at < bytes.count, bytes[at] != 10 { at += 1 }
            } else if starts("/*", at: at) {
                skipComment()
            } else if bytes[at] == UInt8(ascii: "`") {
                skipQuotedName()
            } else if let hashes = stringStart() {
                readString(hashes: hashes)
            } else {
                let byte = bytes[at]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if untilParenthesis, depth < 0 { return }
                output.append(byte)
                at += 1
            }
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts("/*", at: at) {
                depth += 1
                at += 2
            } else if starts("*/", at: at) {
                depth -= 1
                at += 2
            } else {
                if bytes[at] == 10 { output.append(10) }
                at += 1
            }
        } while depth > 0 && at < bytes.count
        output.append(32)
    }

    /// A name in backquotes may be a sentence; it stands as the word `_`.
    private mutating func skipQuotedName() {
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "`"), bytes[at] != 10 { at += 1 }
        at = min(at + 1, bytes.count)
        output.append(UInt8(ascii: "_"))
    }

    /// How many number signs stand before the quote that begins here; nil when no string begins.
    private func stringStart() -> Int? {
        var index = at
        while index < bytes.count, bytes[index] == UInt8(ascii: "#") { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        return index - at
    }

    private mutating func readString(hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        let isLong = starts("\"\"\"", at: at + hashes)
        let end = (isLong ? "\"\"\"" : "\"") + marks
        at += hashes + (isLong ? 3 : 1)
        output.append(UInt8(ascii: "\""))
        while at < bytes.count, !starts(end, at: at) {
            if starts("\\" + marks + "(", at: at) {
                at += hashes + 2
                output.append(UInt8(ascii: "("))
                readCode(untilParenthesis: true)
                output.append(UInt8(ascii: ")"))
                at += 1
            } else if starts("\\" + marks, at: at) {
                at += hashes + 2
            } else {
                if bytes[at] == 10 {
                    if !isLong { break }
                    output.append(10)
                }
                at += 1
            }
        }
        if starts(end, at: at) { at += end.utf8.count }
        output.append(UInt8(ascii: "\""))
    }
}
