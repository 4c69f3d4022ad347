import Foundation
import LedgerDomain
import LedgerEvents
import Testing

/// docs/JOURNAL_FORMAT.md says what the code does.
@Suite(.serialized) struct FormatDocumentTests {
    static let document: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("docs/JOURNAL_FORMAT.md")
    }()

    @Test func `the payload tables are those of the code`() throws {
        let document = try String(contentsOf: Self.document, encoding: .utf8)
        let tables = try #require(document.components(separatedBy: "<!-- end -->").first)
        let sections = tables.components(separatedBy: "\n### ").filter {
            $0.first?.isNumber == true
        }
        #expect(sections.count == EventCatalog.payloads.count)
        for (section, payload) in zip(sections, EventCatalog.payloads) {
            let (type, layout) = (payload.type, payload.layout)
            #expect(section.hasPrefix("\(type.rawValue) \(type.name)\n"))
            let role = Self.describe(type.role)
            #expect(
                section.contains(
                    "\n\(role) Version \(payload.version), fixed part ends at \(layout.size).\n"))
            let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
            let wanted = Self.rows(layout)
            #expect(rows.count == wanted.count, "\(type.name)")
            for (row, start) in zip(rows, wanted) {
                #expect(row.hasPrefix(start), "\(type.name): \(row)")
            }
        }
    }

    @Test func `the worked example is what the code writes`() throws {
        try expectSection("example", try Self.example())
    }

    private func expectSection(_ name: String, _ wanted: String) throws {
        let text = try String(contentsOf: Self.document, encoding: .utf8)
        let opening = "<!-- generated: \(name) -->\n"
        let start = try #require(text.range(of: opening), "the section '\(name)' is missing")
        let rest = text[start.upperBound...]
        let end = try #require(rest.range(of: "<!-- end -->"), "'\(name)' does not end")
        if rest[..<end.lowerBound] == wanted { return }
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let updated = "\(text[..<start.upperBound])\(wanted)\(rest[end.lowerBound...])"
            try updated.write(to: Self.document, atomically: true, encoding: .utf8)
        } else {
            Issue.record(
                """
                docs/JOURNAL_FORMAT.md: '\(name)' differs from the code. If bytes on disk changed, \
                add a version instead; else run UPDATE_GOLDEN=1 tools/test FormatDocument.
                """)
        }
    }

    /// The rows of a layout, up to the meaning of each field.
    private static func rows(_ layout: Layout) -> [String] {
        layout.fields.map { field in
            "| \(field.offset) | \(field.kind.size) | `\(field.name)` | \(describe(field.kind)) | "
        } + layout.texts.map { "| | | `\($0)` | text | " }
    }

    private static func describe(_ role: EventRole) -> String {
        switch role {
        case .input: "Input."
        case .derived: "Derived."
        case .both: "Input or derived."
        }
    }

    private static func describe(_ kind: Layout.Kind) -> String {
        guard case .names(let names) = kind else { return "\(kind)" }
        return names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
    }

    static func example() throws -> String {
        var batch = Batch(next: .first)
        let noon = Timestamp("2024-03-05T14:30:00Z") ?? .zero
        try batch.append(
            AccountDefined(kind: .paper, name: "main", currency: "USD"),
            Envelope(account: AccountID(.paper, index: 1), time: noon))
        try batch.append(
            OrderCancelled(
                instrument: InstrumentID(1), order: OrderID(9), reason: .dayEnded,
                remaining: Quantity(raw: 1_500_000_000)),
            Envelope(
                account: AccountID(.paper, index: 1), time: noon, cause: SequenceNumber(1),
                recordTime: Timestamp(nanoseconds: noon.nanoseconds + 1_000)))
        let block = try #require(BlockBytes.sealed(&batch).first)
        var lines = JSONLineWriter()
        let text = try BlockBytes.readAll(block, lines: &lines).joined()
        return "```text\n" + dump(block) + "```\n\n```json\n" + text + "```\n"
    }

    private static func dump(_ bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let row = bytes[start..<min(start + 16, bytes.count)]
            let offset = String(start, radix: 16)
            text += String(repeating: "0", count: 4 - offset.utf8.count) + offset + " "
            for byte in row { text += " " + [byte].hexadecimal }
            text += String(repeating: "   ", count: 16 - row.count) + "  "
            for byte in row {
                text.append((33...126).contains(byte) ? Character(Unicode.Scalar(byte)) : ".")
            }
            text += "\n"
        }
        return text
    }
}
