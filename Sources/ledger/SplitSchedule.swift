import LedgerDomain
import LedgerEvents
import LedgerImport

/// The splits of files of actions, handed out in step with a symbol's data.
struct SplitSchedule {
    private var entries: [(symbol: String, time: Timestamp, split: SplitApplied)] = []

    /// Reads the splits of `symbol`; dividends and other symbols are passed over.
    mutating func read(_ path: String, _ format: ImportFormat, symbol: String) throws {
        let file = try DataFile(path: path, format: format, instrument: .none)
        while let event = try file.next() {
            guard case .split(let split, let time) = event else { continue }
            entries.append((symbol, time, split))
        }
        // Stable, so that of one time the file named first goes first.
        let order = entries.indices.sorted { (entries[$0].time, $0) < (entries[$1].time, $1) }
        entries = order.map { entries[$0] }
    }

    /// Takes what happened to `symbol` before `time`; what ends at the very time of a split goes before it.
    mutating func removeDue(_ symbol: String, before time: Timestamp) -> [SplitApplied] {
        guard !entries.isEmpty else { return [] }
        let due = entries.filter { $0.symbol == symbol && $0.time < time }.map(\.split)
        if !due.isEmpty { entries.removeAll { $0.symbol == symbol && $0.time < time } }
        return due
    }
}
