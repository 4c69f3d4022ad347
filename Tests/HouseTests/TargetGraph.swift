import Foundation
import Testing

/// The drawing of the target graph in `docs/ARCHITECTURE.md`, made from the manifest.
struct TargetGraph {
    static let page = "docs/ARCHITECTURE.md"
    static let begin = "<!-- targets: begin -->\n"
    static let end = "<!-- targets: end -->"

    let manifest: Manifest
    /// The targets to draw.
    let names: [String]

    /// One line a target: its height, its name, and the targets that it depends on. A target that
    /// another dependency brings along is left out. Each target stands above all that it depends on.
    var drawing: String {
        let width = names.map(\.count).max() ?? 0
        let ordered = names.map { (height: height($0), name: $0) }.sorted { $0 < $1 }
        return ordered.map { height, name in
            let direct = direct(name).joined(separator: ", ")
            let padded = name.padding(toLength: width, withPad: " ", startingAt: 0)
            return direct.isEmpty ? "\(height)  \(name)" : "\(height)  \(padded)  → \(direct)"
        }.joined(separator: "\n")
    }

    private func dependencies(_ name: String) -> [String] {
        (manifest.dependencies(of: name) ?? []).filter(names.contains)
    }

    private func height(_ name: String) -> Int {
        (dependencies(name).map { height($0) + 1 }).max() ?? 0
    }

    private func direct(_ name: String) -> [String] {
        let all = dependencies(name)
        return all.filter { one in
            !all.contains { $0 != one && manifest.closure(of: $0).contains(one) }
        }.sorted()
    }

    /// What stands between the marks of a page; nil where it has none.
    static func section(of text: String) -> Range<String.Index>? {
        guard let begin = text.range(of: begin), let end = text.range(of: end),
            begin.upperBound <= end.lowerBound
        else { return nil }
        return begin.upperBound..<end.lowerBound
    }

    /// Targets without a row `| name | sentence |` in the page.
    func undescribed(in text: String) -> [String] {
        names.filter { name in
            !text.split(separator: "\n").contains { line in
                line.hasPrefix("| `\(name)` | ") && line.count > name.count + 12
            }
        }
    }
}

@Suite struct TargetGraphTests {
    private func graph() throws -> TargetGraph {
        let manifest = Manifest(try Repository.text("Package.swift"))
        let names = manifest.targets.filter { target in
            target.folder.hasPrefix("Sources/") && !Self.isLibraryOfC(target.name)
        }.map(\.name)
        return TargetGraph(manifest: manifest, names: names)
    }

    private static func isLibraryOfC(_ name: String) -> Bool {
        name.hasPrefix("C") && Repository.paths(in: "Sources/\(name)", suffix: ".swift").isEmpty
    }

    @Test func `the architecture page draws the targets as the manifest declares them`() throws {
        let graph = try graph()
        #expect(graph.names.count > 10)
        let text = try Repository.text(TargetGraph.page)
        let section = try #require(
            TargetGraph.section(of: text), "\(TargetGraph.page) has no marks")
        let wanted = "```\n\(graph.drawing)\n```\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.replacingCharacters(in: section, with: wanted).write(
                to: Repository.root.appendingPathComponent(TargetGraph.page), atomically: true,
                encoding: .utf8)
        } else {
            #expect(
                text[section] == wanted,
                "the drawing is out of date; run UPDATE_GOLDEN=1 tools/test TargetGraph")
        }
    }

    @Test func `every target says its job in a sentence`() throws {
        let missing = try graph().undescribed(in: Repository.text(TargetGraph.page))
        #expect(missing == [], "add a row for each to the table of \(TargetGraph.page)")
    }

    @Test func `a drawing leaves out what another dependency brings along`() {
        let manifest = Manifest(
            """
            .target(name: "Low"),
            .target(name: "Middle", dependencies: ["Low", "Foreign"]),
            .target(name: "Top", dependencies: ["Low", "Middle"]),
            """)
        let graph = TargetGraph(manifest: manifest, names: ["Top", "Middle", "Low"])
        #expect(graph.drawing == "0  Low\n1  Middle  → Low\n2  Top     → Middle")
        #expect(graph.undescribed(in: "| `Low` | is low |\n| `Top` |  |\n") == ["Top", "Middle"])
    }
}
