import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The settings that the engine reads, directly or through the targets that it is made of.
public enum EngineSchema {
    /// All but the settings of single strategies.
    public static let core: [Setting] = [
        RunKeys.all, AccountKeys.all, DeskKeys.all, ModeKeys.all, FillKeys.all, GateKeys.all,
        DrawdownKeys.all,
        RiskKeys.all, ReconciliationKeys.all, QualityKeys.all, FilterKeys.all, HealthKeys.all,
        FaultKeys.all, ClockKeys.all, WarmupKeys.all, RateKeys.all, DeskStopKeys.all,
        FinancingKeys.all, MarginKeys.all,
    ].flatMap { $0 }

    public static let strategies: [Setting] = [
        StrategyKeys.all, CrossoverKeys.all, HoldKeys.all, ThresholdKeys.all,
    ].flatMap { $0 }

    public static let all: [Setting] = core + strategies
}
