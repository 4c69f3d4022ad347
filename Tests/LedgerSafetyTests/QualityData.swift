import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Data of one symbol for the fold of their quality, row by row.
struct QualityData {
    var quality: DataQuality
    private var row: UInt64 = 0
    let id: InstrumentID

    init(_ kind: InstrumentKind = .crypto, _ rules: QualityRules = QualityRules()) {
        quality = DataQuality(rules)
        id = InstrumentID(1)
        quality.define(Self.instrument(1, "A", kind))
    }

    static func instrument(_ number: UInt32, _ symbol: String, _ kind: InstrumentKind) -> Instrument
    {
        Instrument(
            id: InstrumentID(number), symbol: symbol, venue: "", currency: "USD", kind: kind,
            tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 9, quantityScale: 9)
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    /// A bar that is flat at its close unless it says more.
    mutating func bar(
        _ time: Timestamp, _ close: String = "100", interval: UInt32 = 86_400,
        open: String? = nil, high: String? = nil, low: String? = nil, volume: String = "1"
    ) throws {
        row += 1
        let bar = Bar(
            instrument: id, interval: interval, open: try Price(open ?? close),
            high: try Price(high ?? close), low: try Price(low ?? close), close: try Price(close),
            volume: try Quantity(volume))
        quality.observe(bar, at: time, QualityRow(number: row))
    }

    mutating func bar(_ time: String, _ close: String = "100", interval: UInt32 = 86_400) throws {
        try bar(Self.time(time), close, interval: interval)
    }

    /// Daily bars whose days end at the midnights from `first` on.
    mutating func days(_ count: Int, from first: String, _ close: String = "100") throws {
        let start = try Self.time(first)
        for day in 0..<count {
            try bar(start.advanced(by: Nanoseconds(Int64(day) * Nanoseconds.day.count)), close)
        }
    }

    mutating func split(_ numerator: Int64, _ denominator: Int64) {
        quality.observe(
            SplitApplied(instrument: id, numerator: numerator, denominator: denominator))
    }

    func report(at time: Timestamp) throws -> SymbolReport {
        try #require(quality.report(at: time).symbols.first)
    }

    func report(at time: String) throws -> SymbolReport { try report(at: Self.time(time)) }
}
