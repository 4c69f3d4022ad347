import LedgerConfiguration
import LedgerSettings
import Testing

/// Settings outside the engine that are each good and contradict each other (C18).
@Suite struct SettingsContradictionsTests {
    typealias Pairs = [(key: String, value: String)]

    /// Values that go together, values that do not, and the message.
    static let contradictions: [(good: Pairs, bad: Pairs, message: String)] = [
        (
            [("backoff_base_s", "60")], [("backoff_base_s", "61")],
            "backoff_base_s 61 must be at most max_backoff_s 60"
        ),
        (
            [("alpaca.paper", "false"), ("alpaca.live_enabled", "true")],
            [("alpaca.paper", "false")],
            "alpaca.paper false requires alpaca.live_enabled=true (ALPACA_LIVE_ENABLED)"
        ),
        (
            [("mode", "live"), ("paper", "false"), ("live.exec_mode", "live")],
            [("mode", "live"), ("paper", "true"), ("live.exec_mode", "live")],
            "paper true contradicts live.exec_mode live (EXEC_MODE)"
        ),
    ]

    @Test(arguments: contradictions.indices)
    func `two settings that contradict are both named`(row: Int) {
        let (good, bad, message) = Self.contradictions[row]
        #expect(SettingsSchema.problem(with: Settings(good)) == nil)
        let problem = SettingsSchema.problem(with: Settings(bad))
        #expect(problem.map { "\($0.key) \($0.problem)" } == message)
    }

    @Test func `a value that its setting does not allow is a problem`() {
        let problem = SettingsSchema.problem(with: Settings([("training.gamma", "2")]))
        #expect(
            problem?.description
                == "setting training.gamma: '2' is not a decimal number from 0 to 1")
    }
}
