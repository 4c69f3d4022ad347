import LedgerDomain
import LedgerEvents

/// The quality of the market data of many instruments: a fold of them, asked for a report at any moment.
///
/// Each symbol is judged for itself, so that bad data of one never keep another from being traded (Q01).
public struct DataQuality: Sendable {
    public let rules: QualityRules
    /// Ascending by instrument.
    private(set) var symbols: [SymbolQuality] = []

    /// What it reads of a journal.
    public static let types: [EventType] = [
        .instrumentDefined, .bar, .quote, .trade, .predictionRecorded, .splitApplied, .feedPaused,
        .feedResumed, .gapDetected,
    ]

    public init(_ rules: QualityRules) { self.rules = rules }

    /// Names an instrument; one that is defined and has no data is reported as empty.
    public mutating func define(_ instrument: Instrument) {
        let place = place(of: instrument.id, kind: instrument.kind)
        symbols[place].symbol = instrument.symbol
        symbols[place].isDefined = true
    }

    public mutating func observe(_ bar: Bar, at time: Timestamp, _ row: QualityRow) {
        symbols[place(of: bar.instrument)].observe(bar, at: time, row)
    }

    public mutating func observe(_ quote: Quote, at time: Timestamp, _ row: QualityRow) {
        symbols[place(of: quote.instrument)].observe(quote, at: time, row)
    }

    public mutating func observe(_ trade: Trade, at time: Timestamp, _ row: QualityRow) {
        symbols[place(of: trade.instrument)].observe(trade, at: time, row)
    }

    public mutating func observe(_ forecast: PredictionRecorded, at time: Timestamp) {
        symbols[place(of: forecast.instrument)].observe(forecast, at: time)
    }

    /// Returns across it are those of the new units: a split is no outlier.
    public mutating func observe(_ split: SplitApplied) {
        symbols[place(of: split.instrument)].observe(split)
    }

    /// Notes something that its reader found, such as a line that is no event.
    public mutating func note(_ finding: QualityFinding, of instrument: InstrumentID) {
        symbols[place(of: instrument)].note(finding)
    }

    /// Notes how many more there are of a kind.
    public mutating func note(_ count: Int, _ kind: QualityKind, of instrument: InstrumentID) {
        symbols[place(of: instrument)].note(count, kind)
    }

    /// Takes an event of a journal; those that are no data are passed over.
    public mutating func observe(_ record: Record) throws(RecordError) {
        let row = QualityRow(number: record.sequence.number)
        switch record.type {
        case .instrumentDefined: define(try InstrumentDefined(record).definition)
        case .bar: observe(try Bar(record), at: record.time, row)
        case .quote: observe(try Quote(record), at: record.time, row)
        case .trade: observe(try Trade(record), at: record.time, row)
        case .predictionRecorded: observe(try PredictionRecorded(record), at: record.time)
        case .splitApplied: observe(try SplitApplied(record))
        case .feedPaused:
            note(.feedPaused, row, record.time, since: try FeedPaused(record).lastSeen, record)
        case .feedResumed:
            note(.feedResumed, row, record.time, since: try FeedResumed(record).pausedAt, record)
        case .gapDetected:
            let gap = try GapDetected(record)
            let value = Int128(gap.sessions) * Int128(FixedPoint.one)
            note(.gapDetected, row, gap.to, since: gap.from, value: value, record)
        default: break
        }
    }

    private mutating func note(
        _ kind: QualityKind, _ row: QualityRow, _ time: Timestamp, since: Timestamp,
        value: Int128? = nil, _ record: Record
    ) {
        note(
            QualityFinding(kind, row, at: time, since: since, value: value), of: record.instrument)
    }

    /// Where the symbol is, made where there is none yet.
    ///
    /// Complexity: O(log symbols) for one that is known.
    private mutating func place(of instrument: InstrumentID, kind: InstrumentKind? = nil) -> Int {
        var (low, high) = (0, symbols.count)
        // Numbers are mostly given from 1 without gaps.
        let guess = Int(instrument.number) - 1
        if symbols.indices.contains(guess), symbols[guess].instrument == instrument { return guess }
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].instrument < instrument { low = middle + 1 } else { high = middle }
        }
        if low < symbols.count, symbols[low].instrument == instrument { return low }
        symbols.insert(
            SymbolQuality(
                instrument, symbol: "#\(instrument.number)",
                calendar: rules.calendar(of: kind ?? .crypto), isDefined: false, rules), at: low)
        return low
    }
}
