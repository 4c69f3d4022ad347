import LedgerEvents

/// Whether an order may reach a real venue (C2, K19 to K24). Every condition must hold; an unknown
/// condition does not hold.
public struct LiveOrders: Hashable, Sendable {
    public var mode: TradingMode
    /// EXEC_MODE is live.
    public var isExecutionLive: Bool
    /// DRY_RUN as given; nil if it was not given.
    public var dryRun: Bool?
    /// `--dry-run`, which overrides the environment.
    public var hasDryRunOption: Bool
    /// The gateway uses the venue's paper account.
    public var isGatewayPaper: Bool
    /// The venue's own switch for orders with real money is on; true for a venue without one.
    public var isLiveEnabled: Bool
    public var isDoctorHealthy: Bool
    /// No active latch blocks the order.
    public var isGateOpen: Bool

    public init(
        mode: TradingMode, isExecutionLive: Bool, dryRun: Bool?, hasDryRunOption: Bool,
        isGatewayPaper: Bool, isLiveEnabled: Bool, isDoctorHealthy: Bool, isGateOpen: Bool
    ) {
        (self.mode, self.isExecutionLive, self.dryRun) = (mode, isExecutionLive, dryRun)
        (self.hasDryRunOption, self.isGatewayPaper) = (hasDryRunOption, isGatewayPaper)
        (self.isLiveEnabled, self.isDoctorHealthy) = (isLiveEnabled, isDoctorHealthy)
        self.isGateOpen = isGateOpen
    }

    public enum Verdict: Hashable, Sendable {
        case live
        /// The run sends no orders; the reason is the first condition that failed.
        case dry(String)
    }

    public var verdict: Verdict {
        if hasDryRunOption { return .dry("--dry-run") }
        guard let dryRun else { return .dry("DRY_RUN is not set, which means dry") }
        if dryRun { return .dry("DRY_RUN is true") }
        guard isExecutionLive else { return .dry("EXEC_MODE is not live") }
        guard mode == .auto else { return .dry("the mode is \(mode), not auto") }
        if isGatewayPaper { return .dry("the gateway uses the venue's paper side") }
        guard isLiveEnabled else { return .dry("live trading is not enabled at the venue") }
        guard isDoctorHealthy else { return .dry("the doctor has not found everything healthy") }
        return isGateOpen ? .live : .dry("the trading gate is not open")
    }
}
