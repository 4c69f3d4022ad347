import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Equity at the start of a day, and deposits and withdrawals since then.
struct DayStart: Hashable, Sendable {
    /// In 10^-18.
    private var equity: Int128 = 0
    private var deposits = Money.zero

    /// Of a day that began while equity was unknown.
    static let unknown: DayStart = {
        var start = DayStart()
        start.equity = .min
        return start
    }()

    /// The day's first equity plus later transfers: the basis of the day's loss. Without a first equity the
    /// present one, so that there is no loss.
    func basis(_ worth: AccountEquity) -> Int128 {
        self == .unknown
            ? worth.equityValue
            : equity + (worth.netDeposits.raw - deposits.raw) * Int128(FixedPoint.one)
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

/// Knows when days and pauses end, and what equity was when they began.
///
/// There are two kinds of day: the trading day of the account's calendar, and the day for the absolute loss
/// limit and the entry count, which begins at a configured UTC hour.
struct DayWatch: Hashable, Sendable {
    /// When the next action is due.
    private(set) var boundary = Timestamp(nanoseconds: .min)
    private var isDue = false
    /// Equity before the event that crossed the boundary.
    private var before = DayStart()

    /// The trading day, counted from 1970, and the open that ends it.
    private(set) var day = Int64.min
    private(set) var ends = Timestamp(nanoseconds: .min)
    private(set) var start = DayStart()
    private(set) var resetAt = Timestamp(nanoseconds: .min)
    private(set) var resetStart = DayStart()
    private(set) var pauseUntil: Timestamp?

    init() {}

    /// Whether the boundary was crossed and the due action is still pending.
    @inline(__always)
    var hasCrossed: Bool { isDue }

    /// Records that an event crosses the boundary, with the equity before it.
    mutating func cross(_ worth: DayStart) {
        isDue = true
        before = worth
    }

    /// Returns once whether an action is due.
    mutating func takeDue() -> Bool {
        defer { isDue = false }
        return isDue
    }

    /// Takes the first known equity of a day that began without one.
    mutating func learn(_ worth: AccountEquity) {
        if start == .unknown { start = DayStart(worth) }
        if resetStart == .unknown { resetStart = DayStart(worth) }
    }

    // MARK: The boundary

    /// Makes the next event cross the boundary.
    mutating func expireAtOnce() { boundary = Timestamp(nanoseconds: .min) }

    mutating func neverExpire() { boundary = Timestamp(nanoseconds: .max) }

    mutating func expire(noLaterThan time: Timestamp) { boundary = min(boundary, time) }

    /// Sets the boundary to the earliest of the days' ends, the pause's end and `other`.
    mutating func expireNext(or other: Timestamp?) {
        boundary = min(Timestamp(nanoseconds: ends.nanoseconds &+ 1), resetAt)
        if let pauseUntil { expire(noLaterThan: pauseUntil) }
        if let other { expire(noLaterThan: other) }
    }

    // MARK: Days and pauses

    mutating func name(_ day: Int64, endsAt end: Timestamp) { (self.day, ends) = (day, end) }

    /// Begins the trading day that was named, with equity before the event at hand.
    mutating func begin() { start = before }

    /// Begins the day of the absolute limits that `time` is in.
    ///
    /// - Parameter hour: of UTC, at which these days begin.
    mutating func reset(at time: Timestamp, hour: Int64) {
        let offset = Int64(3_600_000_000_000) * hour
        let shifted = time.advanced(by: Nanoseconds(-offset))
        resetAt = Timestamp.startOfDay(shifted.utcDay + 1).advanced(by: Nanoseconds(offset))
        resetStart = before
    }

    mutating func pause(until time: Timestamp) { pauseUntil = time }

    mutating func endPause() { pauseUntil = nil }

    // MARK: State

    func encode(into writer: inout StateWriter) {
        writer.write(boundary)
        writer.write(day)
        writer.write(ends)
        start.encode(into: &writer)
        writer.write(resetAt)
        resetStart.encode(into: &writer)
        writer.write(pauseUntil != nil)
        writer.write(pauseUntil ?? .zero)
    }

    init(from reader: inout StateReader) throws(StateError) {
        boundary = try reader.read()
        day = try reader.read()
        ends = try reader.read()
        start = try DayStart(from: &reader)
        resetAt = try reader.read()
        resetStart = try DayStart(from: &reader)
        let isPaused: Bool = try reader.read()
        let until: Timestamp = try reader.read()
        pauseUntil = isPaused ? until : nil
    }
}
