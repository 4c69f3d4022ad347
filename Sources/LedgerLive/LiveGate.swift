import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerSafety
import VenueRegister

/// Whether orders of a configuration may reach a real venue (C2). An unknown condition does not
/// hold.
public struct LiveGate: Sendable {
    public let verdict: LiveOrders.Verdict

    /// - Parameters:
    ///   - mode: the journal's trading mode.
    ///   - isDoctorHealthy: whether there is a recent healthy doctor record.
    public init(
        _ configuration: Configuration, mode: TradingMode, hasDryRunOption: Bool,
        isDoctorHealthy: Bool
    ) {
        let isSaid = configuration.origin(of: LiveKeys.dryRun) != .standard
        let own = KnownVenues.named(configuration[ModeKeys.venue])?.liveSwitch
        let isPaper =
            configuration[ExecutionKeys.paper]
            || own.map { configuration[$0.paper] } ?? false
        guard configuration[ExecutionKeys.enabled] else {
            verdict = .dry("execution.enabled is false")
            return
        }
        verdict =
            LiveOrders(
                mode: mode, isExecutionLive: configuration[LiveKeys.execMode] == .live,
                dryRun: isSaid ? configuration[LiveKeys.dryRun] : nil,
                hasDryRunOption: hasDryRunOption, isGatewayPaper: isPaper,
                isLiveEnabled: own.map { configuration[$0.enabled] } ?? true,
                isDoctorHealthy: isDoctorHealthy, isGateOpen: true
            ).verdict
    }
}
