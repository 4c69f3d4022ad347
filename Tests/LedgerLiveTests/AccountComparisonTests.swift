import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerLive

@Suite struct AccountComparisonTests {
    private func difference(_ ledger: Int128, _ venue: Int128) -> DiscrepancyFound {
        DiscrepancyFound(
            .quantity, instrument: InstrumentID(1), snapshot: 0, ledger: Measure(raw: ledger),
            venue: Measure(raw: venue), symbol: "A", detail: "")
    }

    @Test func `a difference that stays counts at the third comparison`() {
        var comparison = AccountComparison()
        // Both sides move meanwhile; what is missing stays.
        #expect(comparison.pause(after: [difference(5, 3)]) == 200_000_000)
        #expect(comparison.pause(after: [difference(8, 6)]) == 400_000_000)
        #expect(comparison.pause(after: [difference(5, 3), difference(1, 9)]) == nil)
    }

    @Test func `fills that overtake the answers are no difference`() {
        var comparison = AccountComparison()
        for ledger: Int128 in 1...5 {
            #expect(comparison.pause(after: [difference(ledger, 0)]) != nil)
        }
        #expect(comparison.pause(after: []) == nil)
    }

    @Test func `differences that never settle count in the end`() {
        var comparison = AccountComparison()
        let pauses = (1...10).map { comparison.pause(after: [difference(Int128($0), 0)]) }
        #expect(pauses.dropLast().allSatisfy { $0 != nil } && pauses.last == .some(nil))
        #expect(pauses.compactMap { $0 }.max() == 2_000_000_000)
    }
}
