import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSimulation

/// Random settings and inputs that touch every strategy and every part of the venue.
enum RandomInputs {
    static let seeds: [UInt64] = (0..<6).map { 0x5EED_0500 + $0 }

    static func settings(seed: UInt64) -> [(key: String, value: String)] {
        var random = SplitMix64(seed: seed)
        func pick(_ values: [String]) -> String {
            values[Int(random.next(upTo: UInt64(values.count - 1)))]
        }
        var pairs = [
            ("seed", String(seed)), ("engine.digest_every", "37"),
            ("account.allow_short", pick(["true", "false"])),
            ("venue.latency_ms", pick(["0", "0", "20000", "90000"])),
            ("venue.latency_jitter_ms", pick(["0", "30000"])),
            ("venue.participation_basis_points", pick(["0", "5000", "10000"])),
            ("venue.slippage_basis_points", pick(["0", "7.5"])),
            ("venue.fee_fixed", pick(["0", "1"])), ("venue.fee_basis_points", pick(["0", "2.5"])),
        ]
        func strategy(_ index: Int, _ values: [(String, String)]) {
            pairs += values.map { ("strategies.\(index).\($0.0)", $0.1) }
        }
        strategy(
            0,
            [
                ("kind", "sma_crossover"), ("name", "fast"), ("symbols", "A, B"), ("fast", "1"),
                ("slow", "3"), ("quantity", "10"), ("stop_loss", pick(["0", "0.7", "2"])),
                ("take_profit", pick(["0", "1", "3"])),
            ])
        strategy(
            1,
            [
                ("kind", "sma_crossover"), ("symbols", "A"), ("fast", "2"), ("slow", "5"),
                ("arithmetic", "double"), ("quantity", "7"),
            ])
        strategy(
            2,
            [
                ("kind", "threshold"), ("symbols", "A,B"), ("atr_period", "3"), ("k_atr", "0.1"),
                ("k_sigma", "0.5"), ("reward_risk", "1.5"),
            ])
        strategy(3, [("kind", "buy_and_hold"), ("symbols", "B"), ("cash_fraction", "0.2")])
        return pairs.map { (key: $0.0, value: $0.1) }
    }

    /// - Parameter second: where randomness of the later half differs: a second future for one past.
    static func inputs(
        seed: UInt64, count: Int, future: UInt64 = 0, from turn: Int = .max
    ) -> [Run.Input] {
        var random = SplitMix64(seed: seed ^ 0xABCD)
        var prices = [100.0, 50.0]
        var seconds: Int64 = 1_700_000_000
        return (0..<count).map { index in
            if index == turn { random = SplitMix64(seed: seed ^ future) }
            func below(_ bound: UInt64) -> Int { Int(random.next(upTo: bound - 1)) }
            if below(4) > 0 { seconds += Int64(below(9)) * 60 }
            if below(60) == 0 { seconds += 40_000 }
            let which = below(2)
            prices[which] *= 1 + Double(below(41) - 20) / 1000
            let event = event(which, &prices, below)
            return Run.Input(event: event, seconds: seconds)
        }
    }

    private static func event(
        _ which: Int, _ prices: inout [Double], _ below: (UInt64) -> Int
    ) -> any Event {
        let instrument = InstrumentID(UInt32(which + 1))
        let last = prices[which]
        func price(_ value: Double) -> Price {
            Price(raw: Int64((value * 100).rounded()) * 10_000_000)
        }
        let size = Quantity(raw: Int128(below(60)) * 1_000_000_000)
        switch below(20) {
        case 0...9:
            let open = last * (1 + Double(below(21) - 10) / 1000)
            let high = max(open, last) * (1 + Double(below(10)) / 1000)
            let low = min(open, last) * (1 - Double(below(10)) / 1000)
            return Bar(
                instrument: instrument, interval: 60, open: price(open), high: price(high),
                low: price(low), close: price(last), volume: size)
        case 10...12:
            return Quote(
                instrument: instrument, bid: price(last * 0.999), ask: price(last * 1.001),
                bidSize: size, askSize: size)
        case 13...14:
            return Trade(
                instrument: instrument, aggressor: nil, price: price(last), size: size, tradeId: 1)
        case 15...16:
            return PredictionRecorded(
                instrument: instrument, predicted: price(last * (0.95 + Double(below(100)) / 1000)),
                error: price(last * 0.005), horizon: .day)
        case 17: return ClockTicked()
        case 18:
            return below(2) == 0
                ? DividendDeclared(instrument: instrument, perUnit: price(0.1))
                : SessionClosed(instrument: below(2) == 0 ? .none : instrument)
        default:
            let (up, down) = [(2, 1), (1, 2), (3, 2)][below(3)]
            prices[which] *= Double(down) / Double(up)
            return SplitApplied(
                instrument: instrument, numerator: Int64(up), denominator: Int64(down))
        }
    }

    static func run(
        seed: UInt64, _ inputs: [Run.Input], endsAt seconds: Int64? = nil
    ) throws -> Run {
        let run = try Run(settings(seed: seed))
        for input in inputs { try run.append(input) }
        if let last = inputs.last?.seconds {
            try run.append(RunEnded(inputs: 0, reason: "end"), at: seconds ?? last)
        }
        return run
    }
}
