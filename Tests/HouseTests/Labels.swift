/// The rule about parameter labels: a call must show which of two values of one type is which.
enum Labels {
    /// Functions and initialisers with two unlabelled parameters of one type. Operators are exempt,
    /// and so are closures, whose types differ by what they do.
    static func missing(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard let (name, list) = declaration(tokens, at: index) else { return nil }
            let types = parameters(tokens, from: list).compactMap(unlabelledType)
            guard let twice = types.first(where: { type in types.count { $0 == type } > 1 }) else {
                return nil
            }
            return file.violation(
                tokens[index].line,
                "\(name) has two unlabelled parameters of type \(twice). Label the second.")
        }
    }

    /// The name of the function or initialiser declared at `index`, and where its parameters begin.
    private static func declaration(_ tokens: [Token], at index: Int) -> (String, Int)? {
        var next = index + 1
        var name = tokens[index].text
        if name == "func" {
            guard tokens.indices.contains(next), tokens[next].isWord else { return nil }
            name = tokens[next].text
            next += 1
        } else if name == "init", tokens.text(index - 1) != "." {
            if ["?", "!"].contains(tokens.text(next)) { next += 1 }
        } else {
            return nil
        }
        if tokens.text(next) == "<" { next = end(tokens, of: next) + 1 }
        return tokens.text(next) == "(" ? (name, next) : nil
    }

    /// The index of the bracket that closes the one at `start`; angle brackets count, arrows do not.
    private static func end(_ tokens: [Token], of start: Int) -> Int {
        var depth = 0
        for index in start..<tokens.count {
            switch tokens[index].text {
            case "(", "[", "{", "<": depth += 1
            case ">" where tokens.text(index - 1) == "-": continue
            case ")", "]", "}", ">": depth -= 1
            default: continue
            }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }

    /// The tokens of each parameter of the list that begins at `start`.
    private static func parameters(_ tokens: [Token], from start: Int) -> [[Token]] {
        let last = end(tokens, of: start)
        var result: [[Token]] = [[]]
        var index = start + 1
        while index < last {
            if tokens[index].text == "," {
                result.append([])
            } else if ["(", "[", "{", "<"].contains(tokens[index].text) {
                let close = min(end(tokens, of: index), last - 1)
                result[result.count - 1] += tokens[index...close]
                index = close
            } else {
                result[result.count - 1].append(tokens[index])
            }
            index += 1
        }
        return result
    }

    /// The type of a parameter without a label; nil for a labelled one and for a closure.
    private static func unlabelledType(_ parameter: [Token]) -> String? {
        var tokens = parameter[...]
        while tokens.first?.text == "@" { tokens = withoutAttribute(tokens) }
        guard tokens.first?.text == "_", let colon = tokens.firstIndex(where: { $0.text == ":" })
        else { return nil }
        let modifiers = ["inout", "borrowing", "consuming", "sending", "isolated"]
        let type = tokens[(colon + 1)...].prefix { $0.text != "=" }.map(\.text)
        if zip(type, type.dropFirst()).contains(where: { $0 == ("-", ">") }) { return nil }
        return type.filter { !modifiers.contains($0) }.joined(separator: " ")
    }

    /// `@Name` or `@Name(arguments)` taken from the front.
    private static func withoutAttribute(_ tokens: ArraySlice<Token>) -> ArraySlice<Token> {
        let rest = tokens.dropFirst(2)
        guard let first = rest.first, first.text == "(", !first.isSpaced else { return rest }
        let list = Array(rest)
        return rest.dropFirst(end(list, of: 0) + 1)
    }
}
