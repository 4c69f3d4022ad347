import LedgerDomain
import LedgerSettings

/// What every strategy is told, and the quantity that several share.
public enum StrategyKeys {
    public static let kind = SettingKey.choice(
        "strategies.*.kind", of: StrategyCatalog.kinds, default: nil, help: "kind of strategy")
    public static let name = SettingKey.text(
        "strategies.*.name", default: nil, help: "name of the strategy; the kind if not given")
    public static let symbols = SettingKey.text(
        "strategies.*.symbols", default: nil, help: "instruments, separated by commas")
    /// Without a default, so that the settings of one account stay as they are.
    public static let accounts = SettingKey<[String]>.list(
        "strategies.*.accounts", default: nil,
        help:
            "accounts in which it trades, separated by commas; required if the journal has several")
    public static let quantity = SettingKey<Quantity>.decimal(
        "strategies.*.quantity", from: "0.000000001", through: "1000000000000", default: "1",
        help: "units per order", strategies: [SMACrossover.kind, BuyAndHold.kind])

    public static let all = [
        kind.setting, name.setting, symbols.setting, accounts.setting, quantity.setting,
    ]
}

extension SettingsEntry {
    /// The accounts in which a strategy trades; empty if it names none.
    public var accounts: [String] {
        get throws(SettingsError) {
            try given(StrategyKeys.accounts) ?? []
        }
    }

    /// A strategy without a name of its own is called after its kind.
    public var strategyName: String {
        get throws(SettingsError) {
            let kind = try self[StrategyKeys.kind]
            return try given(StrategyKeys.name) ?? kind
        }
    }
}

/// The settings of `SMACrossover`.
public enum CrossoverKeys {
    public static let fast = SettingKey<Int>.integer(
        "strategies.*.fast", 1...100_000, default: 10, help: "number of prices in the fast average",
        strategies: [SMACrossover.kind])
    public static let slow = SettingKey<Int>.integer(
        "strategies.*.slow", 2...100_000, default: 30, help: "number of prices in the slow average",
        strategies: [SMACrossover.kind])
    public static let arithmetic = SettingKey<Arithmetic>.choice(
        "strategies.*.arithmetic", default: .exact,
        help: "how averages are computed: running doubles or exact sums",
        strategies: [SMACrossover.kind])
    public static let signal = SettingKey<Signal>.choice(
        "strategies.*.signal", default: .level,
        help: "an entry signal once at each crossing (cross), or at every price above it (level)",
        strategies: [SMACrossover.kind])
    public static let stopLoss = SettingKey<Price>.decimal(
        "strategies.*.stop_loss", from: "0", through: "1000000000", default: "0",
        help: "distance of the stop loss from the fill price; 0 for none",
        strategies: [SMACrossover.kind])
    public static let takeProfit = SettingKey<Price>.decimal(
        "strategies.*.take_profit", from: "0", through: "1000000000", default: "0",
        help: "distance of the take profit from the fill price; 0 for none",
        strategies: [SMACrossover.kind])

    public static let all = [
        fast.setting, slow.setting, arithmetic.setting, signal.setting, stopLoss.setting,
        takeProfit.setting,
    ]

    /// What asks for an entry.
    public enum Signal: String, Worded {
        case level = "level"
        case cross = "cross"

        public var word: String { rawValue }
    }

    /// How averages are kept.
    public enum Arithmetic: String, Worded {
        case double = "double"
        case exact = "exact"

        public var word: String { rawValue }
    }
}

/// The settings of `BuyAndHold`.
public enum HoldKeys {
    public static let cashFraction = SettingKey<Double>.decimal(
        "strategies.*.cash_fraction", from: "0", through: "1", default: "0",
        help: "share of the cash to spend; 0 to use the quantity instead",
        strategies: [BuyAndHold.kind])

    public static let all = [cashFraction.setting]
}

/// The settings of `Threshold`.
public enum ThresholdKeys {
    public static let kSigma = SettingKey<Double>.decimal(
        "strategies.*.k_sigma", from: "0", through: "1000", default: "1",
        help: "standard deviations subtracted from the predicted move", strategies: [Threshold.kind]
    )
    public static let kATR = SettingKey<Double>.decimal(
        "strategies.*.k_atr", from: "0", through: "1000", default: "0.5",
        help: "smallest move to trade, in average true ranges", strategies: [Threshold.kind])
    public static let atrPeriod = SettingKey<Int>.integer(
        "strategies.*.atr_period", 1...10_000, default: 14,
        help: "number of bars in the average true range",
        strategies: [Threshold.kind])
    public static let rewardRisk = SettingKey<Double>.decimal(
        "strategies.*.reward_risk", from: "0.001", through: "1000", default: "2",
        help: "ratio of take-profit distance to stop-loss distance", strategies: [Threshold.kind])
    public static let riskPerTrade = SettingKey<Double>.decimal(
        "strategies.*.risk_per_trade", from: "0.000001", through: "1", default: "0.01",
        help: "share of equity to lose if the stop is hit", strategies: [Threshold.kind])

    public static let all = [
        kSigma.setting, kATR.setting, atrPeriod.setting, rewardRisk.setting, riskPerTrade.setting,
    ]
}
