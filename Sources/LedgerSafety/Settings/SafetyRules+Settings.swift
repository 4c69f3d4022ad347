import LedgerDomain
import LedgerEvents
import LedgerSettings

extension SafetyRules {
    /// - Parameters:
    ///   - account: decides the meaning of `auto`. Only simulated accounts trade without limits.
    ///   - isLive: whether the configuration is live, in which no limit can be off.
    public init(
        _ settings: Settings, account: AccountKind, isLive: Bool
    ) throws(SettingsError) {
        self.init()
        let mustBeOn = account != .simulated || isLive
        calendar = try settings[GateKeys.calendar].calendar
        mode = try settings[GateKeys.mode]
        isTradingDisabled = try settings[GateKeys.tradingDisabled]
        disabledStrategies = try settings[GateKeys.strategyDisabledList].map { $0.lowercased() }
            .sorted()
        flagPath = try settings[GateKeys.flagPath]
        drawdown = try DrawdownRules(settings)
        risk = try RiskRules(settings, isEnabled: settings[RiskKeys.enabled].isOn(mustBeOn))
        data = try DataRules(settings, isEnabled: settings[QualityKeys.enabled].isOn(mustBeOn))
        faults = try FaultRules(settings)
        filters = try EntryFilters(settings, risk)
        quietDays = try settings[HealthKeys.noTradeDays]
        rejectionRate = try settings[HealthKeys.maxRejectionRate]
        reconciliation.isEnabled = try settings[ReconciliationKeys.enabled]
        reconciliation.tolerance = try settings[ReconciliationKeys.tolerance]
        reconciliation.dust = try settings[ReconciliationKeys.dust]
        reconciliation.coinFee = try settings[ReconciliationKeys.coinFee]
        reconciliation.scope.extent = try settings[ReconciliationKeys.scope]
        reconciliation.scope.ignored = try settings[ReconciliationKeys.ignore]
    }
}

extension DrawdownRules {
    public init(_ settings: Settings) throws(SettingsError) {
        self.init()
        isEnabled = try settings[DrawdownKeys.enabled]
        warning = try settings[DrawdownKeys.warningThreshold]
        halt = try settings[DrawdownKeys.haltThreshold]
        panic = try settings[DrawdownKeys.panicThreshold]
        haltDays = try settings[DrawdownKeys.haltCooldownDays]
        panicDays = try settings[DrawdownKeys.panicCooldownDays]
        extensionDays = try settings[DrawdownKeys.extensionDays]
        rampupSizing = try settings[DrawdownKeys.rampupSizing]
        rampupDays = try settings[DrawdownKeys.rampupDays]
        flattensOnPanic = try settings[DrawdownKeys.flattenOnPanic]
        alert = try settings[DrawdownKeys.alertThreshold]
    }
}

extension RiskRules {
    fileprivate init(_ settings: Settings, isEnabled: Bool) throws(SettingsError) {
        self.init()
        self.isEnabled = isEnabled
        portfolioHeat = try settings[RiskKeys.maxPortfolioHeat]
        dailyLoss = try settings[RiskKeys.maxDailyLossPct]
        dailyDrawdown = try settings[RiskKeys.maxDailyDrawdown]
        dailyLossLimit = try settings[RiskKeys.dailyLossLimit]
        pause = try settings[RiskKeys.pauseOnViolation]
        resetHour = try settings[RiskKeys.dailyResetUTCHour]
        maximumCorrelation = try settings[RiskKeys.maxCorrelation]
        correlationDays = try settings[RiskKeys.correlationDays]
        orderNotional = try settings[RiskKeys.maxOrderNotional]
        positionQuantity = try settings[RiskKeys.maxAbsPositionQty]
        positionNotional = try settings[RiskKeys.maxAbsPositionNotional]
        totalNotional = try settings[RiskKeys.maxTotalNotional]
        totalExposure = try settings[RiskKeys.maxTotalExposurePct]
        exposureBuffer = try settings[RiskKeys.exposureBufferFrac]
        try readThrottles(settings)
        atrSizing = try settings[RiskKeys.atrSizing]
        atrDays = try settings[RiskKeys.atrDays]
        atrPositionCap = try settings[RiskKeys.atrPositionCap]
        catastropheStop = try settings[RiskKeys.catastropheStopATR]
    }

    private mutating func readThrottles(_ settings: Settings) throws(SettingsError) {
        entriesPerDay = try settings[RiskKeys.maxEntriesPerDay]
        ordersPerMinute = try settings[RiskKeys.maxOrdersPerMin]
        signalsPerSecond = try settings[RiskKeys.maxSignalsPerSec]
        topSignals = try settings[RiskKeys.topSignals]
        tradeValue = try settings[RiskKeys.minTradeValue]
    }
}

extension EntryFilters {
    fileprivate init(_ settings: Settings, _ risk: RiskRules) throws(SettingsError) {
        self.init()
        usesRegime = try settings[FilterKeys.regime]
        volatilitySymbol = try settings[FilterKeys.volatilitySymbol]
        low = try settings[FilterKeys.lowVolatility]
        high = try settings[FilterKeys.highVolatility]
        maximum = try settings[FilterKeys.maxVolatility]
        maximumCorrelation = risk.isEnabled ? risk.maximumCorrelation : 1
        correlationDays = risk.correlationDays
    }
}

extension DataRules {
    fileprivate init(_ settings: Settings, isEnabled: Bool) throws(SettingsError) {
        self.init()
        self.isEnabled = isEnabled
        staleness = try settings[QualityKeys.staleness]
        history = try settings[QualityKeys.minHistoryDays]
        feedTimeout = try settings[QualityKeys.feedTimeout]
        feedStable = try settings[QualityKeys.feedStable]
        validatorAge = try settings[QualityKeys.validatorMaxAge]
    }
}

extension FaultRules {
    fileprivate init(_ settings: Settings) throws(SettingsError) {
        self.init()
        rest = try settings[FaultKeys.restLimit]
        websocket = try settings[FaultKeys.websocketLimit]
        duplicate = try settings[FaultKeys.duplicateLimit]
        stale = try settings[FaultKeys.staleLimit]
        cooldown = try settings[FaultKeys.resetCooldown]
        latency = try settings[FaultKeys.latencyMs]
        feedLag = try settings[FaultKeys.feedLagMs]
        websocketFailures = try settings[FaultKeys.websocketFailures]
        errorRate = try settings[FaultKeys.errorRate]
        clockWarn = try settings[ClockKeys.warnThresholdMs]
        clockKill = try settings[ClockKeys.killThresholdMs]
        runFailures = try settings[GateKeys.maxRunFailures]
        rejections = try settings[GateKeys.minRejections]
        rejectionRate = try settings[GateKeys.maxRejectionRate]
    }
}
