/// The fence round the pure targets: what they may import and what they must not say.
enum Fence {
    /// Each pure target and what it may import.
    static let imports: [(target: String, allowed: [String])] = [
        ("LedgerDomain", []),
        ("LedgerEvents", ["LedgerDomain", "CChecksum"]),
        ("LedgerSettings", ["LedgerDomain"]),
        ("LedgerProjections", ["LedgerDomain", "LedgerEvents"]),
        ("LedgerSimulation", ["LedgerDomain", "LedgerEvents", "LedgerSettings"]),
        ("LedgerSafety", ["LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerProjections"]),
        ("LedgerBooks", ["LedgerDomain", "LedgerEvents", "LedgerProjections"]),
        ("LedgerVenues", ["LedgerDomain", "LedgerEvents", "LedgerSettings"]),
        ("AlpacaWire", ["LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerVenues"]),
        ("BinanceWire", ["LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerVenues"]),
        ("VenueRegister", ["LedgerVenues", "AlpacaWire", "BinanceWire"]),
        (
            "LedgerEngine",
            [
                "LedgerDomain", "LedgerEvents", "LedgerSettings", "LedgerProjections",
                "LedgerSimulation", "LedgerSafety",
            ]
        ),
    ]

    /// Words with one meaning, which is outside the fence.
    static let words: [(reason: String, words: [String])] = [
        (
            "the core is synchronous; move this to a driver",
            ["async", "await", "Task", "AsyncStream", "AsyncSequence", "MainActor"]
        ),
        (
            "the core reaches no operating system; pass the value in",
            [
                "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch",
                "DispatchQueue", "Synchronization", "Mutex", "Atomic", "Thread", "FileManager",
                "FileHandle", "ProcessInfo", "CommandLine", "Locale", "UserDefaults", "getenv",
                "setenv", "readLine",
            ]
        ),
        (
            "time is an argument; take it from the event",
            [
                "Date", "ContinuousClock", "SuspendingClock", "SystemClock", "DispatchTime",
                "clock_gettime", "gettimeofday", "mach_absolute_time", "CFAbsoluteTimeGetCurrent",
            ]
        ),
        (
            "randomness is a seeded generator in the state",
            [
                "SystemRandomNumberGenerator", "RandomNumberGenerator", "UUID", "arc4random",
                "randomElement", "shuffled", "shuffle", "getrandom", "getentropy", "drand48",
            ]
        ),
        (
            "its order or value differs between processes; use a sorted array",
            ["Set", "Dictionary", "hashValue", "ObjectIdentifier"]
        ),
    ]

    /// Names that are banned only as calls: other things may bear them.
    static let calls: [(reason: String, names: [String])] = [
        ("time is an argument; take it from the event", ["time", "sleep", "usleep"]),
        (
            "its result differs between machines; keep it out of decisions or record it as an input",
            [
                "exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "pow", "powf",
                "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh",
                "cbrt", "hypot", "erf", "erfc", "tgamma", "lgamma",
            ]
        ),
        ("the core prints nothing; return a value", ["print", "debugPrint", "dump"]),
        ("randomness is a seeded generator in the state", ["rand", "random", "srand"]),
        ("its value differs between processes", ["Hasher"]),
    ]

    static func imported(_ file: SourceText) -> [(module: String, line: Int)] {
        let tokens = file.tokens
        let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import" else { return nil }
            var next = index + 1
            while next < tokens.count, kinds.contains(tokens[next].text) { next += 1 }
            guard next < tokens.count, tokens[next].line == tokens[index].line else { return nil }
            return (tokens[next].text, tokens[index].line)
        }
    }

    static func forbiddenImports(_ file: SourceText, allowed: [String]) -> [Violation] {
        imported(file).filter { !allowed.contains($0.module) }.map {
            file.violation(
                $0.line,
                "a pure target imports \($0.module); it may import "
                    + (allowed.isEmpty ? "nothing" : allowed.joined(separator: ", "))
                    + ". Pass the value in from a driver.")
        }
    }

    static func forbiddenWords(_ file: SourceText) -> [Violation] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            if token.isWord, token.text != "import",
                let reason = reason(token.text, isCall: isCall(tokens, index))
            {
                return file.violation(token.line, "\(token.text) in a pure target: \(reason).")
            }
            if token.text == "actor", tokens.text(index + 1).first?.isUppercase == true {
                return file.violation(token.line, "an actor in a pure target: use a struct.")
            }
            if token.text == ".", tokens.text(index + 1) == "random" {
                return file.violation(
                    token.line, ".random in a pure target: use a seeded generator in the state.")
            }
            guard token.text == "[", isDictionary(tokens, index) else { return nil }
            return file.violation(
                token.line,
                "a dictionary in a pure target: its order differs between processes; use a sorted "
                    + "array or an array by number.")
        }
    }

    private static func reason(_ word: String, isCall: Bool) -> String? {
        if let found = words.first(where: { $0.words.contains(word) }) { return found.reason }
        guard isCall else { return nil }
        return calls.first { $0.names.contains(word) }?.reason
    }

    /// A call of a free function or a type, not of a member of something else.
    private static func isCall(_ tokens: [Token], _ index: Int) -> Bool {
        guard tokens.text(index + 1) == "(" else { return false }
        let isMember = tokens.text(index - 1) == "." && index >= 2
        guard isMember else { return !["func", "case"].contains(tokens.text(index - 1)) }
        return ["Double", "Float", "Glibc", "Foundation"].contains(tokens.text(index - 2))
    }

    /// `[Key: Value]`, `[:]`, `["": …]` or `[.key: …]`.
    private static func isDictionary(_ tokens: [Token], _ index: Int) -> Bool {
        var next = index + 1
        switch tokens.text(next) {
        case ":": return tokens.text(next + 1) == "]"
        case "\"": return tokens.text(next + 1) == "\"" && tokens.text(next + 2) == ":"
        case ".": return tokens.text(next + 2) == ":"
        default: break
        }
        guard tokens.text(next).first?.isUppercase == true else { return false }
        next += 1
        while tokens.text(next) == "." { next += 2 }
        while tokens.text(next) == "?" { next += 1 }
        return tokens.text(next) == ":"
    }
}

extension [Token] {
    /// The text at an index, empty outside.
    func text(_ index: Int) -> String { indices.contains(index) ? self[index].text : "" }
}
