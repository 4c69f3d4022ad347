import LedgerDomain

/// Sums over some days.
public struct HealthWindow: Hashable, Sendable {
    public var trades: UInt32 = 0
    /// Realised profit minus fees.
    public var profit = Money.zero
    /// Entries only.
    public var signals: UInt32 = 0
    public var rejections: UInt32 = 0
    /// Units.
    public var ordered = Quantity.zero
    public var filled = Quantity.zero

    public init() {}

    /// Profit per trade; 0 without trades.
    public var expectancy: Money {
        trades == 0 ? .zero : Money(raw: FixedPoint.dividedHalfEven(profit.raw, by: Int128(trades)))
    }

    /// Whether more than `share` of the signals were rejected; false without signals (F05).
    public func rejects(moreThan share: Price) -> Bool {
        Int128(rejections) * Int128(FixedPoint.one) > Int128(share.raw) * Int128(signals)
            && signals > 0
    }

    /// 0 without signals.
    public var rejectionRate: Double {
        signals == 0 ? 0 : Double(rejections) / Double(signals)
    }

    /// Filled units divided by ordered units; 0 without orders.
    public var fillRate: Double { ordered.raw == 0 ? 0 : filled.double / ordered.double }
}

public enum HealthStatus: String, Sendable, CaseIterable {
    case healthy = "HEALTHY"
    case warning = "WARNING"
    case degraded = "DEGRADED"
    case critical = "CRITICAL"

    public init(score: Int) {
        self = score >= 80 ? .healthy : score >= 60 ? .warning : score >= 40 ? .degraded : .critical
    }
}

public struct HealthReport: Hashable, Sendable {
    public var strategy: StrategyID
    public var short: HealthWindow
    public var long: HealthWindow
    /// A share of 1.
    public var drawdown: Double
    public var rules: HealthRules

    public init(
        strategy: StrategyID, short: HealthWindow, long: HealthWindow, drawdown: Double,
        rules: HealthRules
    ) {
        (self.strategy, self.short, self.long) = (strategy, short, long)
        (self.drawdown, self.rules) = (drawdown, rules)
    }

    /// Starts at 100. Subtracts 30 for too few trades (15 for none lately), 30 for an expectancy
    /// below the minimum (15 lately), 20 for too many rejections (10 lately), and 20 for a fall of
    /// more than 15 % (10 for more than 10 %).
    public var score: Int {
        var score = 100
        if long.trades < rules.minimumTrades {
            score -= 30
        } else if short.trades == 0 {
            score -= 15
        }
        if long.expectancy < rules.minimumExpectancy {
            score -= 30
        } else if short.expectancy < rules.minimumExpectancy {
            score -= 15
        }
        if long.rejects(moreThan: rules.rejectionRate) {
            score -= 20
        } else if short.rejects(moreThan: rules.rejectionRate) {
            score -= 10
        }
        if drawdown > 0.15 { score -= 20 } else if drawdown > 0.10 { score -= 10 }
        return score
    }

    public var status: HealthStatus { HealthStatus(score: score) }
}
