import Foundation
import LedgerEvents
import TestSupport
import Testing

/// tools/generate_events: what it made is committed, and it makes what docs/HACKING.md says.
@Suite struct GeneratorTests {
    /// The next free number of an event.
    private static let next = (EventType.allCases.map { Int($0.rawValue) }.max() ?? 0) + 1

    /// Runs a program and returns both of its streams as one text.
    private func run(_ program: URL, _ arguments: [String]) throws -> (text: String, exit: Int32) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }

    private func generate(in root: URL, _ arguments: String...) throws -> (
        text: String, exit: Int32
    ) {
        try run(root.appendingPathComponent("tools/generate_events"), arguments)
    }

    /// A folder with what the generator reads and the committed files that it writes.
    private func copy() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-generator-\(UUID().uuidString)")
        for path in [
            "tools/events", "tools/generate_events", "tools/journal_events.py",
            "tools/read_journal.py", "docs/JOURNAL_FORMAT.md", "Sources/LedgerDomain",
            "Sources/LedgerEvents",
        ] {
            let target = folder.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Checkout.root.appendingPathComponent(path), to: target)
        }
        return folder
    }

    private func append(_ text: String, to path: String, in folder: URL) throws {
        let file = folder.appendingPathComponent(path)
        let before = try String(contentsOf: file, encoding: .utf8)
        try (before + text).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func `the generated files are those of the tables`() throws {
        let result = try generate(in: Checkout.root, "--check")
        #expect(result.exit == 0 && result.text.isEmpty, "\(result.text)")
    }

    private static let moonRisen = """

        | How bright a moon is.
        enumeration Brightness zero dark
             1 dim
             2 full named whole

        | A moon rose.
        event \(next) MoonRisen input
            instrument
             20 brightness Brightness
             24 height     price
            | Moons that are up.
             32 moons      u8
             40 shine      quantity
            text moon
            init _ brightness, instrument = .none, height, moons, shine, moon

        """

    @Test func `one more event in a table reaches every generated file and both readers`() throws {
        let folder = try copy()
        defer { try? FileManager.default.removeItem(at: folder) }
        try append(Self.moonRisen, to: "tools/events/market.events", in: folder)
        let stale = try generate(in: folder, "--check")
        #expect(stale.exit == 1)
        let made = try generate(in: folder)
        #expect(made.exit == 0, "\(made.text)")
        for path in [
            "Sources/LedgerEvents/Generated/MarketEvents.swift",
            "Sources/LedgerEvents/Generated/EventType.swift",
            "Sources/LedgerEvents/Generated/EventPayloads.swift", "tools/journal_events.py",
            "docs/JOURNAL_FORMAT.md",
        ] {
            let file = folder.appendingPathComponent(path)
            #expect(try String(contentsOf: file, encoding: .utf8).contains("MoonRisen"), "\(path)")
            #expect(stale.text.contains("\(path) is stale"))
            #expect(made.text.contains("wrote \(path)"))
        }
        #expect(try generate(in: folder, "--check").exit == 0)
        let reader = try run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "python3", "-B", "-c",
                "import sys; sys.path.insert(0, sys.argv[1]); import read_journal as reader; "
                    + "print(reader.EVENTS[\(Self.next)])",
                folder.appendingPathComponent("tools").path,
            ])
        #expect(
            reader.text == """
                ('MoonRisen', 1, 48, [('brightness', 20, ['dark', 'dim', 'full']), \
                ('height', 24, 'price'), ('moons', 32, 'u8'), ('shine', 40, 'quantity')], ['moon'])

                """)
        let compiled = try typecheck(folder)
        #expect(compiled.exit == 0, "\(compiled.text)")
    }

    /// Type-checks the copied sources of the domain and the events as one module.
    private func typecheck(_ folder: URL) throws -> (text: String, exit: Int32) {
        var files: [String] = []
        for target in ["Sources/LedgerDomain", "Sources/LedgerEvents"] {
            let paths = FileManager.default.enumerator(
                atPath: folder.appendingPathComponent(target).path)
            while let path = paths?.nextObject() as? String {
                guard path.hasSuffix(".swift") else { continue }
                let file = folder.appendingPathComponent("\(target)/\(path)")
                let text = try String(contentsOf: file, encoding: .utf8)
                try text.replacingOccurrences(of: "import LedgerDomain\n", with: "")
                    .write(to: file, atomically: true, encoding: .utf8)
                files.append(file.path)
            }
        }
        let include = Checkout.root.appendingPathComponent("Sources/CChecksum/include").path
        try "module CChecksum { header \"\(include)/checksum.h\" export * }".write(
            to: folder.appendingPathComponent("module.modulemap"), atomically: true, encoding: .utf8
        )
        return try run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors",
                "-package-name", "ledger", "-module-cache-path",
                folder.appendingPathComponent("modules").path, "-I", folder.path,
            ] + files)
    }

    static let faults: [(table: String, problem: String)] = [
        ("event 0 MoonRisen input\n", "numbered from 1, each once"),
        ("event \(next - 1) MoonRisen input\n", "numbered from 1, each once"),
        ("event \(next) MoonRisen outside\n", "with a role"),
        ("event \(next) MoonRisen input\n    24 height lengths\n", "is no kind"),
        ("event \(next) MoonRisen input\n    24 a price\n    28 b u32\n", "overlaps"),
        ("event \(next) MoonRisen input\n    18 a u16\n", "overlaps"),
        ("event \(next) MoonRisen input\n    28 a price\n", "multiple of 8"),
        ("event \(next) MoonRisen input\n    24 a price\n    text a\n", "a name twice"),
        ("event \(next) MoonRisen input\n    24 a price called b\n", "'called' is not known"),
        ("event \(next) MoonRisen input\n    24 a price\n    init b\n", "which is not stored"),
        ("event \(next) MoonRisen input\n    group a Price\n", "a group is"),
        ("event \(next) MoonRisen input\n    colour\n", "a field is"),
        (
            "event \(next) MoonRisen input\n    24 a quantity\n    32 b quantity\n    40 c quantity\n",
            "which two quantities"
        ),
        ("enumeration Moon\n    1 dim\n    3 full\n", "from 1 without gaps"),
        ("enumeration Moon\n    1 dim\n    2 dim\n", "a word twice"),
        ("enumeration Moon\n    dim\n", "a case is"),
        ("moon 1\n", "neither an enumeration nor an event"),
    ]

    @Test(arguments: faults)
    func `a fault in a table is named with its place`(table: String, problem: String) throws {
        let folder = try copy()
        defer { try? FileManager.default.removeItem(at: folder) }
        try append("\n" + table, to: "tools/events/market.events", in: folder)
        let result = try generate(in: folder)
        #expect(result.exit == 1)
        #expect(result.text.contains(problem), "\(result.text)")
        #expect(!result.text.contains("Traceback"), "\(result.text)")
    }
}
