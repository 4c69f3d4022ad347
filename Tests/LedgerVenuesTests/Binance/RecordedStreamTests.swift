import Foundation
import LedgerDomain
import LedgerVenues
import Testing

@testable import BinanceWire

@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Binance's recorded stream` {
    /// The messages, each behind the local time at which it came.
    private func lines() throws -> [Substring] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "gzip", "-dc", "\(RealData.path)/binance/websocket/spot-btcusdt-20240808.gz",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }

    @Test func `every message is read, each quote and trade once`() throws {
        var (quotes, trades) = (0, 0)
        var reports: [GatewayReport] = []
        for line in try lines() {
            let json = Array(line.drop { $0 != " " }.dropFirst().utf8)
            reports.removeAll(keepingCapacity: true)
            let signal = try BinanceMarketStream.read(json, received: .zero, into: &reports)
            #expect(signal == .none && reports.count <= 1)
            switch reports.first {
            case .quote(let symbol, let bid, _, let ask, _, _)?:
                #expect(symbol == "BTCUSDT" && bid < ask)
                quotes += 1
            case .trade?: trades += 1
            default: break
            }
        }
        #expect(quotes == 28_040 && trades == 9757)
    }
}
