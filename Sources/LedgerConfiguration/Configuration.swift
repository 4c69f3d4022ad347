import LedgerDomain
import LedgerEngine
import LedgerSettings
import Yams

/// Settings read from a YAML file, the environment and options, each checked, each with its origin.
///
/// An option wins over the environment, the environment over the file, the file over the default. Keys
/// that the program does not know are refused: a misspelt limit must not become no limit.
public struct Configuration: Sendable {
    public enum Origin: Hashable, Sendable, CustomStringConvertible {
        case file(String, line: Int)
        case environment(String)
        case option
        case standard

        public var description: String {
            switch self {
            case .file(let path, let line): "\(path):\(line)"
            case .environment(let name): "environment \(name)"
            case .option: "option"
            case .standard: "default"
            }
        }
    }

    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: String
        public var origin: Origin
    }

    /// Sorted by key.
    public private(set) var entries: [Entry]
    private var secrets: [String: String] = [:]

    public var settings: Settings { Settings(entries.map { ($0.key, $0.value) }) }

    public subscript(key: String) -> String { settings[key] ?? "" }

    /// - Parameters:
    ///   - path: a YAML file; nil for defaults alone.
    ///   - overrides: `key=value` as the command line has them.
    public init(
        path: String?, text: String?, environment: [String: String],
        overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationError) {
        var found: [String: Entry] = [:]
        if let text {
            var flattener = Flattener(file: path ?? "settings")
            for entry in try flattener.entries(of: text) { found[entry.key] = entry }
        }
        for setting in SettingsSchema.all where !setting.key.contains("*") {
            if let entry = try Self.entry(setting, environment) { found[setting.key] = entry }
        }
        for (key, value) in overrides {
            found[key] = Entry(key: key, value: value, origin: .option)
        }
        entries = []
        for entry in found.values.sorted(by: { $0.key < $1.key }) { try Self.check(entry) }
        try Self.checkLists(found)
        Self.addDefaults(&found)
        try Self.checkTogether(found)
        for (key, entry) in found where SettingsSchema.setting(key)?.isSecret == true {
            // What comes from a journal is a fingerprint already, and no secret.
            if !Fingerprint.isFingerprint(entry.value) { secrets[key] = entry.value }
            found[key]?.value = Fingerprint.of(entry.value)
        }
        entries = found.values.sorted { $0.key < $1.key }
    }

    private static func checkTogether(_ found: [String: Entry]) throws(ConfigurationError) {
        let settings = Settings(found.values.map { ($0.key, $0.value) })
        do throws(SettingsError) { try SettingsCheck.run(settings) } catch {
            let origin = found[error.key]?.origin.description ?? "settings"
            throw ConfigurationError(place: origin, key: error.key, error.problem)
        }
    }

    /// Where capital is real, clocks must agree better (C17).
    private static let liveDefaults = [
        "clock_sync.refresh_sec": "60", "clock_sync.warn_threshold_ms": "200",
        "clock_sync.kill_threshold_ms": "1000",
    ]

    /// A secret itself, for the one who must send it; nil where only its fingerprint is known.
    /// Everywhere else the fingerprint stands.
    public func secret(_ key: String) -> String? { secrets[key] }

    /// The names by which the environment may set a setting, its own first.
    public static func variables(_ setting: Setting) -> [String] {
        [variable(setting.key)] + setting.variables
    }

    /// - Throws: for two names of one setting with different values (C18), and for a flag that is
    ///   neither yes nor no.
    private static func entry(
        _ setting: Setting, _ environment: [String: String]
    ) throws(ConfigurationError) -> Entry? {
        var found: Entry?
        for name in variables(setting) {
            guard var value = environment[name] else { continue }
            if case .flag = setting.kind {
                guard let flag = Self.flag(value) else {
                    throw ConfigurationError(
                        place: "environment \(name)", key: setting.key,
                        "'\(value)' is none of true, 1, yes, false, 0, no")
                }
                value = flag
            }
            let entry = Entry(key: setting.key, value: value, origin: .environment(name))
            guard let other = found else {
                found = entry
                continue
            }
            guard other.value == value else {
                throw ConfigurationError(
                    place: "\(other.origin) and \(entry.origin)", key: setting.key,
                    "has two values; unset one of them")
            }
        }
        return found
    }

    /// Environments say yes and no in several ways, settings in one.
    private static func flag(_ text: String) -> String? {
        switch text.lowercased() {
        case "true", "1", "yes": "true"
        case "false", "0", "no": "false"
        default: nil
        }
    }

    /// `venue.fee_fixed` is `LEDGER_VENUE_FEE_FIXED`.
    public static func variable(_ key: String) -> String {
        "LEDGER_" + String(key.uppercased().map { $0 == "." ? "_" : $0 })
    }

    private static func check(_ entry: Entry) throws(ConfigurationError) {
        guard let setting = SettingsSchema.setting(entry.key) else {
            throw ConfigurationError(
                entry, "is not known; `ledger config show --all` lists all keys")
        }
        if let problem = setting.problem(with: entry.value) {
            throw ConfigurationError(entry, "'\(entry.value)' \(problem)")
        }
        guard !entry.value.contains("\n") else {
            throw ConfigurationError(entry, "has a line break in it")
        }
    }

    private static func checkLists(_ found: [String: Entry]) throws(ConfigurationError) {
        for entry in found.values.sorted(by: { $0.key < $1.key }) {
            let parts = entry.key.split(separator: ".")
            guard parts.count == 3 else { continue }
            let prefix = "\(parts[0]).\(parts[1])"
            // Lists are counted from 0: one behind a gap would be passed over.
            guard let index = Int(parts[1]), "\(index)" == parts[1] else {
                throw ConfigurationError(entry, "has '\(parts[1])' where a number from 0 belongs")
            }
            let needs = parts[0] == "data" ? ["path"] : ["kind", "symbols"]
            guard index == 0 || found["\(parts[0]).\(index - 1).\(needs[0])"] != nil else {
                throw ConfigurationError(
                    entry, "comes without \(parts[0]).\(index - 1); they count from 0")
            }
            for needed in needs {
                guard found["\(prefix).\(needed)"] != nil else {
                    throw ConfigurationError(
                        Entry(key: prefix, value: "", origin: entry.origin), "lacks '\(needed)'")
                }
            }
            guard parts[0] == "strategies", let kind = found["\(prefix).kind"]?.value,
                let kinds = SettingsSchema.setting(entry.key)?.strategies, !kinds.isEmpty,
                !kinds.contains(kind)
            else { continue }
            throw ConfigurationError(
                entry, "belongs to \(kinds.joined(separator: ", ")), not to \(kind)")
        }
    }

    private static func addDefaults(_ found: inout [String: Entry]) {
        let lists = Set(
            found.keys.compactMap { key -> String? in
                let parts = key.split(separator: ".")
                return parts.count == 3 ? "\(parts[0]).\(parts[1])" : nil
            })
        let isLive = found["mode"]?.value == "live"
        for setting in SettingsSchema.all {
            guard
                let value = (isLive ? liveDefaults[setting.key] : nil) ?? setting.defaultValue
            else { continue }
            var keys = [setting.key]
            if setting.key.contains("*") {
                let parts = setting.key.split(separator: ".")
                keys = lists.filter { $0.hasPrefix("\(parts[0]).") }.filter { list in
                    setting.strategies.isEmpty
                        || setting.strategies.contains(found["\(list).kind"]?.value ?? "")
                }.map { "\($0).\(parts[2])" }
            }
            for key in keys where found[key] == nil {
                found[key] = Entry(key: key, value: value, origin: .standard)
            }
        }
    }
}

/// What is wrong with a configuration, and where.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    public var place: String
    public var key: String
    public var problem: String

    init(_ entry: Configuration.Entry, _ problem: String) {
        place = entry.origin == .option ? "option" : entry.origin.description
        key = entry.key
        self.problem = problem
    }

    package init(place: String, key: String = "", _ problem: String) {
        self.place = place
        self.key = key
        self.problem = problem
    }

    public var description: String {
        key.isEmpty ? "\(place): \(problem)" : "\(place): \(key) \(problem)"
    }
}

/// Turns a YAML tree into flat keys.
private struct Flattener {
    let file: String
    private var entries: [Configuration.Entry] = []

    init(file: String) { self.file = file }

    mutating func entries(of text: String) throws(ConfigurationError) -> [Configuration.Entry] {
        try checkNesting(text)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw (error as? YamlError).map(problem)
                ?? ConfigurationError(place: file, "the file is no YAML")
        }
        guard let root else { return [] }
        guard root.mapping != nil else {
            throw ConfigurationError(place: place(root), "the file must be a list of `key: value`")
        }
        try flatten(root, "", depth: 0)
        return entries
    }

    /// The parser calls itself for each level: what is nested a thousand times would end the program.
    private func checkNesting(_ text: String) throws(ConfigurationError) {
        guard text.utf8.count <= 1 << 20 else {
            throw ConfigurationError(place: file, "the file is larger than 1 MiB")
        }
        var line = 1
        var open = 0
        // Only in front of everything else in a line does one of them open a level.
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
            // Other breaks of lines that YAML knows: a carriage return, and some beyond ASCII.
            case UInt8(ascii: "\r"), 0x80...: isLeading = true
            default: isLeading = false
            }
            guard open <= 100, dashes <= 500 else {
                throw ConfigurationError(place: "\(file):\(line)", "is nested too deep")
            }
        }
    }

    /// Far more settings than anybody has; aliases of aliases could make billions.
    private static let mostEntries = 10_000

    private mutating func add(_ entry: Configuration.Entry) throws(ConfigurationError) {
        guard entries.count < Self.mostEntries else {
            throw ConfigurationError(place: entry.origin.description, "more than 10000 settings")
        }
        entries.append(entry)
    }

    /// Says where and what, and quotes nothing: the line may hold a secret.
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
                "\(keys.sorted().joined(separator: ", ")) stands twice from here on")
        default: return ConfigurationError(place: file, "the file is no YAML")
        }
    }

    private func line(_ node: Node) -> Int { node.mark?.line ?? 0 }
    private func place(_ node: Node) -> String { "\(file):\(line(node))" }

    private mutating func flatten(_ node: Node, _ key: String, depth: Int)
        throws(ConfigurationError)
    {
        guard depth < 8 else {
            throw ConfigurationError(place: place(node), key: key, "is nested too deep")
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
                        place: place(name), key: key, "has a key that is no text")
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
                    place: self.place(node), key: key, "maps columns to names or numbers")
            }
            parts.append("\(column)=\(place)")
        }
        try add(
            Configuration.Entry(
                key: key, value: parts.joined(separator: ","), origin: .file(file, line: line(node))
            ))
    }
}
