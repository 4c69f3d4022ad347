import LedgerDomain
import LedgerEvents
import LedgerImport

/// The splits in files of actions, in step with a symbol's data.
struct SplitSchedule {
    private var entries: [(symbol: String, time: Timestamp, split: SplitApplied)] = []

    /// Reads the splits of `symbol`. Skips dividends and other symbols.
    mutating func read(_ path: String, _ format: ImportFormat, symbol: String) throws {
        let file = try DataFile(path: path, format: format, instrument: .none)
        while let event = try file.next() {
            guard case .split(let split, let time) = event else { continue }
            entries.append((symbol, time, split))
        }
        // Stable sort: at equal times, the file named first goes first.
        let order = entries.indices.sorted { (entries[$0].time, $0) < (entries[$1].time, $1) }
        entries = order.map { entries[$0] }
    }

    /// Returns what happened to `symbol` before `time`. Data that end exactly at a split precede
    /// it.
    mutating func removeDue(_ symbol: String, before time: Timestamp) -> [SplitApplied] {
        guard !entries.isEmpty else { return [] }
        let due = entries.filter { $0.symbol == symbol && $0.time < time }.map(\.split)
        if !due.isEmpty { entries.removeAll { $0.symbol == symbol && $0.time < time } }
        return due
    }
}
