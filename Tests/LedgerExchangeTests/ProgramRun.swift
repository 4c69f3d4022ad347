import Foundation
import LedgerVenues
import TestSupport
import Testing

/// The built `ledgerd exchange` in a process of its own.
final class ProgramRun {
    let process = Process()
    private(set) var lines: [String] = []
    private let output = Pipe()

    /// Returns when it is ready.
    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "\(Checkout.products)/ledgerd")
        process.arguments = ["exchange", "--port", "0"] + arguments
        process.standardOutput = output
        var environment = ProcessInfo.processInfo.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        try process.run()
        var text = ""
        while !text.hasSuffix("ready\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw SocketClient.Failure.closed }
            text += String(decoding: data, as: UTF8.self)
        }
        lines = text.split(separator: "\n").map(String.init)
    }

    func port(_ dialect: String) throws -> Int {
        let line = try #require(lines.first { $0.hasPrefix("\(dialect) rest ") })
        return try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    func ask(
        _ dialect: String, _ method: String, _ target: String, _ body: WireValue? = nil
    ) throws -> HTTPAnswer {
        let client = try SocketClient(port: try port(dialect))
        let bytes = body.map(WireJSON.encode) ?? []
        let lines =
            ["\(method) \(target) HTTP/1.1", "Host: localhost"] + TestExchange.keys
            + ["Content-Length: \(bytes.count)"]
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + bytes)
        return try HTTPAnswer(from: client)
    }

    func kill(_ signal: Int32) -> Int32 {
        Foundation.kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }

    deinit { if process.isRunning { _ = kill(SIGKILL) } }
}
