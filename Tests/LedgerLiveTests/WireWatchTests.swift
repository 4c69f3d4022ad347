import LedgerDomain
import LedgerSafety
import LedgerTransport
import Testing

@testable import LedgerLive

@Suite struct WireWatchTests {
    private func count(_ ended: UInt64, failed: UInt64) -> RequestCount {
        var count = RequestCount()
        (count.ended, count.failed) = (ended, failed)
        return count
    }

    @Test func `requests that fail while the order stream is down are no rate of errors`() {
        var watch = WireWatch()
        var rules = FaultRules()
        rules.errorRate = Price(raw: 200_000_000)
        func due(_ requests: RequestCount, isOutage: Bool) -> Int {
            watch.due(at: 0, requests, isOutage: isOutage, rules, origin: "venue").count
        }
        #expect(due(count(20, failed: 0), isOutage: false) == 0)
        #expect(due(count(60, failed: 40), isOutage: true) == 0)
        #expect(due(count(75, failed: 41), isOutage: false) == 0)
        #expect(due(count(90, failed: 50), isOutage: false) == 1)
    }
}
