import Foundation
import TestSupport
import Testing

/// tools/bench in its small sizes: what it measures comes to what docs/BENCHMARKS.md says. The times are
/// not looked at.
@Suite(.serialized) struct BenchmarksTests {
    private static let document = Checkout.root.path + "/docs/BENCHMARKS.md"
    /// Results that are the same in every build and on every machine.
    private static let fields = ["events", "bytes", "n", "orders", "equity", "digest", "link"]

    @Test func `the small sizes come to the digests of the document`() throws {
        let folder = (Outside.program as NSString).deletingLastPathComponent
        let (output, code) = try Outside.withHome { home in
            try Outside.run(
                [
                    "tools/bench", "all", "--small", "--runs", "1", "--no-yardsticks", "--bin",
                    folder,
                    "--dir", home,
                ], home: home)
        }
        #expect(code == 0, "\(output)")
        let found = try output.split(separator: "\n").filter { $0.hasPrefix("RESULT ") }.compactMap
        {
            try Self.row(Data($0.dropFirst("RESULT ".count).utf8))
        }
        #expect(found.count >= 10, "tools/bench printed too few figures: \(output)")
        let table = "| figure | result |\n|---|---|\n" + found.joined()
        let text = try String(contentsOfFile: Self.document, encoding: .utf8)
        let opening = "<!-- generated: small -->\n"
        let start = try #require(text.range(of: opening), "the section 'small' is missing")
        let rest = text[start.upperBound...]
        let end = try #require(rest.range(of: "<!-- end -->"), "'small' does not end")
        if rest[..<end.lowerBound] == table { return }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let updated = "\(text[..<start.upperBound])\(table)\(rest[end.lowerBound...])"
            try updated.write(toFile: Self.document, atomically: true, encoding: .utf8)
        } else {
            Issue.record(
                """
                docs/BENCHMARKS.md: the small sizes come to other results than before. If a change of \
                them was meant, run UPDATE_GOLDEN=1 tools/test Benchmarks. They are now:
                \(table)
                """)
        }
    }

    private static func row(_ json: Data) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
        let shown = fields.compactMap { key in object[key].map { "\(key) \($0)" } }
        guard let name = object["name"] as? String, !shown.isEmpty else { return nil }
        return "| `\(name)` | \(shown.joined(separator: ", ")) |\n"
    }

    @Test func `a benchmark that is not there and options that do not fit are refused`() throws {
        try Outside.withHome { home in
            for words in [
                ["nothing", "--bin", home], ["all", "--runs", "0"], ["peers"],
                ["all", "--record", "--small"], ["peers-bars", "--file", "\(home)/none.csv"],
            ] {
                let (output, code) = try Outside.run(["tools/bench"] + words, home: home)
                #expect(code != 0 && !output.contains("Traceback"), "\(words): \(output)")
            }
        }
    }
}
