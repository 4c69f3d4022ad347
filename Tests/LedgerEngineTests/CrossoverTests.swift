import LedgerDomain
import LedgerEngine
import LedgerEvents
import Testing

/// The two forms of sma_crossover.
@Suite struct CrossoverTests {
    private static func settings(_ signal: String) -> [(key: String, value: String)] {
        [
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
            ("strategies.0.signal", signal),
        ]
    }

    private static func run(
        _ signal: String, _ prices: [Double], isRestored: Bool = false, isBlocked: Bool = false
    ) throws -> Run {
        let run = try Run(settings(signal))
        if isBlocked {
            try run.append(
                OperatorCommanded(
                    actor: "ann", command: "engage", argument: "blockEntries global", reason: ""),
                at: 1)
        }
        for (turn, price) in prices.enumerated() {
            try run.bar(price, price, price, price, at: Int64(60 * (turn + 1)))
            if isRestored { run.engine = try Engine(restoring: run.state) }
        }
        return run
    }

    /// The prices at which entries and exits were asked for.
    private static func signals(
        _ signal: String, _ prices: [Double], isRestored: Bool = false
    ) throws -> [String] {
        try run(signal, prices, isRestored: isRestored).events(SignalGenerated.self)
            .map { "\($0.purpose) \($0.price)" }
    }

    @Test func `the level form asks at every price above, the other once at a crossing`() throws {
        let prices = [10.0, 9, 11, 12, 13, 12, 11, 12, 13]
        for isRestored in [false, true] {
            let crosses = try Self.signals("cross", prices, isRestored: isRestored)
            #expect(crosses == ["entry 11", "exit 12", "entry 12"])
            let levels = try Self.signals("level", prices, isRestored: isRestored)
            #expect(levels == crosses)
        }
        // It begins above: no crossing was seen.
        #expect(try Self.signals("cross", [9, 10, 11, 12]) == [])
        #expect(try Self.signals("level", [9, 10, 11, 12]) == ["entry 10"])
        // Averages that only touch do not cross.
        #expect(try Self.signals("cross", [10, 9, 11, 10.5, 10.5, 11, 12]).count == 3)
    }

    @Test func `a blocked entry is asked for once a crossing`() throws {
        let prices = [10.0, 9, 11, 12, 13, 14, 12, 11, 12, 13]
        #expect(
            try Self.run("cross", prices, isBlocked: true).events(SignalRejected.self).count == 2)
        #expect(
            try Self.run("level", prices, isBlocked: true).events(SignalRejected.self).count == 6)
    }
}
