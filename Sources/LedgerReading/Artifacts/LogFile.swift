import LedgerDomain
import LedgerEvents

/// A file of lines that grows. Only what was not written yet is kept in memory.
struct LogFile {
    let path: String
    private var written: UInt64 = 0
    private var bytes: [UInt8] = []
    private var lines: [Artifacts.Line] = []

    /// More is written at once.
    private static let most = 1 << 16

    init(_ path: String) { self.path = path }

    mutating func add(
        _ line: String, of event: SequenceNumber, _ sink: (Artifacts.File) throws -> Void
    ) throws {
        bytes += Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        lines.append(Artifacts.Line(event: event, end: bytes.count))
        if bytes.count >= Self.most { try flush(sink) }
    }

    mutating func flush(_ sink: (Artifacts.File) throws -> Void) throws {
        guard !bytes.isEmpty else { return }
        try sink(Artifacts.File(path: path, bytes: bytes, offset: written, lines: lines))
        written += UInt64(bytes.count)
        bytes.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }
}

/// The logs for people: of each run, of all fills, and of everything that is a warning or more (A18).
struct LogFiles {
    private var trades = LogFile("logs/trades.log")
    private var errors = LogFile("logs/errors.log")
    private var run: LogFile?

    /// - Parameter name: the run's; empty outside runs.
    mutating func begin(run name: String, _ sink: (Artifacts.File) throws -> Void) throws {
        try run?.flush(sink)
        run = name.isEmpty ? nil : LogFile("logs/\(Artifacts.fileName(name)).log")
    }

    mutating func add(
        _ line: String, of event: SequenceNumber, isTrade: Bool, isTrouble: Bool,
        _ sink: (Artifacts.File) throws -> Void
    ) throws {
        try run?.add(line, of: event, sink)
        if isTrade { try trades.add(line, of: event, sink) }
        if isTrouble { try errors.add(line, of: event, sink) }
    }

    mutating func flush(_ sink: (Artifacts.File) throws -> Void) throws {
        try run?.flush(sink)
        try trades.flush(sink)
        try errors.flush(sink)
    }
}
