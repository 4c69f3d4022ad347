import Foundation
import TestSupport

/// Other bookkeeping programs, run outside of this process.
enum BooksTool: String {
    case hledger = "/usr/bin/hledger"
    /// By its path: this project's program has the same name.
    case ledger = "/usr/bin/ledger"
    case beancount = "Python with Beancount"

    private static let isContinuous = ProcessInfo.processInfo.environment["CI"] == "true"
    private static let hasBeancount =
        (try? BooksTool.beancount.run(["-c", "import beancount"]))?.code == 0

    /// Where everything is checked a missing tool fails the tests instead of leaving them out.
    var mustRun: Bool {
        if Self.isContinuous { return true }
        return self == .beancount
            ? Self.hasBeancount : FileManager.default.isExecutableFile(atPath: rawValue)
    }

    struct Result {
        var output: String
        var errors: String
        var code: Int32
    }

    func run(_ words: [String]) throws -> Result {
        let process = Process()
        let program = self == .beancount ? Checkout.root.path + "/tools/python" : rawValue
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        // Ledger takes options from variables that begin with its name.
        let outer = ProcessInfo.processInfo.environment
        process.environment = ["LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"].merging(
            outer.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
        ) { own, _ in own }
        process.standardInput = FileHandle.nullDevice
        let folder = FileManager.default.temporaryDirectory
        let files = try (0..<2).map { _ in
            let file = folder.appendingPathComponent("books-\(UUID().uuidString)")
            try Data().write(to: file)
            return file
        }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        return Result(
            output: String(decoding: try Data(contentsOf: files[0]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            code: process.terminationStatus)
    }
}

/// A text in a file that goes when nobody needs it.
final class BooksFile {
    let path: String

    init(_ text: String, _ ending: String) throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("books-\(UUID().uuidString).\(ending)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
