import Foundation
import TestSupport

/// The built `ledger`, run by a shell in a folder of its own.
struct Program {
    struct Result: Equatable {
        var output: String
        var errors: String
        var code: Int32
    }

    let folder: Folder

    /// Names that every command finds: `ledger`, the journals' home, and $ROOT, the package.
    private var environment: [String: String] {
        let outer = ProcessInfo.processInfo.environment
        var inner = [
            "PATH": "\(Checkout.products):\(outer["PATH"] ?? "/usr/bin:/bin")",
            "HOME": folder.path, "LEDGER_HOME": "\(folder.path)/journal", "USER": "tester",
            "TZ": "UTC", "LC_ALL": "C.UTF-8", "ROOT": Checkout.root.path,
            "SWIFT_BACKTRACE": "enable=no",
        ]
        for name in ["LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] { inner[name] = outer[name] }
        return inner
    }

    /// Waits until a command succeeds; there is nothing to sleep for.
    private static let prelude = "await() { until \"$@\" >/dev/null 2>&1; do :; done; }\n"

    func run(_ command: String, input: String = "") throws -> Result {
        let output = folder.url.appendingPathComponent(".output")
        let errors = folder.url.appendingPathComponent(".errors")
        let source = folder.url.appendingPathComponent(".input")
        try Data(input.utf8).write(to: source)
        for file in [output, errors] { try Data().write(to: file) }
        let process = Process()
        // Other tests of this process leave SIGPIPE ignored, which a child inherits.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "--default-signal=PIPE", "/bin/bash", "-c", Self.prelude + command,
        ]
        process.currentDirectoryURL = folder.url
        process.environment = environment
        // Files, because a pipe would have to be read while the process runs.
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let code = process.terminationStatus
        return Result(
            output: try text(of: output), errors: try text(of: errors),
            code: process.terminationReason == .exit ? code : 128 + code)
    }

    /// Without what differs from run to run: the folder, the present time, who and where.
    private func text(of file: URL) throws -> String {
        var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        text = text.replacingOccurrences(of: folder.path, with: "HERE")
        text = text.replacingOccurrences(of: Checkout.root.path, with: "ROOT")
        let patterns = [
            (#"20(2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "NOW"),
            (#"20(2[6-9]|[3-9]\d)-\d\d-\d\d(?![T\d])"#, "TODAY"),
            (#"process \d+ of"#, "process N of"), (#"tester@[A-Za-z0-9._-]+"#, "tester@host"),
        ]
        for (pattern, word) in patterns {
            text = text.replacingOccurrences(
                of: pattern, with: word, options: .regularExpression)
        }
        return text
    }
}

/// A temporary folder, removed with everything in it.
final class Folder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
