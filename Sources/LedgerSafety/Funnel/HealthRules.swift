import LedgerDomain
import LedgerSettings

/// When a strategy is healthy.
public struct HealthRules: Hashable, Sendable {
    public var shortWindow: Int64 = 7
    public var longWindow: Int64 = 30
    public var minimumTrades: UInt32 = 5
    /// A share of 1 in units of 10^-9; a higher one is unhealthy.
    public var rejectionRate = Price(raw: 800_000_000)
    public var minimumExpectancy = Money.zero

    public init() {}

    /// Settings that cannot be read change nothing: the engine refuses them before they get here.
    public mutating func read(_ settings: Settings) {
        shortWindow =
            (try? settings[HealthKeys.shortWindow]).map(Int64.init) ?? shortWindow
        longWindow =
            (try? settings[HealthKeys.longWindow]).map(Int64.init) ?? longWindow
        minimumTrades =
            (try? settings[HealthKeys.minTrades]).flatMap(UInt32.init(exactly:))
            ?? minimumTrades
        rejectionRate = (try? settings[HealthKeys.maxRejectionRate]) ?? rejectionRate
        minimumExpectancy =
            (try? settings[HealthKeys.minExpectancy]) ?? minimumExpectancy
    }
}
