import LedgerDomain
import LedgerSettings

/// How the simulated venue fills orders, and what a fill costs.
public enum FillKeys {
    public static let feeFixed = SettingKey<Money>.decimal(
        "venue.fee_fixed", from: "-1000000", through: "1000000", default: "0",
        help: "fee per order")
    public static let feePerUnit = SettingKey<Price>.decimal(
        "venue.fee_per_unit", from: "-1000000", through: "1000000", default: "0",
        help: "fee per unit")
    public static let feeBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.fee_basis_points", from: "-10000", through: "10000", default: "0",
        help: "fee in basis points of the notional")
    public static let feeMinimum = SettingKey<Money>.decimal(
        "venue.fee_minimum", from: "-1000000", through: "1000000", default: "0",
        help: "minimum fee per fill")
    public static let slippageBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.slippage_basis_points", from: "0", through: "10000", default: "0",
        help: "slippage of market and stop fills, in basis points")
    public static let participationBasisPoints = SettingKey<BasisPoints>.decimal(
        "venue.participation_basis_points", from: "0", through: "10000", default: "0",
        help: "maximum share of a bar's volume or a quote's size to fill; 0 for no limit")
    public static let latency = SettingKey.duration(
        "venue.latency_ms", .milliseconds, 0...86_400_000, default: 0,
        help: "milliseconds from the decision until the order can fill")
    public static let latencyJitter = SettingKey.duration(
        "venue.latency_jitter_ms", .milliseconds, 0...86_400_000, default: 0,
        help: "random extra latency of up to this many milliseconds")

    public static let all = [
        feeFixed.setting, feePerUnit.setting, feeBasisPoints.setting, feeMinimum.setting,
        slippageBasisPoints.setting, participationBasisPoints.setting, latency.setting,
        latencyJitter.setting,
    ]
}
