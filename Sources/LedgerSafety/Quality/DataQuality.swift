import LedgerDomain
import LedgerEvents

/// The quality of the market data of many instruments: a fold that can report at any moment.
///
/// Each symbol is judged separately, so bad data of one never block another (Q01).
public struct DataQuality: Sendable {
    public let rules: QualityRules
    /// In ascending order of instrument.
    private(set) var symbols: [SymbolQuality] = []

    /// The event types that it reads from a journal.
    public static let types: [EventType] = [
        .instrumentDefined, .bar, .quote, .trade, .predictionRecorded, .splitApplied, .feedPaused,
        .feedResumed, .gapDetected, .barRecalled,
    ]

    public init(_ rules: QualityRules) { self.rules = rules }

    /// Adds an instrument; one that is defined but has no data is reported as empty.
    public mutating func define(_ instrument: Instrument) {
        let place = place(of: instrument.id, kind: instrument.kind)
        symbols[place].symbol = instrument.symbol
        symbols[place].isDefined = true
    }

    public mutating func observe(_ bar: Bar, at time: Timestamp, _ row: QualityRow) {
        symbols[place(of: bar.instrument)].observe(bar, at: time, row)
    }

    /// History that ends before the data known so far was read by a later run, and is left out.
    private mutating func observe(_ bar: BarRecalled, _ row: QualityRow) {
        let place = place(of: bar.instrument)
        guard symbols[place].last.map({ bar.ended > $0 }) ?? true else { return }
        let plain = Bar(
            instrument: bar.instrument, interval: bar.interval, open: bar.open, high: bar.high,
            low: bar.low, close: bar.close, volume: bar.volume)
        symbols[place].observe(plain, at: bar.ended, row)
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

    /// Returns across a split use the new units, so a split is not an outlier.
    public mutating func observe(_ split: SplitApplied) {
        symbols[place(of: split.instrument)].observe(split)
    }

    /// Adds a finding of the reader, such as a line that is not an event.
    public mutating func note(_ finding: QualityFinding, of instrument: InstrumentID) {
        symbols[place(of: instrument)].note(finding)
    }

    /// Adds the number of further findings of a kind.
    public mutating func note(_ count: Int, _ kind: QualityKind, of instrument: InstrumentID) {
        symbols[place(of: instrument)].note(count, kind)
    }

    /// Reads an event of a journal; ignores events that are not market data.
    public mutating func observe(_ record: Record) throws(RecordError) {
        let row = QualityRow(number: record.sequence.number)
        switch record.type {
        case .instrumentDefined: define(try InstrumentDefined(record).definition)
        case .bar: observe(try Bar(record), at: record.time, row)
        case .barRecalled: observe(try BarRecalled(record), row)
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

    /// The index of the symbol, which is created if missing.
    ///
    /// - Complexity: O(log symbols) for a known symbol.
    private mutating func place(of instrument: InstrumentID, kind: InstrumentKind? = nil) -> Int {
        var (low, high) = (0, symbols.count)
        // Numbers usually run from 1 without gaps.
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
