import Yams

/// Turns a YAML tree into flat keys.
struct Flattener {
    let file: String
    private var entries: [Configuration.Entry] = []

    init(file: String) { self.file = file }

    mutating func entries(of text: String) throws(ConfigurationError) -> [Configuration.Entry] {
        try checkNesting(text)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw (error as? YamlError).map(problem)
                ?? ConfigurationError(place: file, "the file is not valid YAML")
        }
        guard let root else { return [] }
        guard root.mapping != nil else {
            throw ConfigurationError(place: place(root), "the file must be a list of `key: value`")
        }
        try flatten(root, "", depth: 0)
        return entries
    }

    /// Checks the nesting depth first, because the parser is recursive and deep nesting would crash
    /// it.
    private func checkNesting(_ text: String) throws(ConfigurationError) {
        guard text.utf8.count <= 1 << 20 else {
            throw ConfigurationError(place: file, "the file is larger than 1 MiB")
        }
        var line = 1
        var open = 0
        // They open a level only at the start of a line.
        var (dashes, isLeading) = (0, true)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): (line, dashes, isLeading) = (line + 1, 0, true)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): break
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
                if isLeading { dashes += 1 }
            case UInt8(ascii: "["), UInt8(ascii: "{"): (open, isLeading) = (open + 1, false)
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                (open, isLeading) = (max(0, open - 1), false)
            // Other line breaks of YAML: a carriage return, and some outside ASCII.
            case UInt8(ascii: "\r"), 0x80...: isLeading = true
            default: isLeading = false
            }
            guard open <= 100, dashes <= 500 else {
                throw ConfigurationError(place: "\(file):\(line)", "is nested too deeply")
            }
        }
    }

    /// Far more settings than anyone has; aliases of aliases could create billions.
    private static let mostEntries = 10_000

    private mutating func add(_ entry: Configuration.Entry) throws(ConfigurationError) {
        guard entries.count < Self.mostEntries else {
            throw ConfigurationError(place: entry.origin.description, "more than 10000 settings")
        }
        entries.append(entry)
    }

    /// States the place and the problem without quoting, because the line may contain a secret.
    private func problem(_ error: YamlError) -> ConfigurationError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = "\(file):\(mark.line)"
            return ConfigurationError(
                place: place, (context.map { "\($0.text), " } ?? "") + problem)
        case .reader(let problem, _, _, _): return ConfigurationError(place: file, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return ConfigurationError(
                place: "\(file):\(context.mark.line)",
                "\(keys.sorted().joined(separator: ", ")) is repeated here")
        default: return ConfigurationError(place: file, "the file is not valid YAML")
        }
    }

    private func line(_ node: Node) -> Int { node.mark?.line ?? 0 }
    private func place(_ node: Node) -> String { "\(file):\(line(node))" }

    private mutating func flatten(_ node: Node, _ key: String, depth: Int)
        throws(ConfigurationError)
    {
        guard depth < 8 else {
            throw ConfigurationError(place: place(node), key: key, "is nested too deeply")
        }
        switch node {
        case .scalar(let scalar):
            try add(
                Configuration.Entry(
                    key: key, value: scalar.string, origin: .file(file, line: line(node))))
        case .mapping(let mapping):
            if key.hasSuffix(".columns") { return try join(mapping, key, node) }
            for (name, value) in mapping {
                guard let text = name.scalar?.string else {
                    throw ConfigurationError(
                        place: place(name), key: key, "has a key that is not text")
                }
                try flatten(value, key.isEmpty ? text : "\(key).\(text)", depth: depth + 1)
            }
        case .sequence(let sequence):
            if sequence.allSatisfy({ $0.scalar != nil }) {
                try add(
                    Configuration.Entry(
                        key: key,
                        value: sequence.compactMap(\.scalar?.string).joined(separator: ","),
                        origin: .file(file, line: line(node))))
                return
            }
            for (index, element) in sequence.enumerated() {
                try flatten(element, "\(key).\(index)", depth: depth + 1)
            }
        case .alias:
            throw ConfigurationError(place: place(node), key: key, "is an alias; write it out")
        }
    }

    /// A column map is one setting: `time=Date,open=2`.
    private mutating func join(
        _ mapping: Node.Mapping, _ key: String, _ node: Node
    ) throws(ConfigurationError) {
        var parts: [String] = []
        for (name, value) in mapping {
            guard let column = name.scalar?.string, let place = value.scalar?.string else {
                throw ConfigurationError(
                    place: self.place(node), key: key, "must map columns to names or numbers")
            }
            parts.append("\(column)=\(place)")
        }
        try add(
            Configuration.Entry(
                key: key, value: parts.joined(separator: ","), origin: .file(file, line: line(node))
            ))
    }
}
