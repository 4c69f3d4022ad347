import LedgerDomain
import LedgerSettings

/// How a policy is trained.
public enum TrainingKeys {
    public static let nSteps = SettingKey<Int>.integer(
        "training.n_steps", 1...10_000_000, default: 2048, help: "steps per roll-out")
    public static let batchSize = SettingKey<Int>.integer(
        "training.batch_size", 1...10_000_000, default: 64, help: "samples per batch")
    public static let learningRate = SettingKey<Price>.decimal(
        "training.learning_rate", from: "0.000000001", through: "1", default: "0.0001",
        help: "learning rate of the optimiser")
    public static let gamma = SettingKey<Price>.share(
        "training.gamma", default: "0.99", help: "discount factor")
    public static let totalTimesteps = SettingKey<Int>.integer(
        "training.total_timesteps", 1...1_000_000_000_000, default: 1_000_000,
        help: "total number of steps")

    public static let all = [
        nSteps.setting, batchSize.setting, learningRate.setting, gamma.setting,
        totalTimesteps.setting,
    ].map(\.notInThisVersion)
}
