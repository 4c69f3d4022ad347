import Foundation
import TestSupport
import Testing

/// A document whose commands and outputs are true: in blocks marked `console`, a line that begins with `$` is
/// a command and what follows it its output. A line `…` stands for any lines, one that ends in `…` for any
/// rest.
@Suite struct DocumentCases {
    private struct Example {
        var command: String
        var output: [Substring] = []
    }

    private func examples(_ path: String) throws -> [Example] {
        let text = try String(
            contentsOf: Checkout.root.appendingPathComponent(path), encoding: .utf8)
        var found: [Example] = []
        var isConsole = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, line.hasPrefix("$ ") {
                found.append(Example(command: String(line.dropFirst(2))))
            } else if isConsole {
                found[found.count - 1].output.append(line)
            }
        }
        return found
    }

    /// The first line that is not what was printed; nil when all are.
    private func mismatch(_ wanted: ArraySlice<Substring>, _ printed: ArraySlice<Substring>)
        -> String?
    {
        guard let line = wanted.first else {
            return printed.isEmpty ? nil : "printed too: \(printed[printed.startIndex])"
        }
        if line == "…" {
            let rest = wanted.dropFirst()
            for start in printed.startIndex...printed.endIndex
            where mismatch(rest, printed[start...]) == nil { return nil }
            return "nothing after … is: \(rest.first ?? "the end")"
        }
        guard let found = printed.first else { return "not printed: \(line)" }
        let isSame = line.hasSuffix("…") ? found.hasPrefix(line.dropLast()) : found == line
        guard isSame else { return "wanted: \(line)\nprinted: \(found)" }
        return mismatch(wanted.dropFirst(), printed.dropFirst())
    }

    @Test(arguments: [("README.md", 3), ("docs/TIME.md", 7)])
    func `the examples of a document print what they show`(path: String, count: Int) throws {
        let program = Program(folder: try Folder())
        _ = try program.run("ln -s \"$ROOT/configs\" .")
        let examples = try examples(path)
        #expect(examples.count >= count)
        for example in examples {
            let result = try program.run(example.command)
            #expect(result.code == 0, "\(example.command): \(result.errors)")
            var printed = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            if printed.last == "" { printed.removeLast() }
            if let problem = mismatch(example.output[...], printed[...]) {
                Issue.record("\(example.command)\n\(problem)")
            }
        }
    }
}
