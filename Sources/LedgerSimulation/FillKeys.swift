import LedgerDomain
import LedgerSettings

/// How the simulated venue fills orders, and what a fill costs.
public enum FillKeys {
    public static let feeFixed = SettingKey<Money>.decimal(
        "venue.fee_fixed", from: "-1000000", through: "1000000", default: "0",
        help: "currency an order")
    public static let feePerUnit = SettingKey<Price>.decimal(
        "venue.fee_per_unit", from: "-1000000", through: "1000000", default: "0",
        help: "currency a unit")
    public static let feeBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.fee_basis_points", from: "-10000", through: "10000", default: "0",
        help: "basis points of the notional")
    public static let feeMinimum = SettingKey<Money>.decimal(
        "venue.fee_minimum", from: "-1000000", through: "1000000", default: "0",
        help: "currency a fill, at least")
    public static let slippageBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.slippage_basis_points", from: "0", through: "10000", default: "0",
        help: "basis points against market and stop fills")
    public static let participationBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.participation_basis_points", from: "0", through: "10000", default: "0",
        help: "share of a bar's volume or a quote's size that we may take; 0 for no limit")
    public static let latency = SettingKey.duration(
        "venue.latency_ms", .milliseconds, 0...86_400_000, default: 0,
        help: "milliseconds from a decision until the order can fill")
    public static let latencyJitter = SettingKey.duration(
        "venue.latency_jitter_ms", .milliseconds, 0...86_400_000, default: 0,
        help: "up to this much more, drawn from the seed")

    public static let all = [
        feeFixed.setting, feePerUnit.setting, feeBasisPoints.setting, feeMinimum.setting,
        slippageBasisPoints.setting, participationBasisPoints.setting, latency.setting,
        latencyJitter.setting,
    ]
}
