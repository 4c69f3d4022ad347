import Foundation

/// What Package.swift declares: each target's name, its folder and the modules it may import.
struct Manifest {
    private(set) var targets: [(name: String, dependencies: [String], folder: String)] = []
    /// The executable targets.
    private(set) var programs: [String] = []
    /// Lists that have a name of their own and are added to others.
    private var lists: [(name: String, modules: [String])] = []

    /// Reads calls such as `.target(name: "A", dependencies: ["B", .product(name: "C", …)])` and
    /// `pure("A", ["B"])`: the name is the first string, dependencies are the first list.
    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.range(of: "//").map { line[..<$0.lowerBound] } ?? line }
            .filter { !$0.contains("url:") }.joined(separator: "\n")
        let code = Self.writtenOut(lines)
        lists = Self.lists(code)
        let openers = [".target(", ".executableTarget(", ".testTarget(", ".systemLibrary("]
        let helpers = code.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("func "), line.contains("-> Target") else { return nil }
            return line.dropFirst(5).prefix { $0 != "(" } + "(\""
        }
        for opener in openers + helpers {
            var rest = code[...]
            while let found = rest.range(of: opener) {
                let start =
                    opener.hasSuffix("\"") ? rest.index(before: found.upperBound) : found.upperBound
                rest = rest[start...]
                let name = add(Self.call(rest))
                if let name, opener == ".executableTarget(" { programs.append(name) }
            }
            if opener.hasSuffix("(\"") {
                let broken = opener.dropLast() + "\n"
                rest = code[...]
                while let found = rest.range(of: broken) {
                    rest = rest[found.upperBound...]
                    add(Self.call(rest))
                }
            }
        }
    }

    /// Puts what `let some: [Target.Dependency] = […]` holds where `[…] + some` asks for it.
    private static func writtenOut(_ code: String) -> String {
        var code = code
        for line in code.split(separator: "\n") where line.hasPrefix("let ") {
            let name = line.dropFirst(4).prefix { $0 != ":" }
            guard line.hasSuffix("[Target.Dependency] = ["),
                let opening = code.range(of: line + "\n"),
                let closing = code[opening.upperBound...].range(of: "\n]")
            else { continue }
            let list = String(code[opening.upperBound..<closing.lowerBound])
            code = code.replacingOccurrences(of: "] + \(name)", with: "\(list)]")
        }
        return code
    }

    /// Reads one declaration and returns the name of its target.
    @discardableResult
    private mutating func add(_ call: Substring) -> String? {
        let list = call.firstIndex(of: "[") ?? call.endIndex
        guard let name = Self.strings(call[..<list]).first else { return nil }
        var depth = 0
        var dependencies: Substring = ""
        for index in call[list...].indices {
            if call[index] == "[" { depth += 1 }
            if call[index] == "]" { depth -= 1 }
            if depth == 0 {
                dependencies = call[list...index]
                break
            }
        }
        let isLibrary = call.contains("pkgConfig:")
        let rest = dependencies.isEmpty ? "" : call[dependencies.endIndex...]
        let added = lists.filter { rest.contains("+ \($0.name)") }.flatMap(\.modules)
        targets.append(
            (name, isLibrary ? [] : Self.modules(dependencies) + added, Self.folder(name, call)))
        return name
    }

    /// The `path:` of the call, or the folder where a target of that name lies by default.
    private static func folder(_ name: String, _ call: Substring) -> String {
        if let label = call.range(of: "path:"), let path = strings(call[label.upperBound...]).first
        {
            return path
        }
        return (name.hasSuffix("Tests") ? "Tests/" : "Sources/") + name
    }

    /// `let name: [Target.Dependency] = [ … ]`.
    private static func lists(_ code: String) -> [(String, [String])] {
        code.components(separatedBy: "\nlet ").dropFirst().compactMap { part in
            guard let colon = part.range(of: ": [Target.Dependency] = ["),
                let end = part.range(of: "\n]")
            else { return nil }
            let name = String(part[..<colon.lowerBound])
            return (name, modules(part[colon.upperBound..<end.lowerBound]))
        }
    }

    /// The text up to the parenthesis that closes the call.
    private static func call(_ text: Substring) -> Substring {
        var depth = 1
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return text[..<index] }
        }
        return text
    }

    private static func strings(_ text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The strings of a list; of a `.product(name: "A", package: "B")` only its name.
    private static func modules(_ list: Substring) -> [String] {
        var kept = ""
        for part in list.components(separatedBy: "package:") {
            kept += kept.isEmpty ? part : String(part.drop { $0 != ")" })
        }
        return strings(kept[...])
    }

    func dependencies(of target: String) -> [String]? {
        targets.first { $0.name == target }?.dependencies
    }

    func folder(of target: String) -> String? {
        targets.first { $0.name == target }?.folder
    }

    /// The target whose folder holds the file; nil when the manifest declares none.
    func target(of path: String) -> String? {
        targets.first { path.hasPrefix($0.folder + "/") }?.name
    }

    /// The target and everything that it depends on inside this package or by product name.
    func closure(of target: String) -> [String] {
        var result = [target]
        var next = 0
        while next < result.count {
            for name in dependencies(of: result[next]) ?? [] where !result.contains(name) {
                result.append(name)
            }
            next += 1
        }
        return result
    }
}
