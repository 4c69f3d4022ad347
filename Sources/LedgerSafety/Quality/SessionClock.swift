import LedgerDomain

/// The session that data of a time belong to: from its midnight, excluded, to the midnight of the next
/// session's day, included.
///
/// What happens before the opening belongs to the day; a week-end's belongs to the session before it; a
/// daily bar that is stamped with the midnight after its day belongs to that day.
struct SessionClock: Hashable, Sendable {
    let calendar: TradingCalendar
    private(set) var session: TradingSession?
    private var begins = Timestamp(nanoseconds: .max)
    private var ends = Timestamp(nanoseconds: .min)

    init(_ calendar: TradingCalendar) { self.calendar = calendar }

    /// Moves to the session of `time`.
    ///
    /// Complexity: O(1); a look-up of the calendar only where another session begins.
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

    /// Sessions after the day of `first` and before that of `last`.
    func sessions(
        between first: TradingSession, and last: TradingSession
    ) throws(CalendarError) -> Int {
        try sessions(after: first, through: last) - 1
    }

    /// Sessions after the day of `first`, through that of `last`; 0 when it is not later.
    func sessions(
        after first: TradingSession, through last: TradingSession
    ) throws(CalendarError) -> Int {
        guard first.day < last.day else { return 0 }
        if calendar == .crypto {
            return Int(last.day.daysSinceEpoch - first.day.daysSinceEpoch)
        }
        return try calendar.sessions(from: first.day, through: last.day).count - 1
    }

    /// The newest session whose data are due at `time`: those of a day as a whole when the day is over,
    /// others when the session has closed.
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
