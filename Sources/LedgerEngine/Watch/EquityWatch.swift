import LedgerEvents
import LedgerProjections

/// Knows the equity at which a rule must act, so that most events need one comparison.
struct EquityWatch: Hashable, Sendable {
    /// Equity at or below this is checked. Not saved, because an extra check changes nothing.
    private(set) var line = Int128.max
    /// The last peak. A new peak is checked, because it may end a fall.
    private(set) var peak = Int128.min
    /// Whether the warning of the present fall was raised.
    private(set) var hasWarned = false

    init() {}

    /// Makes the engine check after the next event, whatever it changes.
    mutating func lookAgain() { line = .max }

    mutating func look(at line: Int128) { self.line = line }

    mutating func see(_ worth: AccountEquity) {
        guard worth.peakEquityValue != peak else { return }
        peak = worth.peakEquityValue
        if worth.equityValue >= peak { hasWarned = false }
    }

    mutating func warn() { hasWarned = true }

    /// Starts again from a peak that was set to the present equity.
    mutating func rebase() {
        hasWarned = false
        lookAgain()
    }

    func encode(into writer: inout StateWriter) {
        writer.write(peak)
        writer.write(hasWarned)
    }

    init(from reader: inout StateReader) throws(StateError) {
        peak = try reader.read()
        hasWarned = try reader.read()
    }
}
