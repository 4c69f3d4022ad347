import LedgerDomain
import LedgerEvents

public enum StrategyStyle: UInt8, Worded {
    case none = 0
    case trend = 1
    case breakout = 2

    public var word: String {
        switch self {
        case .none: "none"
        case .trend: "trend"
        case .breakout: "breakout"
        }
    }
}

/// How volatile the market is.
public enum Regime: UInt8, Sendable, CaseIterable {
    case low = 1
    case normal = 2
    case high = 3

    /// The share of equity that may be exposed, in units of 10^-9.
    public var heat: Price {
        switch self {
        case .low: Price(raw: 400_000_000)
        case .normal: Price(raw: 300_000_000)
        case .high: Price(raw: 200_000_000)
        }
    }
}

/// The market conditions required for an entry (F02): regime, volatility, correlation.
public struct EntryFilters: Hashable, Sendable {
    public var usesRegime = false
    public var volatilitySymbol = ""
    /// In percent per year: low below `low`, high above `high`, both exclusive.
    public var low = 15.0
    public var high = 25.0
    /// Limit of an instrument's own volatility in percent per year; 0 for no limit.
    public var maximum = 0.0
    public var maximumCorrelation = 1.0
    public var correlationDays = 60

    /// The shorter windows used while volatility is high.
    public static let shortWindow = 20
    public static let attenuatesFrom = 0.5
    public static let attenuatesTo = 0.8
    public static let smallest = 0.25
    /// Below this value of |average of 50 days / average of 200 − 1| there is no trend.
    public static let choppy = 0.01

    public init() {}

    public enum Verdict: Hashable, Sendable {
        /// The remaining share of the size, from 1 down to 0.25, and the correlation that requires
        /// it.
        case pass(Double, correlation: Double)
        case refuse(Refusal)
    }

    public func regime(_ volatility: Double?) -> Regime {
        guard let volatility else { return .normal }
        return volatility < low ? .low : volatility > high ? .high : .normal
    }

    /// - Parameters:
    ///   - held: the other instruments in which there is a position.
    ///   - regime: nil if the regime filter is off.
    public func verdict(
        _ instrument: InstrumentID, _ style: StrategyStyle, held: [InstrumentID],
        regime: Regime?, volatility: Double?, _ history: MarketHistory
    ) -> Verdict {
        if let regime, usesRegime {
            if regime == .high, style == .breakout {
                return .refuse(
                    Refusal(
                        .regime, limit: .share(rounding: high),
                        value: .share(rounding: volatility ?? high)))
            }
            if style == .trend, let trend = history.trend(instrument),
                trend.magnitude < Self.choppy
            {
                return .refuse(
                    Refusal(
                        .regime, limit: .share(rounding: Self.choppy),
                        value: .share(rounding: trend.magnitude))
                )
            }
        }
        let days = regime == .high ? Self.shortWindow : correlationDays
        if maximum > 0, let own = history.volatility(instrument, days: days), own > maximum {
            return .refuse(
                Refusal(.volatility, limit: .share(rounding: maximum), value: .share(rounding: own))
            )
        }
        guard maximumCorrelation < 1 else { return .pass(1, correlation: 0) }
        var most = 0.0
        for other in held {
            most = max(
                most, history.correlation(instrument, with: other, days: days)?.magnitude ?? 0)
        }
        guard most <= maximumCorrelation else {
            return .refuse(
                Refusal(
                    .correlation, limit: .share(rounding: maximumCorrelation),
                    value: .share(rounding: most)))
        }
        return .pass(Self.multiplier(most), correlation: most)
    }

    /// 1 up to a correlation of 0.5, then linear down to 0.25 at 0.8 (C8).
    public static func multiplier(_ correlation: Double) -> Double {
        guard correlation > attenuatesFrom else { return 1 }
        let share = (correlation - attenuatesFrom) / (attenuatesTo - attenuatesFrom)
        return max(smallest, 1 - share * (1 - smallest))
    }
}
