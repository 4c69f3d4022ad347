import LedgerDomain
import LedgerReading

/// How far the logs of a directory are written. `artifacts/.journal` has it after the journal's name:
///
/// | line | meaning |
/// |---|---|
/// | `at PATH` | where the journal is |
/// | `through EVENT COUNT` | every line of the events through EVENT is written; COUNT lines follow |
/// | `log FILE FIRST LAST END LOG` | the file's inode number (0 for a whole log), the first event in it (0: the log's first), the last one, where its line ends |
struct LogMarks: Hashable {
    struct Mark: Hashable {
        /// The file's inode number. Another one in its place is another file. Not stored for a whole log,
        /// of which a copy is as good: the same journal gives the same bytes anywhere.
        var file: UInt64
        /// The first event in the file; none if the file begins as the log does.
        var first: SequenceNumber
        /// The last event in the file.
        var last: SequenceNumber
        /// Where the line of the last event ends.
        var end: UInt64
    }

    var journal = ""
    var through = SequenceNumber.none
    var logs: [String: Mark] = [:]

    init(journal: String) { self.journal = journal }

    /// Ignores what it cannot read: such a log is compared anew.
    init(text: String) {
        var lines = text.split(separator: "\n").dropFirst()
        if let line = lines.first, line.hasPrefix("at ") {
            journal = String(line.dropFirst(3))
            lines = lines.dropFirst()
        }
        let head = lines.first?.split(separator: " ") ?? []
        guard head.count == 3, head[0] == "through", let event = UInt64(head[1]),
            let count = Int(head[2])
        else { return }
        through = SequenceNumber(event)
        for line in lines.dropFirst().prefix(max(0, count)) {
            let parts = line.split(separator: " ", maxSplits: 5)
            guard parts.count == 6, parts[0] == "log", let file = UInt64(parts[1]),
                let first = UInt64(parts[2]), let last = UInt64(parts[3]),
                let end = UInt64(parts[4]), end <= UInt64(Int64.max)
            else { continue }
            logs[String(parts[5])] = Mark(
                file: file, first: SequenceNumber(first), last: SequenceNumber(last), end: end)
        }
    }

    /// - Parameter open: the logs that may still grow. Of the others it leaves out those that are whole:
    ///   they are found by comparing them.
    func text(open: some Collection<String>) -> String {
        let kept = logs.filter { $0.value.first != .none || open.contains($0.key) }
            .sorted { $0.key < $1.key }
        var text = "at \(journal)\nthrough \(through) \(kept.count)\n"
        for (path, mark) in kept {
            let file = mark.first == .none ? 0 : mark.file
            text += "log \(file) \(mark.first) \(mark.last) \(mark.end) \(path)\n"
        }
        return text
    }
}
