import Foundation
import TestSupport
import Testing

/// Clients that nobody here wrote.
@Suite struct ClientTests {
    /// Whether the clients are installed or can be; in continuous integration they must be.
    private static let canInstall: Bool = {
        if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        let process = Process()
        process.executableURL = Checkout.root.appendingPathComponent("tools/clients/setup")
        process.standardError = Pipe()
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: canInstall, "the clients are not installed and PyPI is not reachable"))
    func `alpaca-py, python-binance, binance-connector and ccxt trade and stream`() throws {
        let process = Process()
        process.executableURL = Checkout.root.appendingPathComponent("tools/clients/run")
        var environment = ProcessInfo.processInfo.environment
        environment["LEDGERD"] = "\(Checkout.products)/ledgerd"
        process.environment = environment
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        for client in ["alpaca-py", "python-binance", "binance-connector", "ccxt"] {
            #expect(text.contains("\(client): passed"), "\(text)")
        }
    }
}
