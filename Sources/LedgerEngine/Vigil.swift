import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Equity at the start of a day, and what moved in or out since.
struct DayStart: Hashable, Sendable {
    /// In 10^-18.
    var equity: Int128 = 0
    var deposits = Money.zero

    /// The day's first equity with the transfers since: what its loss is a share of.
    func basis(_ worth: AccountEquity) -> Int128 {
        equity + (worth.netDeposits.raw - deposits.raw) * Int128(FixedPoint.one)
    }

    func encode(into writer: inout StateWriter) {
        writer.write(equity)
        writer.write(deposits)
    }

    init() {}

    init(_ worth: AccountEquity) { (equity, deposits) = (worth.equityValue, worth.netDeposits) }

    init(from reader: inout StateReader) throws(StateError) {
        equity = try reader.read()
        deposits = try reader.read()
    }
}

/// What the engine remembers of an instrument's data.
struct DataWatch: Hashable, Sendable {
    var last = Timestamp.zero
    /// The last day with data, and how many there were.
    var day = Int64.min
    var days: UInt32 = 0
    /// Data in a row since a pause, none later than the time-out.
    var stable: UInt32 = 0
    var pausedAt: Timestamp?

    func encode(into writer: inout StateWriter) {
        writer.write(last)
        writer.write(day)
        writer.write(days)
        writer.write(stable)
        writer.write(pausedAt != nil)
        writer.write(pausedAt ?? .zero)
    }

    init() {}

    init(from reader: inout StateReader) throws(StateError) {
        last = try reader.read()
        day = try reader.read()
        days = try reader.read()
        stable = try reader.read()
        let isPaused: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        pausedAt = isPaused ? time : nil
    }
}

/// What the safety layer remembers between two events, beside its folds.
struct Vigil: Hashable, Sendable {
    /// Equity at or below this is to be looked at. Computed from the rest, and not saved: to look once
    /// more changes nothing.
    var line = Int128.max
    /// The peak that was seen last: another one is to be looked at, and may end a fall.
    var peak = Int128.min

    /// Whether the present fall's warning was raised.
    var hasWarned = false
    /// From this time on something is due.
    var boundary = Timestamp(nanoseconds: .min)
    /// What equity was before the event that crossed the boundary.
    var before = DayStart()
    var isDue = false

    /// The trading day by the account's calendar, counted from 1970, and the open that ends it.
    var day = Int64.min
    var dayEnds = Timestamp(nanoseconds: .min)
    var dayStart = DayStart()
    /// The day of the absolute loss limit and of counted entries: from one UTC hour to the next.
    var resetAt = Timestamp(nanoseconds: .min)
    var resetStart = DayStart()
    var pauseUntil: Timestamp?
    /// Of the market, per cent a year, when the day began; and what it amounts to.
    var volatility: Double?
    var regime = Regime.normal

    var counters = FaultCounters()
    var entries: UInt32 = 0
    var orders = SlidingWindow()
    var signals = TokenBucket()
    /// The last fill, or the first trading day where there was none.
    var lastTrade: Timestamp?
    var hasToldQuiet = false
    /// The last market data of any instrument.
    var lastData = Timestamp.zero
    /// By instrument number.
    var data: [DataWatch] = []

    init() {}

    /// Makes the next event be looked at, whatever it moves.
    mutating func lookAgain() { line = .max }

    func encode(into writer: inout StateWriter) {
        writer.write(peak)
        writer.write(hasWarned)
        writer.write(boundary)
        writer.write(day)
        writer.write(dayEnds)
        dayStart.encode(into: &writer)
        writer.write(resetAt)
        resetStart.encode(into: &writer)
        writer.write(pauseUntil != nil)
        writer.write(pauseUntil ?? .zero)
        writer.write(volatility ?? -1)
        writer.write(regime)
        counters.encode(into: &writer)
        writer.write(entries)
        orders.encode(into: &writer)
        signals.encode(into: &writer)
        writer.write(lastTrade != nil)
        writer.write(lastTrade ?? .zero)
        writer.write(hasToldQuiet)
        writer.write(lastData)
        writer.write(data) { writer, watch in watch.encode(into: &writer) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        peak = try reader.read()
        hasWarned = try reader.read()
        boundary = try reader.read()
        day = try reader.read()
        dayEnds = try reader.read()
        dayStart = try DayStart(from: &reader)
        resetAt = try reader.read()
        resetStart = try DayStart(from: &reader)
        let isPaused: Bool = try reader.read()
        let until: Timestamp = try reader.read()
        pauseUntil = isPaused ? until : nil
        let saved: Double = try reader.read()
        volatility = saved < 0 ? nil : saved
        regime = try reader.read()
        counters = try FaultCounters(from: &reader)
        entries = try reader.read()
        orders = try SlidingWindow(from: &reader)
        signals = try TokenBucket(from: &reader)
        let hasTraded: Bool = try reader.read()
        let traded: Timestamp = try reader.read()
        lastTrade = hasTraded ? traded : nil
        hasToldQuiet = try reader.read()
        lastData = try reader.read()
        data = try reader.readArray { (reader) throws(StateError) in
            try DataWatch(from: &reader)
        }
    }
}
