import LedgerDomain
import LedgerEngine
import LedgerEvents
import Testing

/// Orders and their exits, step by step.
@Suite struct ExitTests {
    private static func crossover(
        _ more: [(String, String)] = []
    ) -> [(key: String, value: String)] {
        let pairs = [
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "1"), ("strategies.0.slow", "2"), ("strategies.0.quantity", "10"),
        ]
        return (pairs + more).map { (key: $0.0, value: $0.1) }
    }

    /// Bars that make the crossover buy at the next open.
    private func rise(_ run: Run) throws {
        try run.bar(10, 10, 10, 10, at: 60)
        try run.bar(12, 12, 12, 12, at: 120)
    }

    @Test func `a stop at the open comes before the exit that was ordered for it`() throws {
        let run = try Run(Self.crossover([("strategies.0.stop_loss", "5")]))
        try rise(run)
        try run.bar(13, 13, 13, 13, at: 180)
        try run.bar(13, 13, 9, 9, at: 240)
        try run.bar(6, 6, 6, 6, at: 300)
        #expect(
            run.story == [
                "signal buy 10", "entry buy 10", "filled buy 10 at 13", "stopLoss sell 10 at 8",
                "signal sell 10", "exit sell 10", "filled sell 10 at 6",
                "cancelled positionClosed",
            ])
        #expect(run.position == .zero)
    }

    @Test func `the rest of a position stays protected when a part is sold`() throws {
        let run = try Run(
            Self.crossover([
                ("strategies.0.stop_loss", "5"), ("strategies.0.take_profit", "20"),
                ("venue.participation_basis_points", "10000"),
            ]))
        try rise(run)
        try run.bar(13, 13, 13, 13, at: 180)
        try run.bar(13, 13, 9, 9, at: 240)
        try run.bar(9, 9, 9, 9, volume: 3, at: 300)
        #expect(
            run.story.suffix(6) == [
                "exit sell 10", "filled sell 3 at 9", "cancelled positionClosed",
                "stopLoss sell 7 at 8", "cancelled positionClosed", "takeProfit sell 7 at 33",
            ])
        try run.bar(9, 9, 9, 9, at: 360)
        #expect(run.position == .zero)
        #expect(run.engine.orders.openCount == 0)
    }

    @Test func `a split changes position, exits and strategy together`() throws {
        let run = try Run(
            Self.crossover([
                ("strategies.0.stop_loss", "5"), ("strategies.0.take_profit", "7"),
            ]))
        try rise(run)
        try run.bar(13, 13, 13, 13, at: 180)
        try run.append(
            SplitApplied(instrument: InstrumentID(1), numerator: 2, denominator: 1), at: 180)
        #expect(run.position.description == "20")
        let open = run.engine.orders.open
        #expect(open.map(\.remaining.description) == ["20", "20"])
        #expect(open[0].intended.stopPrice.description == "4")
        #expect(open[1].intended.limitPrice.description == "10")
        try run.bar(7, 7, 6.9, 7, at: 240)
        #expect(run.story.count == 5)
        try run.bar(7, 10, 7, 7, at: 300)
        #expect(run.story.suffix(2) == ["filled sell 20 at 10", "cancelled otherExitFilled"])
        #expect(run.position == .zero)
    }

    @Test func `an end of the run ends every order and keeps the position`() throws {
        let run = try Run(Self.crossover([("strategies.0.stop_loss", "5")]))
        try rise(run)
        try run.bar(13, 13, 13, 13, at: 180)
        try run.append(RunEnded(inputs: 5, reason: "end"), at: 180)
        #expect(run.story.last == "cancelled runEnded")
        #expect(run.engine.orders.openCount == 0 && run.position.description == "10")
    }

    @Test func `new settings end the orders of the old ones, and every strategy sees a bar once`()
        throws
    {
        let run = try Run(Self.crossover([("strategies.0.stop_loss", "5")]))
        try rise(run)
        try run.bar(13, 13, 13, 13, at: 180)
        for input in Run.opening(Self.crossover()).dropLast() {
            try run.append(Run.Input(event: input.event, seconds: 180))
        }
        #expect(run.story.last == "cancelled runEnded")
        // Long already: the new strategy knows what the old one bought, and sells it once.
        try run.bar(13, 13, 13, 13, at: 240)
        try run.bar(9, 9, 9, 9, at: 300)
        try run.bar(9, 9, 9, 9, at: 360)
        #expect(
            run.story.suffix(3) == ["signal sell 10", "exit sell 10", "filled sell 10 at 9"])
        let saved = try Engine(restoring: run.state)
        #expect(saved.digest == run.engine.digest)
    }

    /// Predictions against a close of 100 and an average true range of 2.
    static let predictions: [(predicted: String, error: String, story: [String])] = [
        (
            "106", "1",
            [
                "signal buy 400", "entry buy 400", "filled buy 400 at 101",
                "stopLoss sell 400 at 98.5", "takeProfit sell 400 at 106",
            ]
        ),
        // usable 1 is k_atr · ATR; risk 0.01 · 100,000 / 0.5 = 2,000 units are more than the cash.
        ("102", "1", ["signal buy 2000", "refused insufficientCash"]),
        ("101.99", "1", []), ("101", "1", []), ("100.5", "1", []), ("100", "1", []),
        ("106", "0", []), ("106", "-1", []),
        ("94", "1", ["signal sell 400", "refused noPosition"]),
    ]

    @Test(arguments: predictions.indices)
    func `a prediction trades when enough of its move is usable`(row: Int) throws {
        let (predicted, error, story) = Self.predictions[row]
        let run = try Run([
            ("strategies.0.kind", "threshold"), ("strategies.0.symbols", "A"),
            ("strategies.0.atr_period", "3"),
        ])
        for bar in Int64(1)...3 { try run.bar(100, 101, 99, 100, at: 60 * bar) }
        try run.append(
            PredictionRecorded(
                instrument: InstrumentID(1), predicted: try Price(predicted),
                error: try Price(error), horizon: .zero), at: 180)
        try run.bar(101, 101, 101, 101, at: 240)
        #expect(run.story == story, "\(predicted) ± \(error)")
    }

    @Test func `a short sale needs leave, and its exits stand the other way round`() throws {
        let run = try Run([
            ("strategies.0.kind", "threshold"), ("strategies.0.symbols", "A"),
            ("strategies.0.atr_period", "3"), ("account.allow_short", "true"),
        ])
        for bar in Int64(1)...3 { try run.bar(100, 101, 99, 100, at: 60 * bar) }
        try run.append(
            PredictionRecorded(
                instrument: InstrumentID(1), predicted: try Price("94"), error: try Price("1"),
                horizon: .zero), at: 180)
        try run.bar(99, 99, 99, 99, at: 240)
        try run.bar(100, 103, 93, 100, at: 300)
        #expect(
            run.story == [
                "signal sell 400", "entry sell 400", "filled sell 400 at 99",
                "stopLoss buy 400 at 101.5", "takeProfit buy 400 at 94",
                "filled buy 400 at 101.5", "cancelled otherExitFilled",
            ])
    }

    @Test func `before its range is known a prediction is passed over`() throws {
        let run = try Run([
            ("strategies.0.kind", "threshold"), ("strategies.0.symbols", "A"),
            ("strategies.0.atr_period", "3"),
        ])
        for bar in Int64(1)...2 { try run.bar(100, 101, 99, 100, at: 60 * bar) }
        try run.append(
            PredictionRecorded(
                instrument: InstrumentID(1), predicted: try Price("106"), error: try Price("1"),
                horizon: .zero), at: 180)
        #expect(run.story == [])
    }

    /// Signals after prices have stood still for longer than the slow average looks back.
    private func signalsAtRest(_ arithmetic: String, _ start: [Double]) throws -> Int {
        let run = try Run([
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "3"), ("strategies.0.slow", "6"),
            ("strategies.0.arithmetic", arithmetic),
        ])
        var before = 0
        for (index, close) in (start + [Double](repeating: 0.1, count: 12)).enumerated() {
            if index == start.count + 5 { before = try run.events(SignalGenerated.self).count }
            try run.bar(close, close, close, close, at: 60 * Int64(index + 1))
        }
        return try run.events(SignalGenerated.self).count - before
    }

    @Test func `exact averages that are equal do not cross; running doubles see crosses`() throws {
        var seen = 0
        for round in 0..<40 {
            let start = (0..<8).map { Double((round * 7 + $0 * $0 * 3) % 11 + 1) / 10 }
            #expect(try signalsAtRest("exact", start) == 0, "round \(round)")
            seen += try signalsAtRest("double", start)
        }
        #expect(seen > 0)
    }

    @Test func `a size that a record cannot hold is rounded down, not fatal`() throws {
        let run = try Run([
            ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "C"),
            ("strategies.0.cash_fraction", "1"),
        ])
        var definition = Run.define("C", 3)
        definition.definition.lot = Quantity(raw: 1)
        definition.definition.tick = Price(raw: 1)
        try run.append(definition, at: 0)
        try run.append(
            Trade(
                instrument: InstrumentID(3), aggressor: nil, price: Price(raw: 3),
                size: .zero, tradeId: 0), at: 1)
        #expect(try run.events(SignalGenerated.self).count == 1)
    }
}
