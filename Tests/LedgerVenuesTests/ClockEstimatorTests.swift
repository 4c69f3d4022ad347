import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

/// The venue's clock, from samples.
@Suite struct ClockEstimatorTests {
    private static let start = Timestamp(nanoseconds: 1_723_161_256_000_000_000)

    /// A venue that is `ahead` milliseconds ahead and answers after `trip`, of which `back` is the way back.
    private func sample(_ ahead: Int64, trip: Int64 = 20, back: Int64? = nil) -> ClockSample {
        let local = Self.start.nanoseconds + trip * 1_000_000
        let server = local - (back ?? trip / 2) * 1_000_000 + ahead * 1_000_000
        return ClockSample(
            server: Timestamp(nanoseconds: server), roundTrip: Nanoseconds(trip * 1_000_000),
            local: Timestamp(nanoseconds: local))
    }

    private func milliseconds(_ value: Nanoseconds?) -> Int64? {
        value.map { $0.count / 1_000_000 }
    }

    private func reading(
        _ clock: inout ClockEstimator, _ samples: [ClockSample]
    ) throws -> ClockEstimator.Reading {
        let reading = clock.add(samples, at: Self.start)
        return try #require(reading)
    }

    @Test func `half the round trip is the way back`() throws {
        var clock = ClockEstimator()
        let reading = try reading(&clock, [sample(-1272)])
        #expect(milliseconds(reading.measured) == -1272)
        #expect(milliseconds(clock.offset) == -1272)
        #expect(
            clock.venueTime(at: Self.start).nanoseconds == Self.start.nanoseconds - 1_272_000_000)
        let metric = reading.metric(origin: "binance")
        #expect(metric.metric == .clockSkew && metric.value.description == "-1272")
    }

    @Test func `slow samples are dropped and the median of the others counts`() throws {
        var clock = ClockEstimator()
        // The answer that took 2 s came back late: alone it would say −900 ms.
        let samples = [
            sample(10, trip: 20), sample(12, trip: 22), sample(11, trip: 24), sample(13, trip: 26),
            sample(10, trip: 2000, back: 1910),
        ]
        let reading = try reading(&clock, samples)
        #expect(milliseconds(reading.measured) == 11)
        #expect((reading.kept, reading.dropped) == (4, 1))
        #expect(milliseconds(reading.roundTrip) == 26)
    }

    @Test func `the ninetieth percentile lies linearly between neighbours`() throws {
        for count in 1...40 {
            var clock = ClockEstimator()
            let samples = (1...count).map { sample(0, trip: Int64($0) * 2) }
            let reading = try reading(&clock, samples)
            let limit = 0.9 * Double(count - 1) + 1
            #expect(reading.kept == (1...count).count { Double($0) <= limit + 1e-9 }, "\(count)")
        }
    }

    @Test func `the first measurement is taken as it is, later ones step by step`() throws {
        var clock = ClockEstimator()
        #expect(try milliseconds(reading(&clock, [sample(5000)]).offset) == 5000)
        let reading = try reading(&clock, [sample(-5000)])
        #expect(milliseconds(reading.measured) == -5000)
        #expect(milliseconds(reading.offset) == 4000)
    }

    @Test func `alpha is the share of the way`() throws {
        var rules = ClockEstimator.Rules()
        rules.alpha = 250_000_000
        var clock = ClockEstimator(rules)
        _ = clock.add([sample(100)], at: Self.start)
        #expect(try milliseconds(reading(&clock, [sample(200)]).offset) == 125)
        #expect(try milliseconds(reading(&clock, [sample(-75)]).offset) == 75)
    }

    @Test
    func
        `it is asked again when the time is over, when our clock ran back and when the venue complains`()
    {
        var clock = ClockEstimator()
        #expect(clock.isDue(at: Self.start))
        _ = clock.add([sample(0)], at: Self.start)
        func later(_ seconds: Int64) -> Timestamp {
            Timestamp(nanoseconds: Self.start.nanoseconds + seconds * 1_000_000_000)
        }
        #expect(!clock.isDue(at: later(299)))
        #expect(clock.isDue(at: later(300)))
        #expect(clock.isDue(at: later(-1)))
        clock.invalidate()
        #expect(clock.isDue(at: Self.start))
        #expect(clock.offset != nil)
    }

    @Test func `samples that cannot be are no measurement`() {
        var clock = ClockEstimator()
        for none in [[], [sample(0, trip: -2)]] {
            let reading = clock.add(none, at: Self.start)
            #expect(reading == nil)
        }
        #expect(clock.isDue(at: Self.start))
        let far = ClockSample(
            server: Timestamp(nanoseconds: .max), roundTrip: Nanoseconds(.max),
            local: Timestamp(nanoseconds: .min))
        let reading = clock.add([far], at: Self.start)
        #expect(reading?.measured.count == .max)
        #expect(reading?.metric(origin: "").value.raw == .max)
        #expect(clock.venueTime(at: Timestamp(nanoseconds: .max)).nanoseconds == .max)
    }
}
