import Foundation
import TestSupport
import Testing

/// The same bytes in any process and any build.
@Suite struct ProcessTests {
    private static let release = Checkout.root.appendingPathComponent(".build/release/ledger").path

    private func ledger(_ program: String, _ arguments: [String], _ folder: Folder) throws -> String
    {
        let output = folder.url.appendingPathComponent("output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = Checkout.root
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(arguments)")
        return try String(contentsOf: output, encoding: .utf8)
    }

    /// What `verify` prints about a new back-test: how many events, and the last link of the chain.
    private func chain(_ program: String, _ name: String, _ folder: Folder) throws -> String {
        let journal = folder.path(name)
        let settings = SampleRun.busy.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        // The name is part of the journal, so that both lie in a folder of one name.
        _ = try ledger(
            program,
            ["backtest", "-c", "configs/backtest.yaml", "--journal", journal, "--replace"]
                + settings, folder)
        return try ledger(program, ["verify", "--journal", journal], folder)
    }

    @Test func `two processes write the same chain`() throws {
        let folder = try Folder()
        let program = Checkout.products + "/ledger"
        let first = try chain(program, "journal", folder)
        #expect(first.hasPrefix("ok: "))
        #expect(try chain(program, "journal", folder) == first)
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: release),
            "there is no release build; make one with swift build -c release --product ledger"))
    func `debug and release builds write the same chain`() throws {
        let folder = try Folder()
        let program = Checkout.products + "/ledger"
        #expect(
            try chain(Self.release, "journal", folder) == chain(program, "journal", folder))
    }
}
