/// Rules about the form of the code: forbidden operators, unsafe constructs, names and lengths.
enum Shape {
    static let longestFunction = 60
    static let longestFile = 450
    static let forbiddenNames = [
        "common", "core", "utils", "util", "shared", "helpers", "helper", "models", "manager",
        "managers", "misc",
    ]

    static func forcedOperators(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.text == "!", !token.isSpaced, index > 0 else { return nil }
            if tokens.text(index + 1) == "=", !tokens[index + 1].isSpaced { return nil }
            let before = tokens[index - 1]
            switch before.text {
            case "try":
                return file.violation(token.line, "try! crashes; handle the error or let it pass.")
            case "as":
                return file.violation(token.line, "as! crashes; use as? and say what else holds.")
            case let text where before.isWord || ")]>?".contains(text):
                return file.violation(
                    token.line,
                    "a value or type is unwrapped by force; use guard let, ?? or #require.")
            default: return nil
            }
        }
    }

    static func isUnsafe(_ word: String) -> Bool {
        let exact = [
            "unsafeBitCast", "unsafeDowncast", "unsafelyUnwrapped", "Unmanaged", "OpaquePointer",
            "unchecked", "unsafe", "withMemoryRebound", "assumingMemoryBound",
        ]
        return exact.contains(word) || word.hasPrefix("withUnsafe")
            || (word.hasPrefix("Unsafe") && word.hasSuffix("Pointer"))
    }

    static func measuresWithoutUnit(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "Measure",
                tokens.text(index + 1) == "("
                    || (tokens.text(index + 1) == "." && tokens.text(index + 2) == "init")
            else { return nil }
            return file.violation(
                tokens[index].line,
                "a measure without a unit. Make it with .money, .count, .share or another unit.")
        }
    }

    static func isLock(_ word: String) -> Bool {
        [
            "NSLock", "NSRecursiveLock", "NSCondition", "Mutex", "Atomic", "ManagedAtomic",
            "DispatchSemaphore", "os_unfair_lock", "OSAllocatedUnfairLock",
        ].contains(word) || word.hasPrefix("pthread_") || word.hasPrefix("sem_")
    }

    static func unsafeConstructs(_ file: SourceText) -> [Violation] {
        file.tokens.compactMap { token in
            let what =
                isUnsafe(token.text) ? "an unsafe construct" : isLock(token.text) ? "a lock" : nil
            guard let what else { return nil }
            return file.violation(
                token.line,
                "\(token.text) is \(what). Find another way, or list this file with its reason in "
                    + "Tests/HouseTests/Allowances.swift.")
        }
    }

    /// Functions and initialisers with their first line and their length.
    static func functions(_ file: SourceText) -> [(name: String, line: Int, length: Int)] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            let isFunction = token.text == "func"
            let isInit =
                ["init", "deinit", "subscript"].contains(token.text)
                && ["(", "<", "?", "{"].contains(tokens.text(index + 1))
                && tokens.text(index - 1) != "."
            guard isFunction || isInit, let body = body(tokens, from: index + 1) else { return nil }
            let name = isFunction ? tokens.text(index + 1) : token.text
            return (name, token.line, tokens[body].line - token.line + 1)
        }
    }

    /// The index of the brace that closes the body of a declaration; nil when it has none.
    private static func body(_ tokens: [Token], from start: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<tokens.count {
            switch tokens[index].text {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{": braces += 1
            case "}":
                braces -= 1
                if braces < 0 { return nil }
                if braces == 0, parentheses == 0 { return index }
            case "func", "var", "static", "case", "import", "struct", "enum", "extension":
                if braces == 0, parentheses == 0 { return nil }
            default: break
            }
            if parentheses < 0 { return nil }
        }
        return nil
    }

    static func longFunctions(_ file: SourceText) -> [Violation] {
        functions(file).filter { $0.length > longestFunction }.map {
            file.violation(
                $0.line,
                "\($0.name) has \($0.length) lines, \(longestFunction) at most. Give a part of it a "
                    + "name.")
        }
    }

    static func longFile(_ file: SourceText) -> [Violation] {
        let count = file.lines.count - 1
        guard count > longestFile else { return [] }
        return [
            file.violation(
                longestFile, "\(count) lines, \(longestFile) at most. Split the file by topic.")
        ]
    }

    static func forbiddenName(_ path: String) -> Violation? {
        let folders = path.split(separator: "/").dropFirst().dropLast()
        guard let bad = folders.first(where: { forbiddenNames.contains($0.lowercased()) }) else {
            return nil
        }
        return Violation(
            path: path, line: 1, message: "a folder called \(bad) says nothing. Name what it holds."
        )
    }

    /// A type that bears its module's name hides the module.
    static func typeNamedLikeModule(_ file: SourceText, module: String) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            guard ["struct", "class", "enum", "actor", "protocol"].contains(tokens[index].text),
                tokens.text(index + 1) == module
            else { return nil }
            return file.violation(
                tokens[index].line, "a type bears its module's name \(module). Rename the type.")
        }
    }
}
