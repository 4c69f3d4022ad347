import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEvents
import LedgerJournal
import LedgerRunning
import TestSupport

/// A temporary folder, removed with everything in it.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// The shipped example, run over copies of its files in a folder.
struct SampleRun {
    /// Everything that can make two runs differ: draws, partial fills, exits, shorts, digests.
    static let busy: [(key: String, value: String)] = [
        ("account.allow_short", "true"), ("venue.slippage_basis_points", "7"),
        ("venue.fee_basis_points", "3.3"), ("venue.participation_basis_points", "1"),
        ("venue.latency_ms", "1000"), ("venue.latency_jitter_ms", "86400000"), ("seed", "11"),
        ("strategies.0.fast", "3"), ("strategies.0.slow", "9"), ("strategies.0.stop_loss", "2.5"),
        ("strategies.0.take_profit", "5"), ("engine.digest_every", "1000"),
    ]

    let folder: Folder
    let text: String

    init() throws {
        folder = try Folder()
        let yaml = Checkout.root.appendingPathComponent("configs/backtest.yaml")
        text = try String(contentsOf: yaml, encoding: .utf8)
            .replacingOccurrences(of: "configs/sample/", with: folder.path("") + "/")
        try copy(through: "9999")
        try text.write(
            to: folder.url.appendingPathComponent("run.yaml"), atomically: true, encoding: .utf8)
    }

    /// Copies the rows up to a day, written YYYY-MM-DD.
    func copy(through day: String) throws {
        let samples = Checkout.root.appendingPathComponent("configs/sample")
        for name in ["AAPL", "IBM", "MSFT", "GOOG", "actions"] {
            let all = try String(
                contentsOf: samples.appendingPathComponent("\(name).csv"), encoding: .utf8)
            let column = name == "actions" ? 1 : 0
            let lines = all.split(separator: "\n")
            let rows = lines.dropFirst().filter { $0.split(separator: ",")[column] <= day }
            try ([lines[0]] + rows).map { $0 + "\n" }.joined().write(
                to: folder.url.appendingPathComponent("\(name).csv"), atomically: true,
                encoding: .utf8)
        }
    }

    @discardableResult
    func run(
        into journal: any Journal, _ settings: [(key: String, value: String)] = busy,
        checkpointEvery: UInt64 = 1000
    ) throws -> BacktestResult {
        let configuration = try Configuration(
            path: "run.yaml", text: text, environment: [:], overrides: settings)
        return try Backtest(configuration).run(
            into: journal, named: "run", commitBytes: 20_000, checkpointEvery: checkpointEvery)
    }
}

extension Journal {
    func lines() throws -> [String] {
        var writer = JSONLineWriter()
        var found: [String] = []
        try forEachRecord(from: .first) { record in
            var bytes: [UInt8] = []
            try writer.append(record, to: &bytes)
            found.append(String(decoding: bytes, as: UTF8.self))
            return true
        }
        return found
    }

    /// A copy in memory, with checksums and chain of its own, in which `change` may write other records.
    func rewritten(
        _ change: (Record, inout Batch) throws -> Void
    ) throws -> MemoryJournal {
        let copy = MemoryJournal()
        var batch = Batch(next: .first)
        try forEachRecord(from: .first) { record in
            try change(record, &batch)
            return true
        }
        try copy.append(&batch)
        return copy
    }
}
