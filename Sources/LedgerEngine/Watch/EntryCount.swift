import LedgerDomain
import LedgerEvents
import LedgerSafety

/// Counts entries and signals for the limits of a day, a minute and a second.
struct EntryCount: Hashable, Sendable {
    private(set) var today: UInt32 = 0
    private var orders = SlidingWindow()
    private var signals = TokenBucket()

    init() {}

    /// Counts an entry that was sent.
    mutating func add(at time: Timestamp, _ rules: RiskRules) {
        today &+= 1
        if rules.ordersPerMinute > 0 { orders.add(time, span: .minute) }
    }

    mutating func beginDay() { today = 0 }

    /// Entries in the minute before `time`.
    func lastMinute(_ time: Timestamp) -> Int { orders.count(at: time, span: .minute) }

    /// Whether one more signal may pass in this second; counts it when it may.
    mutating func takeSignal(at time: Timestamp, rate: Int64) -> Bool {
        signals.spend(at: time, rate: rate)
    }

    func encode(into writer: inout StateWriter) {
        writer.write(today)
        orders.encode(into: &writer)
        signals.encode(into: &writer)
    }

    init(from reader: inout StateReader) throws(StateError) {
        today = try reader.read()
        orders = try SlidingWindow(from: &reader)
        signals = try TokenBucket(from: &reader)
    }
}
