import LedgerEvents
import LedgerSafety

extension RejectionReason {
    /// The setting that defines the rule's limit; nil if there is none.
    public var setting: String? {
        switch self {
        case .portfolioHeat: "risk.max_portfolio_heat"
        case .orderNotional: "risk.max_order_notional"
        case .positionQuantity: "risk.max_abs_position_qty"
        case .positionNotional: "risk.max_abs_position_notional"
        case .totalNotional: "risk.max_total_notional"
        case .totalExposure: "risk.max_total_exposure_pct"
        case .entriesPerDay: "risk.max_entries_per_day"
        case .orderRate: "risk.max_orders_per_min"
        case .topSignals: "risk.top_signals"
        case .signalRate: "max_signals_per_sec"
        case .tradeValue: "risk.min_trade_value"
        case .positionSize: "risk.atr_position_cap"
        case .correlation: "risk.max_correlation"
        case .volatility: "filters.max_volatility"
        case .regime: "filters.regime"
        case .rampup: "drawdown.rampup_sizing"
        case .noPosition: "account.allow_short"
        default: nil
        }
    }

    /// How a block ends, if no latch says it.
    public var mend: String {
        switch self {
        case .insufficientCash: "more cash, or a smaller size"
        case .buyingPower: "more equity, a smaller size, or other terms: ledger project margin"
        case .leverage: "a smaller size, or account.margin.max_leverage"
        case .marginDeficit: "prices, a deposit or sales that cover the deficit"
        case .sizeZero, .belowLot: "a larger size: the remainder is below one lot"
        case .currencyMismatch: "an instrument in the account's currency"
        case .duplicateIntent: "the next bar: this one was already decided"
        case .unknownInstrument: "a definition of the instrument"
        case .overflow: "a smaller size: the order exceeds the number range"
        case .noPosition: "account.allow_short, or a position to sell"
        case .badPrice: "a price above zero"
        case .workingOrder: "the end of the working order"
        case .accountKind: "an account of the other kind"
        case .dataQuality, .feedPaused: "good data: ledger project quality"
        case .regime: "another regime, or filters.regime"
        case .volatility: "calmer prices, or filters.max_volatility"
        case .correlation: "other positions, or risk.max_correlation"
        case .topSignals, .entriesPerDay: "the next trading day, or \(setting ?? "")"
        case .signalRate, .orderRate: "a little time, or \(setting ?? "")"
        case .rampup: "the end of the ramp-up"
        default: setting.map { "more room under \($0)" } ?? "see ledger gate status"
        }
    }
}

extension EndReason {
    /// What would have let an entry fill that ended without a fill.
    var mend: String {
        switch self {
        case .notFilled: "another time in force, or a better limit"
        case .dayEnded: "a limit that is reached within the day, or good till cancelled"
        case .runEnded: "a longer run: ledger backtest --continue"
        case .halted: "the end of the latch: ledger gate status"
        case .reconciled: "an order that the venue knows"
        case .split: "an order in the units and prices after the split"
        default: "another order"
        }
    }
}
