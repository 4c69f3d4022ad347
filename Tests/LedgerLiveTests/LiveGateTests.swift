import LedgerConfiguration
import LedgerEvents
import LedgerSafety
import Testing

@testable import LedgerLive

/// C2, K19, K21 and K24: what is not said counts against sending.
@Suite struct LiveGateTests {
    private static let allowed: [(String, String)] = [
        ("mode", "live"), ("account.kind", "live"), ("venue.kind", "alpaca"), ("paper", "false"),
        ("alpaca.paper", "false"), ("alpaca.live_enabled", "true"), ("live.exec_mode", "live"),
        ("live.dry_run", "false"),
    ]

    private func verdict(
        without key: String? = nil, change: (String, String)? = nil, mode: TradingMode = .auto,
        dry: Bool = false, healthy: Bool = true
    ) throws -> LiveOrders.Verdict {
        var pairs = Self.allowed.filter { $0.0 != key }
        if let change { pairs = pairs.filter { $0.0 != change.0 } + [change] }
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: pairs.map { (key: $0.0, value: $0.1) })
        return LiveGate(
            configuration, mode: mode, hasDryRunOption: dry, isDoctorHealthy: healthy
        ).verdict
    }

    private func isDry(_ verdict: LiveOrders.Verdict) -> Bool {
        if case .dry = verdict { return true }
        return false
    }

    @Test func `every condition said lets orders leave`() throws {
        #expect(try verdict() == .live)
    }

    @Test func `what is not said means dry`() throws {
        #expect(isDry(try verdict(without: "live.dry_run")))
        #expect(isDry(try verdict(without: "live.exec_mode")))
        // The paper side is on unless it is said to be off, and then contradicts the rest.
        #expect(throws: (any Error).self) { try verdict(without: "paper") }
    }

    @Test func `each condition alone means dry`() throws {
        #expect(isDry(try verdict(change: ("live.dry_run", "true"))))
        #expect(isDry(try verdict(change: ("live.exec_mode", "paper"))))
        #expect(isDry(try verdict(mode: .paper)))
        #expect(isDry(try verdict(mode: .halt)))
        #expect(isDry(try verdict(dry: true)))
        #expect(isDry(try verdict(healthy: false)))
    }
}
