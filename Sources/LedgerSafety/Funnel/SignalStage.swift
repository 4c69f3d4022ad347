import LedgerEvents

/// Where a signal was stopped, in funnel order.
public enum SignalStage: Int, Sendable, CaseIterable {
    case dataQuality, killSwitch, drawdown, reconciliation, regime, correlation, throttle, risk
    case execution

    /// The name in artifacts and reports.
    public var name: String {
        switch self {
        case .dataQuality: "DATA_QUALITY"
        case .killSwitch: "KILL_SWITCH"
        case .drawdown: "DRAWDOWN"
        case .reconciliation: "RECONCILIATION"
        case .regime: "REGIME"
        case .correlation: "CORRELATION"
        case .throttle: "THROTTLE"
        case .risk: "RISK"
        case .execution: "EXECUTION"
        }
    }

    /// The name in the summary of a run without trades.
    public var blocker: String {
        switch self {
        case .regime: "REGIME_FILTER"
        case .correlation: "CORRELATION_FILTER"
        case .throttle, .risk: "RISK_LIMITS"
        case .execution: "EXECUTION_ISSUES"
        default: name
        }
    }
}

extension RejectionReason {
    public var stage: SignalStage {
        switch self {
        case .dataQuality, .feedPaused, .badPrice, .unknownInstrument: .dataQuality
        case .manualKill, .strategyDisabled, .mode, .flagFile, .duplicateIntents,
            .orderRejections, .runFailures, .dailyDrawdown, .dailyLoss, .lossPause, .faultCounter,
            .authentication, .clock, .calendar:
            .killSwitch
        case .drawdownStop: .drawdown
        case .reconciliation: .reconciliation
        case .regime, .volatility: .regime
        case .correlation: .correlation
        case .topSignals, .signalRate: .throttle
        case .duplicateIntent, .belowLot, .currencyMismatch, .workingOrder, .accountKind,
            .orderStream, .priceFilter, .lotSize, .marketLotSize, .notional, .percentPrice,
            .maximumOrders, .rateUnknown:
            .execution
        case .insufficientCash, .sizeZero, .overflow, .noPosition, .portfolioHeat, .orderNotional,
            .positionQuantity, .positionNotional, .totalNotional, .totalExposure, .entriesPerDay,
            .orderRate, .tradeValue, .positionSize, .rampup, .buyingPower, .leverage,
            .marginDeficit:
            .risk
        }
    }
}
