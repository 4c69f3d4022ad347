import Foundation

/// The files of this package, found from where this file lies.
enum Repository {
    static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// Paths below `folder`, relative to the root, sorted; hidden and built files are left out.
    static func paths(in folder: String, suffix: String = "") -> [String] {
        let base = root.appendingPathComponent(folder).path
        let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            name.hasSuffix(suffix)
                && !name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" }
        }.map { folder.isEmpty ? $0 : folder + "/" + $0 }.sorted()
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let full = root.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Every Swift file of the package, read and split into tokens once for all rules.
    private static let sources = Result {
        try ["Sources", "Tests"].flatMap { paths(in: $0, suffix: ".swift") }
            .map { SourceText(path: $0, text: try text($0)) }
    }

    static func swift(in folders: [String]) throws -> [SourceText] {
        let all = try sources.get()
        return folders.flatMap { folder in all.filter { $0.path.hasPrefix(folder + "/") } }
    }

    /// Files that people wrote as text, wherever they lie.
    static func texts() -> [String] {
        let folders = ["Sources", "Tests", "docs", "tools", "configs", ".ci"]
        let suffixes = [
            "swift", "c", "h", "modulemap", "md", "yaml", "yml", "sh", "py", "txt", "json",
        ]
        let inside = folders.flatMap { paths(in: $0) }.filter { path in
            let name = path.split(separator: "/").last ?? ""
            guard let dot = name.lastIndex(of: ".") else { return !isFolder(path) }
            return suffixes.contains(String(name[name.index(after: dot)...]))
        }
        let top = ["Package.swift", ".swift-format", ".editorconfig", ".gitignore"]
        return (inside + top + documents).reduce(into: []) {
            if exists($1), !$0.contains($1) { $0.append($1) }
        }
    }

    static var documents: [String] {
        let top = ["README.md", "CHANGELOG.md", "journal/README.md", "snapshots/README.md"]
        let inside = ["docs", "configs", "tools", "Tests", "Sources"].flatMap {
            paths(in: $0, suffix: ".md")
        }
        return top.filter(exists) + inside
    }
}
