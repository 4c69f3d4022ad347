import LedgerDomain

/// A value that strategies compute from a symbol's days, and how many closes it needs.
public enum QualityIndicator: UInt8, Sendable, CaseIterable {
    case close = 1
    case rsi = 2
    case sma20 = 3
    case sma50 = 4
    case sma100 = 5
    case atr = 6
    case volatility20 = 7
    /// A recorded forecast; required only if it is named.
    case prediction = 8

    /// The ones that every symbol needs (A.1).
    public static let standard: [QualityIndicator] = [
        .close, .rsi, .sma20, .sma50, .sma100, .atr, .volatility20,
    ]

    public var name: String {
        switch self {
        case .close: "close"
        case .rsi: "rsi"
        case .sma20: "sma_20"
        case .sma50: "sma_50"
        case .sma100: "sma_100"
        case .atr: "atr"
        case .volatility20: "volatility_20d"
        case .prediction: "prediction"
        }
    }

    /// Days with a close before its first value. Changes need one more than the number they
    /// average.
    public var days: Int {
        switch self {
        case .close, .prediction: 1
        case .rsi, .atr: 15
        case .sma20: 20
        case .volatility20: 21
        case .sma50: 50
        case .sma100: 100
        }
    }
}

/// What data must satisfy to be traded on (Q01), and what is worth a warning. Shares are of 1 in
/// units of 10^-9.
public struct QualityRules: Hashable, Sendable {
    /// Nil: New York for equities, UTC days for crypto.
    public var calendar: TradingCalendar?
    /// Data are stale after this much open time; closed days do not count (C6).
    public var staleness = Nanoseconds(72 * 3_600_000_000_000)
    /// Whether data without the last complete session are stale whatever their age (C6, Q09).
    public var expectsLastSession = true
    public var indicators = QualityIndicator.standard
    /// The share of days since its first one on which an indicator may be missing.
    public var maximumMissing = Price(raw: 100_000_000)
    /// Session days with a price.
    public var history = 250
    /// The maximum change from one daily close to the next, after splits.
    public var maximumReturn = Price(raw: 500_000_000)
    /// A larger change between two rows is a warning.
    public var jump = Price(raw: 200_000_000)
    /// More missing sessions in a row are a gap.
    public var gapSessions = 3
    /// The maximum number of findings of one kind to list per symbol; the rest are counted.
    public var listed = 20

    public init() {}

    /// The calendar for an instrument of this kind.
    public func calendar(of kind: InstrumentKind) -> TradingCalendar {
        calendar ?? (kind == .crypto ? .crypto : .nyse)
    }
}
