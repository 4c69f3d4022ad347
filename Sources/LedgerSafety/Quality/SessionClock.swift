import LedgerDomain

/// The session to which data of a given time belong: from its midnight (excluded) to the midnight
/// that begins the next session's day (included).
///
/// Data before the open belong to that day; weekend data belong to the session before; a daily bar
/// stamped with the midnight after its day belongs to that day.
struct SessionClock: Hashable, Sendable {
    let calendar: TradingCalendar
    private(set) var session: TradingSession?
    private var begins = Timestamp(nanoseconds: .max)
    private var ends = Timestamp(nanoseconds: .min)

    init(_ calendar: TradingCalendar) { self.calendar = calendar }

    /// Moves to the session of `time`.
    ///
    /// - Complexity: O(1); looks up the calendar only when another session begins.
    mutating func move(to time: Timestamp) throws(CalendarError) -> TradingSession {
        if let session, begins < time, time <= ends { return session }
        var found = try calendar.lastSession(openedBefore: time)
        var next = try? calendar.session(1, after: found.day)
        if let following = next, calendar.midnight(of: following.day) < time {
            found = following
            next = try? calendar.session(1, after: found.day)
        }
        session = found
        begins = calendar.midnight(of: found.day)
        ends = next.map { calendar.midnight(of: $0.day) } ?? found.closes
        return found
    }

    /// The number of sessions strictly between the days of `first` and `last`.
    func sessions(
        between first: TradingSession, and last: TradingSession
    ) throws(CalendarError) -> Int {
        try sessions(after: first, through: last) - 1
    }

    /// The number of sessions after the day of `first` up to that of `last`; 0 if it is not later.
    func sessions(
        after first: TradingSession, through last: TradingSession
    ) throws(CalendarError) -> Int {
        guard first.day < last.day else { return 0 }
        if calendar == .crypto {
            return Int(last.day.daysSinceEpoch - first.day.daysSinceEpoch)
        }
        return try calendar.sessions(from: first.day, through: last.day).count - 1
    }

    /// The newest session whose data are due at `time`: for daily data once the day is over, for
    /// other data once the session has closed.
    func lastDue(at time: Timestamp, daily: Bool) throws(CalendarError) -> TradingSession {
        var session = try calendar.lastSession(openedBefore: time)
        while due(session, daily) > time {
            session = try calendar.lastSession(openedBefore: session.opens)
        }
        return session
    }

    private func due(_ session: TradingSession, _ daily: Bool) -> Timestamp {
        guard daily else { return session.closes }
        return calendar.midnight(of: CivilDate(daysSinceEpoch: session.day.daysSinceEpoch + 1))
    }
}
