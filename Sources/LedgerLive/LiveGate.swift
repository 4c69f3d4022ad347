import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerSafety
import VenueRegister

/// Whether orders of a configuration may reach a real venue (C2). What is not said counts against it.
public struct LiveGate: Sendable {
    public let verdict: LiveOrders.Verdict

    /// - Parameters:
    ///   - mode: the trading mode that the journal stands in.
    ///   - isDoctorHealthy: a healthy doctor's record is young enough.
    public init(
        _ configuration: Configuration, mode: TradingMode, hasDryRunOption: Bool,
        isDoctorHealthy: Bool
    ) {
        let entry = configuration.entries.first { $0.key == "live.dry_run" }
        let isSaid = entry.map { $0.origin != .standard } ?? false
        let own = KnownVenues.named(configuration["venue.kind"])?.liveSwitch
        let isPaper =
            configuration["paper"] != "false"
            || own.map { configuration[$0.paper] != "false" } ?? false
        guard configuration["execution.enabled"] == "true" else {
            verdict = .dry("execution.enabled is false")
            return
        }
        verdict =
            LiveOrders(
                mode: mode, isExecutionLive: configuration["live.exec_mode"] == "live",
                dryRun: isSaid ? configuration["live.dry_run"] != "false" : nil,
                hasDryRunOption: hasDryRunOption, isGatewayPaper: isPaper,
                isLiveEnabled: own.map { configuration[$0.enabled] == "true" } ?? true,
                isDoctorHealthy: isDoctorHealthy, isGateOpen: true
            ).verdict
    }
}
