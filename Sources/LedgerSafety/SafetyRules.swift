import LedgerDomain
import LedgerEvents
import LedgerSettings

/// When data are too bad to enter a symbol (Q01, Q11).
public struct DataRules: Hashable, Sendable {
    public var isEnabled = false
    /// Open time since the last data; closed days do not count (C6).
    public var staleness = QualityKeys.staleness.standard
    /// The number of days with data.
    public var history = QualityKeys.minHistoryDays.standard
    /// In open hours; 0 for no limit.
    public var feedTimeout = QualityKeys.feedTimeout.standard
    public var feedStable = QualityKeys.feedStable.standard
    /// Age of the last data, closed days included, at which an alert is raised.
    public var validatorAge = QualityKeys.validatorMaxAge.standard

    public init() {}
}

/// The safety settings from the configuration.
public struct SafetyRules: Hashable, Sendable {
    /// Nil: the instruments decide: NYSE if there is an equity, otherwise UTC days.
    public var calendar: TradingCalendar?
    public var mode = GateKeys.mode.standard
    public var isTradingDisabled = GateKeys.tradingDisabled.standard
    /// Trimmed, in lower case, sorted.
    public var disabledStrategies: [String] = []
    public var flagPath = ""
    public var drawdown = DrawdownRules()
    public var risk = RiskRules()
    public var data = DataRules()
    public var faults = FaultRules()
    public var reconciliation = ReconciliationRules()
    public var filters = EntryFilters()
    /// Days without a trade after which to raise an alert; 0 for none (F04).
    public var quietDays = HealthKeys.noTradeDays.standard
    /// A share of a day's entry signals in units of 10^-9; if more are stopped, an alert is raised
    /// (F05).
    public var rejectionRate = HealthKeys.maxRejectionRate.standard

    public init() {}

    /// Whether any rule needs trading days.
    public var needsCalendar: Bool {
        drawdown.isEnabled || risk.isEnabled || data.isEnabled || needsHistory
    }

    /// Whether any rule needs the history of earlier days.
    public var needsHistory: Bool { usesFilters || usesRanges }

    public var usesFilters: Bool {
        filters.usesRegime || filters.maximum > 0 || filters.maximumCorrelation < 1
    }

    public var usesRanges: Bool {
        risk.isEnabled && (risk.atrSizing > 0 || risk.catastropheStop > 0)
    }

    /// Whether equity is monitored between entries.
    public var watchesEquity: Bool { drawdown.isEnabled || risk.isEnabled }
}
