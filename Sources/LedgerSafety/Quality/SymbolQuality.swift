import LedgerDomain
import LedgerEvents

/// What is known about one symbol's data: a fold of constant size, apart from the listed findings,
/// whose number is limited.
struct SymbolQuality: Sendable {
    let instrument: InstrumentID
    var symbol: String
    /// Whether a definition names it.
    var isDefined: Bool
    let rules: QualityRules
    private(set) var clock: SessionClock

    private(set) var findings: QualityFindings
    private(set) var cover = IndicatorCover()
    /// The calendar does not cover some data, so nothing further is checked.
    private(set) var calendarError: CalendarError?
    /// The number of bars, quotes and trades.
    private(set) var rows: UInt64 = 0
    private(set) var last: Timestamp?
    /// The time of the newest data.
    private(set) var session: TradingSession?
    private(set) var lastBar: (end: Timestamp, interval: UInt32)?

    private var predictedDay: CivilDate?
    private var source = Source.none
    /// The newest price, in the units after the newest split, and where it is.
    private var price: (raw: Int128, row: QualityRow, time: Timestamp)?
    /// Whether the current session has one.
    private var hasPrice = false
    /// The last price of the last session that had one.
    private var previousClose: Int128?

    /// The source of closes: bars take precedence over trades, trades over quotes.
    private enum Source: UInt8 { case none, quote, trade, bar }

    init(
        _ instrument: InstrumentID, symbol: String, calendar: TradingCalendar, isDefined: Bool,
        _ rules: QualityRules
    ) {
        self.instrument = instrument
        self.symbol = symbol
        self.isDefined = isDefined
        self.rules = rules
        clock = SessionClock(calendar)
        findings = QualityFindings(listing: rules.listed)
    }

    var isDaily: Bool { lastBar.map { $0.interval >= 86_400 } ?? false }

    // MARK: Data

    mutating func observe(_ bar: Bar, at time: Timestamp, _ row: QualityRow) {
        if let lastBar, lastBar == (time, bar.interval) {
            return findings.add(QualityFinding(.duplicate, row, at: time))
        }
        let start = time.advanced(by: Nanoseconds(-Int64(bar.interval) * FixedPoint.one))
        guard enter(time, row, from: start, interval: Int64(bar.interval) * FixedPoint.one) else {
            return
        }
        lastBar = (time, bar.interval)
        if bar.volume.raw == 0 { findings.add(QualityFinding(.zeroVolume, row, at: time)) }
        let lowest = min(min(bar.open, bar.high), min(bar.low, bar.close))
        guard lowest.raw > 0 else { return refuse(lowest, row, time) }
        let (inner, outer) = (min(bar.open, bar.close), max(bar.open, bar.close))
        if bar.low > inner || bar.high < outer {
            findings.add(QualityFinding(.inconsistentBar, row, at: time))
        }
        observe(bar.close, .bar, row, time)
    }

    mutating func observe(_ quote: Quote, at time: Timestamp, _ row: QualityRow) {
        guard enter(time, row) else { return }
        if let mid = quote.mid { observe(mid, .quote, row, time) }
    }

    mutating func observe(_ trade: Trade, at time: Timestamp, _ row: QualityRow) {
        guard enter(time, row) else { return }
        if trade.size.raw == 0 { findings.add(QualityFinding(.zeroVolume, row, at: time)) }
        guard trade.price.raw > 0 else { return refuse(trade.price, row, time) }
        observe(trade.price, .trade, row, time)
    }

    mutating func observe(_ forecast: PredictionRecorded, at time: Timestamp) {
        guard calendarError == nil, forecast.predicted.raw > 0 else { return }
        do throws(CalendarError) {
            let day = try clock.move(to: time).day
            guard day != predictedDay else { return }
            predictedDay = day
            cover.addPrediction(hasPrice: hasPrice && session?.day == day)
        } catch { calendarError = error }
    }

    /// Converts earlier prices to the units after a split, rounded half to even.
    mutating func observe(_ split: SplitApplied) {
        guard split.numerator > 0, split.denominator > 0 else { return }
        func scaled(_ raw: Int128) -> Int128? {
            let new = FixedPoint.dividedHalfEven(
                raw * Int128(split.denominator), by: Int128(split.numerator))
            // A price that cannot be compared with anything.
            return new > 0 && new <= Int128(Int64.max) ? new : nil
        }
        previousClose = previousClose.flatMap(scaled)
        price = price.flatMap { old in scaled(old.raw).map { ($0, old.row, old.time) } }
    }

    mutating func note(_ finding: QualityFinding) { findings.add(finding) }

    mutating func note(_ count: Int, _ kind: QualityKind) { findings.add(count, kind) }

    // MARK: Sessions

    /// Moves to the session of `time` and records what is missing before it; false if the data have
    /// no session.
    private mutating func enter(
        _ time: Timestamp, _ row: QualityRow, from start: Timestamp? = nil, interval: Int64 = 0
    ) -> Bool {
        guard calendarError == nil else { return false }
        if let last, time < last {
            findings.add(QualityFinding(.outOfOrder, row, at: time, since: last))
            return false
        }
        do throws(CalendarError) {
            let next = try clock.move(to: time)
            try findGaps(before: start ?? time, interval, next, row, time)
            if session?.day != next.day {
                try closeDay(next)
                session = next
            }
        } catch {
            calendarError = error
            return false
        }
        rows += 1
        last = time
        return true
    }

    private mutating func closeDay(_ next: TradingSession) throws(CalendarError) {
        checkReturn()
        guard let session else { return }
        let skipped = try clock.sessions(between: session, and: next)
        cover.addAbsent(skipped + (hasPrice ? 0 : 1))
        hasPrice = false
    }

    private mutating func findGaps(
        before start: Timestamp, _ interval: Int64, _ next: TradingSession, _ row: QualityRow,
        _ time: Timestamp
    ) throws(CalendarError) {
        guard let last, let session else { return }
        if interval > 0, interval < Nanoseconds.day.count {
            findMissingBars(after: last, until: start, interval, in: session, then: next, row)
        }
        guard session.day != next.day else { return }
        let skipped = try clock.sessions(between: session, and: next)
        guard skipped > 0 else { return }
        let value = Int128(skipped) * Int128(FixedPoint.one)
        findings.add(
            QualityFinding(.missingSessions, row, at: time, since: last, value: value, limit: 0))
        guard skipped > rules.gapSessions else { return }
        let limit = Int128(rules.gapSessions) * Int128(FixedPoint.one)
        findings.add(
            QualityFinding(.gap, row, at: time, since: last, value: value, limit: limit))
    }

    /// What is missing at the end of the current session and at the start of the next. If sessions
    /// are adjacent, this is one gap.
    private mutating func findMissingBars(
        after last: Timestamp, until start: Timestamp, _ interval: Int64,
        in session: TradingSession,
        then next: TradingSession, _ row: QualityRow
    ) {
        func add(from: Timestamp, to: Timestamp) {
            let count =
                to.nanoseconds > from.nanoseconds
                ? (to.nanoseconds(since: from)) / interval : 0
            guard count > 0 else { return }
            findings.add(
                QualityFinding(
                    .missingBars, row, at: to, since: from,
                    value: Int128(count) * Int128(FixedPoint.one), limit: 0))
        }
        let from = max(last, session.opens)
        if session.day == next.day || session.closes == next.opens {
            return add(from: from, to: min(start, next.closes))
        }
        add(from: from, to: session.closes)
        add(from: next.opens, to: min(start, next.closes))
    }

    // MARK: Prices

    private mutating func observe(
        _ new: Price, _ kind: Source, _ row: QualityRow, _ time: Timestamp
    ) {
        guard kind.rawValue >= source.rawValue else { return }
        source = kind
        let raw = Int128(new.raw)
        if let price {
            add(.jump, from: price.raw, to: raw, beyond: rules.jump, row, time)
        }
        if !hasPrice {
            hasPrice = true
            cover.addDay()
        }
        price = (raw, row, time)
    }

    private mutating func refuse(_ price: Price, _ row: QualityRow, _ time: Timestamp) {
        findings.add(
            QualityFinding(.notPositive, row, at: time, value: Int128(price.raw), limit: 0))
    }

    /// Compares the close of the current session with the previous one.
    private mutating func checkReturn() {
        guard hasPrice, let price else { return }
        if let previousClose {
            add(
                .outlier, from: previousClose, to: price.raw, beyond: rules.maximumReturn,
                price.row, price.time)
        }
        previousClose = price.raw
    }

    /// Checks |new − old| > limit × old exactly; the listed value is rounded half to even.
    private mutating func add(
        _ kind: QualityKind, from old: Int128, to new: Int128, beyond limit: Price,
        _ row: QualityRow, _ time: Timestamp
    ) {
        let change = (new - old) * Int128(FixedPoint.one)
        guard change.magnitude > (Int128(limit.raw) * old).magnitude else { return }
        findings.add(
            QualityFinding(
                kind, row, at: time, value: FixedPoint.dividedHalfEven(change, by: old),
                limit: Int128(limit.raw)))
    }

    // MARK: The end

    /// The state as if the current session ended now, or as if the time advanced to `time`.
    func ended(at time: Timestamp) -> SymbolQuality {
        var copy = self
        copy.checkReturn()
        guard let lastBar, !isDaily, let session, let last, let price else { return copy }
        let end = min(time, session.closes)
        copy.findMissingBars(
            after: last, until: end, Int64(lastBar.interval) * FixedPoint.one, in: session,
            then: session, price.row)
        return copy
    }
}
