import Foundation

/// Rules about documents and other texts: links, places and promises.
enum Documents {
    /// Links of a Markdown text outside code, with their lines.
    static func links(_ text: String) -> [(target: String, line: Int)] {
        var result: [(String, Int)] = []
        var isFenced = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isFenced.toggle() }
            if isFenced { continue }
            let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 0 }.map(\.element).joined(separator: "_")
            for part in prose.components(separatedBy: "](").dropFirst() {
                result.append((String(part.prefix { $0 != ")" && $0 != " " }), index + 1))
            }
        }
        return result
    }

    /// The anchors that a Markdown text's headings make.
    static func anchors(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
            line.drop { $0 == "#" || $0 == " " }.lowercased()
                .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == " " }
                .replacingOccurrences(of: " ", with: "-")
        }
    }

    static func brokenLinks(
        path: String, text: String, exists: (String) -> Bool, read: (String) -> String?
    ) -> [Violation] {
        links(text).compactMap { link, line in
            if link.contains("://") || link.hasPrefix("mailto:") { return nil }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = parts[0].isEmpty ? path : resolve(String(parts[0]), from: path)
            guard exists(file) else {
                return Violation(
                    path: path, line: line, message: "the link \(link) leads nowhere. Mend it.")
            }
            guard parts.count == 2, file.hasSuffix(".md") else { return nil }
            let there = parts[0].isEmpty ? text : read(file) ?? ""
            if anchors(there).contains(String(parts[1])) { return nil }
            return Violation(
                path: path, line: line,
                message: "the link \(link) names a heading that \(file) does not have.")
        }
    }

    /// A relative path, from the folder of the document that names it.
    static func resolve(_ link: String, from path: String) -> String {
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") where part != "." {
            if part == ".." {
                if !parts.isEmpty { parts.removeLast() }
            } else {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    /// Places that exist on one machine only. Written in halves, so that this file names none.
    static let machinePaths = [
        "/wor" + "k/", "/roo" + "t/", "/hom" + "e/", "/Use" + "rs/", "/mnt" + "/", "C:" + "\\",
    ]
    static let promises = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]

    static func machinePaths(path: String, text: String) -> [Violation] {
        lines(text) { line in
            machinePaths.first { place in
                line.range(of: place).map {
                    let before = line[..<$0.lowerBound].last
                    return before.map { !$0.isLetter && !$0.isNumber && !"./_-}$\"".contains($0) }
                        ?? true
                } ?? false
            }
        }.map {
            Violation(
                path: path, line: $0.line,
                message:
                    "\($0.found) is a path of one machine. Name the place relative to the package.")
        }
    }

    static func promises(path: String, text: String) -> [Violation] {
        lines(text) { line in promises.first { line.contains($0) } }.map {
            Violation(
                path: path, line: $0.line,
                message: "\($0.found) promises what nobody keeps. Do it, or take it out.")
        }
    }

    /// Rows of a table of regressions whose last cell names no test that exists.
    static func missingTests(path: String, text: String, tests: Set<String>) -> [Violation] {
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.hasPrefix("| ") }.dropFirst()
        return rows.compactMap { index, row in
            let test = row.split(separator: "`").dropLast().last.map(String.init) ?? ""
            if row.hasSuffix("` |"), tests.contains(test) { return nil }
            return Violation(
                path: path, line: index + 1,
                message: "no test is called '\(test)'. Name the test that holds this fault.")
        }
    }

    private static func lines(
        _ text: String, _ find: (Substring) -> String?
    ) -> [(line: Int, found: String)] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in find(line).map { (index + 1, $0) }
        }
    }
}
