import Foundation
import LedgerJournal
import TestSupport

/// The journals under `journal/golden/`.
enum GoldenJournal {
    private static let folder = Checkout.root.appendingPathComponent("journal/golden")

    static let names: [String] = {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (all ?? []).filter { $0.hasPrefix("v") }.sorted()
    }()

    /// Lists of one sample or two of each event: their bytes are golden, but no run wrote them.
    static let samples = ["v1", "v1-safety", "v1-venues", "v3-corrections", "v3-deferrals"]

    /// What an engine derived from inputs, so that it can be derived again.
    static let runs = names.filter { !samples.contains($0) }

    /// A copy, because opening a journal puts files beside it.
    static func copy(_ name: String) throws -> Folder {
        let copy = try Folder()
        try FileManager.default.copyItem(
            at: folder.appendingPathComponent("\(name)/data.mdb"),
            to: copy.url.appendingPathComponent("data.mdb"))
        return copy
    }

    static func lines(_ name: String) throws -> String {
        try String(
            contentsOf: folder.appendingPathComponent("\(name)/events.jsonl"), encoding: .utf8)
    }
}
