import Foundation
import TestSupport
import Testing

/// The help pages of both programs at 80 columns.
@Suite struct HelpPages {
    /// A command and its overview.
    private struct Page {
        var command: String
        var overview: [Substring]
    }

    /// The pages of a command and of all commands below it.
    private func pages(_ command: String, _ program: Program) throws -> [Page] {
        let text = try program.run("COLUMNS=80 \(command) --help").output
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var found = [
            Page(command: command, overview: Array(lines.prefix { !$0.hasPrefix("USAGE:") }))
        ]
        let list = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }
        for line in list where line.hasPrefix("  ") && !line.hasPrefix("   ") {
            let name = line.dropFirst(2).prefix { $0 != " " }
            found += try pages("\(command) \(name)", program)
        }
        return found
    }

    /// What is wrong with two adjacent lines: prose that ends too early, or an example that wraps.
    private func fault(_ line: Substring, _ next: Substring) -> String? {
        if line.count > 80 { return "is longer than 80 columns" }
        guard !line.isEmpty, !next.isEmpty, !next.hasPrefix(" ") else { return nil }
        if line.hasPrefix(" ") { return "is wrapped; split the example with a backslash" }
        let word = next.prefix { $0 != " " }
        return line.count + 1 + word.count < 80 ? "ends early; mark the text as paragraphs" : nil
    }

    @Test(arguments: ["ledger", "ledgerd"])
    func `every overview is wrapped once`(name: String) throws {
        let found = try pages(name, Program(folder: try Folder()))
        #expect(found.count > 10)
        for page in found {
            for (line, next) in zip(page.overview, page.overview.dropFirst()) {
                if let fault = fault(line, next) {
                    Issue.record("\(page.command): '\(line)' \(fault)")
                }
            }
        }
    }
}
