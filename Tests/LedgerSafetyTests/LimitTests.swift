import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Every threshold at, just below and just above its value.
@Suite struct LimitTests {
    private static let one = Int128(FixedPoint.one)
    private static func money(_ text: String) throws -> Money { try Money(text) }

    @Test(arguments: [
        ("920.01", DrawdownLevel.warning), ("920.00", .halt), ("919.99", .halt),
        ("900.01", .halt), ("900", .panic), ("899.99", .panic), ("950", .warning),
        ("950.01", DrawdownLevel.none), ("1000", .none), ("0", .panic), ("-5", .panic),
    ])
    func `a thousand dollars that fall to this are at this level`(
        _ equity: String, _ level: DrawdownLevel
    ) throws {
        let rules = DrawdownRules()
        let (now, peak) = (try Money(equity).raw * Self.one, try Money("1000").raw * Self.one)
        #expect(rules.level(now, below: peak) == level)
        // One unit of 10^-18 is a difference.
        if equity == "920.00" {
            #expect(rules.level(now + 1, below: peak) == .warning)
            #expect(rules.level(now - 1, below: peak) == .halt)
        }
    }

    @Test func `the line is the highest equity that reaches the share, at any size`() {
        let rules = DrawdownRules()
        for peak in [Int128(1), 3, 7, 12_345, 1 << 60, 1 << 90, 1 << 119] {
            let line = DrawdownRules.line(rules.halt, peak)
            #expect(rules.level(line, below: peak) >= .halt, "\(peak)")
            #expect(rules.level(line + 1, below: peak) < .halt, "\(peak)")
        }
        #expect(rules.level(-5, below: 0) == .none)
    }

    private func candidate(_ quantity: Int128, price: Int64 = 10) -> EntryCandidate {
        EntryCandidate(
            quantity: Quantity(raw: quantity * Self.one),
            price: Price(raw: price * FixedPoint.one), lot: Quantity(raw: Self.one),
            equity: Money(raw: 10_000 * Self.one))
    }

    private func rules(_ change: (inout RiskRules) -> Void) -> RiskRules {
        var rules = RiskRules()
        rules.isEnabled = true
        rules.portfolioHeat = .zero
        change(&rules)
        return rules
    }

    /// Wanted units at a price of 10, what is left, and the rule that speaks.
    @Test(arguments: [
        (49, 49, RejectionReason?.none), (50, 50, nil), (51, 50, .orderNotional),
    ])
    func `an order's notional is clamped above 500`(
        _ wanted: Int128, _ left: Int128, _ reason: RejectionReason?
    ) {
        let limit = rules { $0.orderNotional = Money(raw: 500 * Self.one) }
        let verdict = limit.verdict(candidate(wanted))
        #expect(verdict.quantity == Quantity(raw: left * Self.one))
        #expect(verdict.adjustments.first?.rule.reason == reason)
        #expect(verdict.refusal == nil)
    }

    @Test func `a clamp that leaves no lot is a refusal that names limit and value`() {
        let limit = rules { $0.orderNotional = Money(raw: 9 * Self.one) }
        let verdict = limit.verdict(candidate(2))
        #expect(
            verdict.refusal
                == Refusal(
                    .orderNotional, limit: .count(9),
                    value: .count(20)))
    }

    @Test func `what is held counts against position and total limits`() {
        var entry = candidate(30)
        entry.position = Quantity(raw: 80 * Self.one)
        entry.positionNotional = Money(raw: 800 * Self.one)
        entry.exposure = Money(raw: 1900 * Self.one)
        let cases: [(RejectionReason, Int128, (inout RiskRules) -> Void)] = [
            (.positionQuantity, 20, { $0.positionQuantity = Quantity(raw: 100 * Self.one) }),
            (.positionNotional, 20, { $0.positionNotional = Money(raw: 1000 * Self.one) }),
            (.totalNotional, 10, { $0.totalNotional = Money(raw: 2000 * Self.one) }),
            (.totalExposure, 10, { $0.totalExposure = Price(raw: 200_000_000) }),
        ]
        for (reason, left, change) in cases {
            let verdict = rules(change).verdict(entry)
            #expect(verdict.adjustments.map(\.rule.reason) == [reason], "\(reason)")
            #expect(verdict.quantity == Quantity(raw: left * Self.one), "\(reason)")
        }
        let buffered = rules {
            $0.totalNotional = Money(raw: 2500 * Self.one)
            $0.exposureBuffer = Price(raw: 200_000_000)
        }
        #expect(buffered.verdict(entry).quantity == Quantity(raw: 10 * Self.one))
    }

    @Test(arguments: [(299, true), (300, true), (301, false)])
    func `heat of thirty per cent passes and more does not`(_ units: Int128, _ passes: Bool) {
        let limit = rules { $0.portfolioHeat = Price(raw: 300_000_000) }
        let verdict = limit.verdict(candidate(units))
        #expect((verdict.refusal == nil) == passes)
        if !passes { #expect(verdict.refusal?.value == Measure(raw: 301_000_000)) }
    }

    @Test func `one per cent of risk by the average range, ten per cent at most`() {
        let limit = rules {
            $0.atrSizing = 0.01
            $0.atrPositionCap = 0.10
        }
        var entry = candidate(1000)
        entry.averageTrueRange = 2
        #expect(limit.verdict(entry).quantity == Quantity(raw: 50 * Self.one))
        entry.averageTrueRange = 0.5
        #expect(limit.verdict(entry).quantity == Quantity(raw: 100 * Self.one))
        entry.averageTrueRange = nil
        #expect(limit.verdict(entry).quantity == Quantity(raw: 1000 * Self.one))
    }

    @Test func `a trade below the least value is refused, one of it is not`() {
        let limit = rules { $0.tradeValue = Money(raw: 100 * Self.one) }
        #expect(limit.verdict(candidate(10)).refusal == nil)
        #expect(limit.verdict(candidate(9)).refusal?.reason == .tradeValue)
    }

    @Test func `limits that are off do nothing`() {
        var limit = rules { $0.orderNotional = Money(raw: 1) }
        limit.isEnabled = false
        #expect(limit.verdict(candidate(1000)).quantity == Quantity(raw: 1000 * Self.one))
    }

    // MARK: Counters and throttles

    @Test(arguments: [(4, 4, false), (5, 10, false), (6, 10, true), (5, 9, true), (5, 5, true)])
    func `orders refused of orders sent`(_ refused: Int, _ sent: Int, _ trips: Bool) {
        var counters = FaultCounters()
        for _ in 0..<sent { counters.submitOrder() }
        var last = false
        for _ in 0..<refused { last = counters.rejectOrder(FaultRules()) }
        #expect(last == trips)
    }

    @Test func `three failed runs in a row, and a success begins anew`() {
        var counters = FaultCounters()
        let rules = FaultRules()
        for _ in 0..<2 { counters.failRun() }
        #expect(!counters.hasFailedRuns(rules))
        counters.succeedRun()
        for _ in 0..<2 { counters.failRun() }
        #expect(!counters.hasFailedRuns(rules))
        counters.failRun()
        #expect(counters.hasFailedRuns(rules))
    }

    @Test func `a counter trips at its limit and starts anew after a minute without faults`() {
        let rules = FaultRules()
        func at(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }
        var counters = FaultCounters()
        for second in 1...9 {
            let trips = counters.count(.rest, at: at(Int64(second)), rules)
            #expect(!trips)
        }
        let atOnce = counters.count(.rest, at: at(69), rules)
        #expect(atOnce, "60 s later is not after the minute")
        counters = FaultCounters()
        for second in 1...9 { _ = counters.count(.rest, at: at(Int64(second)), rules) }
        let later = counters.count(.rest, at: at(70), rules)
        #expect(!later && counters.count(.rest) == 1)
        let refused = counters.count(.authentication, at: at(1), rules)
        #expect(refused, "the first one trips")
    }

    @Test(arguments: [
        (Metric.feedLag, "60000", false), (.feedLag, "60000.000000001", true),
        (.websocketFailures, "100", false), (.websocketFailures, "101", true),
        (.errorRate, "0.2", false), (.errorRate, "0.200000001", true),
        (.clockSkew, "2000", false), (.clockSkew, "-2000.1", true), (.latency, "1000000", false),
    ])
    func `a metric above its limit trips, at it does not`(
        _ metric: Metric, _ value: String, _ trips: Bool
    ) throws {
        #expect((FaultRules().breach(metric, try Price(value)) != nil) == trips)
    }

    @Test func `a sliding minute lets as many through as its limit`() {
        var window = SlidingWindow()
        for second in 0..<10 {
            let time = Timestamp(nanoseconds: Int64(second) * 1_000_000_000)
            #expect(window.count(at: time, span: .minute) == second)
            window.add(time, span: .minute)
        }
        let before = Timestamp(nanoseconds: 59_999_999_999)
        #expect(window.count(at: before, span: .minute) == 10)
        let after = Timestamp(nanoseconds: 60_000_000_000)
        #expect(window.count(at: after, span: .minute) == 9)
    }

    @Test func `five signals a second, in bursts of five`() {
        var bucket = TokenBucket()
        let rate = 5 * FixedPoint.one
        let start = Timestamp(nanoseconds: 1)
        let burst = (0..<7).map { _ in bucket.spend(at: start, rate: rate) }
        #expect(burst == [true, true, true, true, true, false, false])
        let soon = Timestamp(nanoseconds: 200_000_001)
        let again = (0..<2).map { _ in bucket.spend(at: soon, rate: rate) }
        #expect(again == [true, false])
    }
}
