import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Which trading days of a run had data, symbol by symbol: holes, jumps across them, and data that
/// ended before the run.
///
/// A symbol's days are the account's where the configuration names a calendar, else New York's for
/// equities and UTC days for crypto. Bars longer than a day leave no holes.
public struct DataCover: Sendable {
    public struct Hole: Hashable, Sendable {
        /// The last data before it, and the first behind it.
        public var from: Timestamp
        public var to: Timestamp
        public var sessions: Int
        /// The price behind it over the price before it, less 1.
        public var jump: Double
    }

    public struct Symbol: Sendable {
        public var instrument: Instrument
        public fileprivate(set) var holes: [Hole] = []
        /// Sessions in the holes.
        public fileprivate(set) var missing = 0
        public fileprivate(set) var last = Timestamp.zero
        /// The trading day of its last data.
        public fileprivate(set) var day = Int64.min
        public fileprivate(set) var price = Price.zero
        fileprivate var calendar: TradingCalendar
        fileprivate var ends = Timestamp(nanoseconds: .min)

        /// Sessions between its last data and the end of the run.
        public fileprivate(set) var missingAtEnd = 0
    }

    public private(set) var symbols: [Symbol] = []
    private let calendar: TradingCalendar?
    /// Where an instrument stands in `symbols`.
    private var places: [InstrumentID: Int] = [:]

    /// Reads the data of a journal.
    public init(of journal: any Journal) throws {
        calendar = try AccountDays(of: journal).chosen
        var end = Timestamp.zero
        let filter = EventFilter([.instrumentDefined, .bar, .quote, .trade, .splitApplied])
        try journal.forEachRecord(from: .first, filter: filter) { record in
            end = record.time
            try add(record)
            return true
        }
        for place in symbols.indices where symbols[place].day != .min {
            let last = symbols[place].calendar.day(of: end).number
            symbols[place].missingAtEnd = sessions(after: symbols[place], through: last)
        }
    }

    private mutating func add(_ record: Record) throws {
        switch record.type {
        case .instrumentDefined: define(try InstrumentDefined(record).definition)
        case .bar:
            let bar = try Bar(record)
            // What a longer bar spans is no hole.
            note(record, opens: bar.open, closes: bar.close, spansDays: bar.interval > 86_400)
        case .quote:
            if let mid = try Quote(record).mid {
                note(record, opens: mid, closes: mid, spansDays: false)
            }
        case .trade:
            let price = try Trade(record).price
            note(record, opens: price, closes: price, spansDays: false)
        default:
            let split = try SplitApplied(record)
            guard let place = place(of: split.instrument) else { return }
            let scaled = FixedPoint.dividedHalfEven(
                Int128(symbols[place].price.raw) * Int128(split.denominator),
                by: Int128(max(split.numerator, 1)))
            symbols[place].price = Price(raw: Int64(clamping: scaled))
        }
    }

    private mutating func define(_ instrument: Instrument) {
        let own = calendar ?? (instrument.kind == .crypto ? .crypto : .nyse)
        if let place = place(of: instrument.id) {
            symbols[place].instrument = instrument
        } else {
            places[instrument.id] = symbols.count
            symbols.append(Symbol(instrument: instrument, calendar: own))
        }
    }

    private func place(of instrument: InstrumentID) -> Int? { places[instrument] }

    private mutating func note(
        _ record: Record, opens: Price, closes: Price, spansDays: Bool
    ) {
        guard let place = place(of: record.instrument) else { return }
        if record.time > symbols[place].ends {
            let day = symbols[place].calendar.day(of: record.time)
            if !spansDays { findHole(place, before: day.number, at: record.time, opens) }
            (symbols[place].day, symbols[place].ends) = (day.number, day.ends)
        }
        (symbols[place].last, symbols[place].price) = (record.time, closes)
    }

    private mutating func findHole(
        _ place: Int, before day: Int64, at time: Timestamp, _ price: Price
    ) {
        let symbol = symbols[place]
        guard symbol.day != .min, day - symbol.day > 1 else { return }
        let missing = sessions(after: symbol, through: day - 1)
        guard missing > 0 else { return }
        symbols[place].missing += missing
        let jump = symbol.price.raw > 0 ? price.double / symbol.price.double - 1 : 0
        symbols[place].holes.append(
            Hole(from: symbol.last, to: time, sessions: missing, jump: jump))
    }

    /// 0 where the calendar does not know the years.
    private func sessions(after symbol: Symbol, through day: Int64) -> Int {
        guard day > symbol.day else { return 0 }
        let sessions = try? symbol.calendar.sessions(
            from: CivilDate(daysSinceEpoch: symbol.day + 1),
            through: CivilDate(daysSinceEpoch: day))
        return sessions?.count ?? 0
    }
}
