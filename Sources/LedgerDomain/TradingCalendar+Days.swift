/// A trading day, from the first moment after `opens` to `ends`, included.
///
/// A daily bar stamped with the midnight after its day belongs to that day, and so does a weekend to
/// the session before it.
public struct TradingDay: Hashable, Sendable {
    /// Days since 1970.
    public var number: Int64
    public var opens: Timestamp
    public var ends: Timestamp
}

extension TradingCalendar {
    /// The trading day to which a moment belongs.
    ///
    /// Outside the years that the calendar knows, days are the exchange's from midnight to midnight.
    public func day(of time: Timestamp) -> TradingDay {
        if let session = try? lastSession(openedBefore: time),
            let next = try? self.session(1, after: session.day)
        {
            return TradingDay(
                number: session.day.daysSinceEpoch, opens: session.opens, ends: next.opens)
        }
        var number = time.utcDay
        while number > time.utcDay - 2, begin(number) >= time { number -= 1 }
        return TradingDay(number: number, opens: begin(number), ends: begin(number + 1))
    }

    private func begin(_ day: Int64) -> Timestamp { midnight(of: CivilDate(daysSinceEpoch: day)) }
}
