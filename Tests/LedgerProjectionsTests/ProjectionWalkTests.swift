import Foundation
import TestSupport
import Testing

/// A projection is two files, as docs/HACKING.md says: on a copy of the sources the walk compiles.
@Suite struct ProjectionWalkTests {
    private static let projection = """
        import LedgerDomain
        import LedgerEvents

        /// How many dividends each instrument paid.
        public struct DividendCount: Projection, Hashable {
            public static let name = "dividend_count"
            public static let version: UInt32 = 1
            public static let types: [EventType] = [.dividendPaid]

            public private(set) var count: UInt64 = 0

            public init() {}

            public mutating func apply(_ record: Record) throws(FoldError) { count += 1 }

            public func encode(into writer: inout StateWriter) { writer.write(count) }

            public init(from reader: inout StateReader) throws(StateError) {
                count = try reader.read()
            }
        }

        """

    private static let entry = """
                .beside(
                    DividendCount.self,
                    ProjectionView("dividend_count") { tables in
                        var table = Table([.init("count", .number)])
                        table.add(["\\(try tables.fold(DividendCount.self).count)"])
                        return table
                    }),
            ]

            /// Tables of what only the engine knows.
        """

    private func compile(_ module: String, _ sources: URL, in folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        var arguments = [
            "swiftc", "-swift-version", "6", "-parse-as-library", "-module-name", module,
            "-package-name", Checkout.root.lastPathComponent.lowercased(), "-emit-module",
            "-emit-module-path", "\(folder.path)/\(module).swiftmodule", "-I", folder.path, "-I",
            "\(Checkout.products)/Modules",
        ]
        for directory in [Checkout.root.appendingPathComponent("Sources").path, Checkout.products] {
            for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            where name.hasPrefix("C") || name.hasPrefix("_") {
                let map = "\(directory)/\(name)/module.modulemap"
                if FileManager.default.fileExists(atPath: map) {
                    arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
                }
            }
        }
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        arguments += (files?.allObjects ?? []).compactMap { ($0 as? URL)?.path }
            .filter { $0.hasSuffix(".swift") }.sorted()
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        return process.terminationStatus == 0 ? "" : "\(module): \(text)"
    }

    @Test func `a projection is one file and one entry`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-walk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["LedgerProjections", "LedgerReading"] {
            try FileManager.default.copyItem(
                at: Checkout.root.appendingPathComponent("Sources/\(name)"),
                to: folder.appendingPathComponent(name))
        }
        try Self.projection.write(
            to: folder.appendingPathComponent("LedgerProjections/DividendCount.swift"),
            atomically: true, encoding: .utf8)
        let register = folder.appendingPathComponent(
            "LedgerReading/Projections/ProjectionRegister.swift")
        let before = try String(contentsOf: register, encoding: .utf8)
        let after = before.replacingOccurrences(
            of: "    ]\n\n    /// Tables of what only the engine knows.", with: Self.entry)
        #expect(before != after)
        try after.write(to: register, atomically: true, encoding: .utf8)
        for name in ["LedgerProjections", "LedgerReading"] {
            let problem = try compile(name, folder.appendingPathComponent(name), in: folder)
            #expect(problem.isEmpty, "\(problem)")
        }
    }
}
