import LedgerEvents
import LedgerSafety
import Testing

@Suite struct LiveOrdersTests {
    private static let flags = [false, true]

    /// Every combination of the eight conditions.
    static let all: [LiveOrders] = {
        var rows: [LiveOrders] = []
        for mode in TradingMode.allCases {
            for dryRun in [nil, true, false] as [Bool?] {
                for bits in 0..<64 {
                    func bit(_ place: Int) -> Bool { bits >> place & 1 == 1 }
                    rows.append(
                        LiveOrders(
                            mode: mode, isExecutionLive: bit(0), dryRun: dryRun,
                            hasDryRunOption: bit(1), isGatewayPaper: bit(2),
                            isLiveEnabled: bit(3), isDoctorHealthy: bit(4), isGateOpen: bit(5)))
                }
            }
        }
        return rows
    }()

    @Test func `of all combinations one sends orders`() {
        let live = Self.all.filter { $0.verdict == .live }
        #expect(Self.all.count == 4 * 3 * 64)
        #expect(
            live == [
                LiveOrders(
                    mode: .auto, isExecutionLive: true, dryRun: false, hasDryRunOption: false,
                    isGatewayPaper: false, isLiveEnabled: true, isDoctorHealthy: true,
                    isGateOpen: true)
            ])
    }

    @Test func `every other one says what is missing`() {
        for row in Self.all where row.verdict != .live {
            guard case .dry(let reason) = row.verdict else { continue }
            #expect(!reason.isEmpty)
        }
    }
}
