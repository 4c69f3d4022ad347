import Glibc
import LedgerEvents
import LedgerReading
import Synchronization

/// Writes standard output in large pieces, and progress to a terminal.
package enum Terminal {
    package static let isOutput = isatty(1) == 1
    package static let isError = isatty(2) == 1

    /// Whether tables are coloured by default: on a terminal, unless NO_COLOR is set or TERM is dumb.
    package static var wantsColours: Bool {
        func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        return isOutput && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
    }

    /// The characters of a line: those of the terminal, or 80.
    package static var width: Int {
        var size = winsize()
        guard isOutput, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static let captured = Mutex<[UInt8]?>(nil)

    /// Returns what `body` would have written to standard output.
    package static func capture(_ body: () throws -> Void) throws -> [UInt8] {
        captured.withLock { $0 = [] }
        defer { captured.withLock { $0 = nil } }
        try body()
        return captured.withLock { $0 ?? [] }
    }

    /// Writes everything to standard output. Exits silently if the reader has closed it.
    package static func write(_ bytes: [UInt8]) {
        guard !offer(bytes) else { return }
        if errno == EPIPE { exit(0) }
        complain("ledger: standard output: \(String(cString: strerror(errno)))")
        exit(4)
    }

    /// Writes everything to standard output; false if that fails.
    package static func offer(_ bytes: [UInt8]) -> Bool {
        let isKept = captured.withLock { kept in
            kept?.append(contentsOf: bytes)
            return kept != nil
        }
        return isKept || write(bytes, to: 1)
    }

    /// Prints a text of one or more lines.
    package static func print(_ text: String) { write(Array((PlainText.lines(text) + "\n").utf8)) }

    /// Prints a text of one or more lines on standard error.
    package static func complain(_ text: String) { show(PlainText.lines(text) + "\n") }

    /// Writes to standard error. A failure is ignored, because there is nowhere to report it.
    package static func show(_ text: String) { _ = write(Array(text.utf8), to: 2) }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let written = Glibc.write(
                    file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if written < 0 && errno != EINTR { return false }
                offset += max(written, 0)
            }
            return true
        }
    }
}

/// The first Ctrl-C ends a run cleanly: the run checks the flag between two commits.
package enum Interrupt {
    private static let flag = Atomic<Bool>(false)

    package static var wasAsked: Bool { flag.load(ordering: .relaxed) }

    package static func catchSignals() {
        // Touched here so that the handler never initialises it.
        _ = wasAsked
        // A child inherits blocked signals from its parent's threads.
        var caught = sigset_t()
        sigemptyset(&caught)
        for number in [SIGINT, SIGTERM] { sigaddset(&caught, number) }
        sigprocmask(SIG_UNBLOCK, &caught, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                // A second Ctrl-C exits at once.
                if Interrupt.wasAsked { _exit(128 + number) }
                Interrupt.flag.store(true, ordering: .relaxed)
            }
        }
    }
}

/// A progress bar on standard error, if that is a terminal.
package struct ProgressBar {
    private let label: String
    private var shown = ""

    package init(_ label: String) { self.label = label }

    package mutating func show(_ done: UInt64, of total: UInt64?, _ note: String = "") {
        guard Terminal.isError else { return }
        var line = "\(label) "
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * 30)
            line += "[" + String(repeating: "#", count: filled)
            line += String(repeating: ".", count: 30 - filled) + "] \(Int(share * 100)) %"
        } else {
            line += "\(done)"
        }
        line += note.isEmpty ? "" : "  \(note)"
        guard line != shown else { return }
        shown = line
        Terminal.show("\r\u{1B}[K" + line)
    }

    package func clear() {
        if Terminal.isError, !shown.isEmpty { Terminal.show("\r\u{1B}[K") }
    }
}
