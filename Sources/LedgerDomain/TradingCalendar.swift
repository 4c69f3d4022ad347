/// One day's trading: `opens` ≤ time < `closes`.
public struct TradingSession: Hashable, Sendable {
    public var day: CivilDate
    public var opens: Timestamp
    public var closes: Timestamp
    public var isEarlyClose: Bool
}

/// A day outside the years that a calendar knows; it does not guess.
public struct CalendarError: Error, Equatable, CustomStringConvertible, Sendable {
    public var calendar: TradingCalendar
    public var year: Int64

    public var description: String {
        let years = calendar.years
        return
            "the \(calendar) calendar knows \(years.lowerBound) to \(years.upperBound), not \(year)"
    }
}

extension TradingCalendar {
    public var years: ClosedRange<Int64> {
        switch self {
        // The whole years within 64 bits of nanoseconds.
        case .crypto: 1678...2261
        case .nyse: 1998...2028
        }
    }

    /// Nil on a day without trading.
    public func session(on day: CivilDate) throws(CalendarError) -> TradingSession? {
        try check(day)
        let number = day.daysSinceEpoch
        switch self {
        case .crypto:
            return TradingSession(
                day: day, opens: .startOfDay(number), closes: .startOfDay(number + 1),
                isEarlyClose: false)
        case .nyse:
            guard NewYork.isTradingDay(day) else { return nil }
            let isEarly = NewYork.closesEarly(day)
            let midnight = NewYork.midnight(of: day)
            return TradingSession(
                day: day, opens: midnight.advanced(by: .minutes(9 * 60 + 30)),
                closes: midnight.advanced(by: .minutes((isEarly ? 13 : 16) * 60)),
                isEarlyClose: isEarly)
        }
    }

    /// The newest session whose open is before `time`, not at it, because a daily bar stamped with
    /// the midnight after its day belongs to that day.
    public func lastSession(
        openedBefore time: Timestamp
    ) throws(CalendarError) -> TradingSession {
        var day = time.utcDay
        while true {
            let date = CivilDate(daysSinceEpoch: day)
            if let session = try session(on: date), session.opens < time { return session }
            day -= 1
        }
    }

    /// The first session whose open is at `time` or later.
    public func nextSession(
        opensAtOrAfter time: Timestamp
    ) throws(CalendarError) -> TradingSession {
        var day = time.utcDay - 1
        while true {
            let date = CivilDate(daysSinceEpoch: day)
            if years.contains(date.year), let session = try session(on: date),
                session.opens >= time
            {
                return session
            }
            if date.year > years.upperBound { try check(date) }
            day += 1
        }
    }

    /// The session that is open at `time`, else the next one: the session of a day order.
    public func session(closingAfter time: Timestamp) throws(CalendarError) -> TradingSession {
        var day = time.utcDay - 1
        while true {
            let date = CivilDate(daysSinceEpoch: day)
            if date.year > years.upperBound { try check(date) }
            if years.contains(date.year), let session = try session(on: date),
                session.closes > time
            {
                return session
            }
            day += 1
        }
    }

    /// The `count`-th session after a day, which need not be a session.
    ///
    /// - Precondition: `count` is at least 1.
    public func session(
        _ count: Int, after day: CivilDate
    ) throws(CalendarError) -> TradingSession {
        precondition(count >= 1, "sessions are counted from 1")
        try check(day)
        var number = day.daysSinceEpoch
        if self == .crypto { number += Int64(count) - 1 }
        var left = self == .crypto ? 1 : count
        while true {
            number += 1
            guard let session = try session(on: CivilDate(daysSinceEpoch: number)) else { continue }
            left -= 1
            if left == 0 { return session }
        }
    }

    public func isOpen(at time: Timestamp) throws(CalendarError) -> Bool {
        let today = CivilDate(daysSinceEpoch: time.utcDay)
        guard let session = try session(on: today) else { return false }
        return session.opens <= time && time < session.closes
    }

    public func sessions(
        from: CivilDate, through: CivilDate
    ) throws(CalendarError) -> [TradingSession] {
        var sessions: [TradingSession] = []
        var number = from.daysSinceEpoch
        while number <= through.daysSinceEpoch {
            if let session = try session(on: CivilDate(daysSinceEpoch: number)) {
                sessions.append(session)
            }
            number += 1
        }
        return sessions
    }

    /// The time between two moments without the days that have no session: 24 hours for each day
    /// with a session. Days are the exchange's, from midnight to midnight.
    public func openTime(from: Timestamp, to: Timestamp) throws(CalendarError) -> Nanoseconds {
        guard from < to else { return .zero }
        var sum: Int64 = 0
        var number = from.utcDay - 1
        while number <= to.utcDay {
            let date = CivilDate(daysSinceEpoch: number)
            let next = CivilDate(daysSinceEpoch: number + 1)
            let start = max(midnight(of: date), from)
            let end = min(midnight(of: next), to)
            number += 1
            guard start < end, try session(on: date) != nil else { continue }
            sum += end.nanoseconds(since: start)
        }
        return Nanoseconds(sum)
    }

    /// When a civil day begins where the exchange is.
    public func midnight(of day: CivilDate) -> Timestamp {
        switch self {
        case .crypto: .startOfDay(day.daysSinceEpoch)
        case .nyse: NewYork.midnight(of: day)
        }
    }

    private func check(_ day: CivilDate) throws(CalendarError) {
        guard years.contains(day.year) else {
            throw CalendarError(calendar: self, year: day.year)
        }
    }
}
