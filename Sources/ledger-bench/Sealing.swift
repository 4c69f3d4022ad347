import Glibc
import LedgerArchive
import LedgerJournal
import LedgerReading

enum Sealing {
    /// Builds the tree of a journal from its first event, tiles and all, into a directory of its own. The
    /// secret is the same each time, so the root is.
    static func run(_ path: String, in directory: String) throws {
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        JournalHome.makeParents(of: "\(directory)/secret")
        try makeSecret("\(directory)/secret")
        let sealer = try TreeSealer(journal, directory: directory)
        for _ in 0..<3 {
            let time = try Benchmark.seconds { try sealer.rebuild() }
            Benchmark.printResult([
                ("events", "\(sealer.size)"), ("seconds", time.rounded(to: 4)),
                ("events_per_s", (Double(sealer.size) / time).rounded(to: 0)),
                ("digest", "\"\(sealer.root)\""),
            ])
        }
    }

    private static func makeSecret(_ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw InputError("\(path) cannot be written") }
        defer { close(file) }
        guard write(file, Array(UInt8(0)..<32), 32) == 32 else {
            throw InputError("\(path) cannot be written")
        }
    }
}
