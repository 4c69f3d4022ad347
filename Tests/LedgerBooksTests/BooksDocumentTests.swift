import Foundation
import TestSupport
import Testing

@Suite struct BooksDocumentTests {
    @Test(
        .enabled(
            if: BooksTool.hledger.mustRun && BooksTool.ledger.mustRun
                && BooksTool.beancount.mustRun,
            "hledger, /usr/bin/ledger and Beancount are not all installed: run tools/install"))
    func `every command of the page about the books does what it says`() throws {
        let root = Checkout.root.path
        let text = try String(contentsOfFile: root + "/docs/BOOKS.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "```sh\n").dropFirst()
        let commands = blocks.compactMap { $0.components(separatedBy: "```").first }.joined()
        #expect(commands.contains("bean-check"))
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("books-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Makes the virtual environment where it is not there yet.
        _ = try BooksTool.beancount.run(["-c", "import beancount"])
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let script = """
            set -e
            cd "\(folder.path)"
            ln -s "\(root)/configs" configs
            export LEDGER_HOME="$PWD/home"
            PATH="\(products.path):\(root)/.build/python/bin:$PATH"
            \(commands)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
    }
}
