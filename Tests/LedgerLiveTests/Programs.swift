import Foundation
import TestSupport
import Testing

/// The built programs, run in a folder of their own.
struct Programs {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "live-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, _ name: String) throws {
        try text.write(
            to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    func start(
        _ words: [String], output: FileHandle, environment extra: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: words[0].contains("/") ? words[0] : "\(Checkout.products)/\(words[0])")
        process.arguments = Array(words.dropFirst())
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        environment.merge(extra) { $1 }
        process.environment = environment
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    func run(_ words: String...) throws -> (text: String, code: Int32) { try run(words) }

    func run(_ words: [String]) throws -> (text: String, code: Int32) {
        let file = folder.appendingPathComponent("output-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try start(words, output: try FileHandle(forWritingTo: file))
        process.waitUntilExit()
        let text = try String(contentsOf: file, encoding: .utf8)
        return (text, process.terminationStatus)
    }
}
