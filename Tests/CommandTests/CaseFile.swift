import Foundation
import TestSupport

/// A file of cases that run one after the other in one folder.
///
///     ## 1 a title
///     < standard input
///     $ commands, for bash
///     > what standard output must hold
///     ! what standard error must hold
///     = the exit code
///
/// Everything before the first `##` says what the file is about.
struct CaseFile {
    struct Case {
        var number: Int
        var title: String
        var input: [Substring] = []
        var command: [Substring] = []
        var output: [Substring] = []
        var errors: [Substring] = []
        var code: Int32 = 0

        var text: String {
            var text = "## \(number) \(title)\n"
            for (sign, lines) in [("<", input), ("$", command), (">", output), ("!", errors)] {
                for line in lines { text += line.isEmpty ? "\(sign)\n" : "\(sign) \(line)\n" }
            }
            return text + "= \(code)\n"
        }

        /// The same with what a run gave.
        func with(_ result: Program.Result) -> Case {
            var copy = self
            copy.output = Self.lines(result.output)
            copy.errors = Self.lines(result.errors)
            copy.code = result.code
            return copy
        }

        private static func lines(_ text: String) -> [Substring] {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.last == "" { lines.removeLast() }
            return lines
        }
    }

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    private static let folder = Checkout.root.appendingPathComponent("Tests/CommandTests/Cases")

    static let names: [String] = {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (all ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    }()

    let name: String
    var about: [Substring] = []
    var cases: [Case] = []

    init(_ name: String) throws {
        self.name = name
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") {
                let words = line.dropFirst(3).split(separator: " ", maxSplits: 1)
                guard words.count == 2, Int(words[0]) == cases.count + 1 else {
                    throw Malformed(description: "\(name): \(line): case \(cases.count + 1) is due")
                }
                cases.append(Case(number: cases.count + 1, title: String(words[1])))
            } else if cases.isEmpty {
                about.append(line)
            } else if !line.isEmpty {
                try add(line, to: &cases[cases.count - 1])
            }
        }
    }

    private func add(_ line: Substring, to entry: inout Case) throws {
        let rest = line.dropFirst(2)
        switch line.first {
        case "<": entry.input.append(rest)
        case "$": entry.command.append(rest)
        case ">": entry.output.append(rest)
        case "!": entry.errors.append(rest)
        case "=": entry.code = Int32(rest) ?? -1
        default: throw Malformed(description: "\(name): '\(line)' begins with no sign of a case")
        }
    }

    /// Writes the cases back with what they gave.
    func write(_ cases: [Case]) throws {
        let head = about.joined(separator: "\n")
        let text =
            (head.hasSuffix("\n") ? head : head + "\n") + cases.map(\.text).joined(separator: "\n")
        try text.write(
            to: Self.folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
}
