import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSettings
import Testing

/// Inputs that make no sense, and settings.
@Suite struct InputTests {
    static let holding: [(key: String, value: String)] = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
    ]

    @Test func `what is derived is refused as an input`() throws {
        let fill = OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, liquidity: .taker,
            order: OrderID(1), execution: 1, price: Price(raw: 1), quantity: Quantity(raw: 1),
            fee: .zero, remaining: .zero)
        let run = try Run(Self.holding)
        #expect(throws: EngineError.self) { try run.append(fill, at: 1) }
        let other = try Run(Self.holding)
        #expect(throws: EngineError.self) { try other.append(StateDigested(digest: 1), at: 1) }
    }

    @Test func `time does not run backwards`() throws {
        let run = try Run(Self.holding)
        try run.append(ClockTicked(), at: 5)
        #expect(throws: EngineError.self) { try run.append(ClockTicked(), at: 4) }
    }

    @Test(arguments: [UInt32(65_537), .max])
    func `an instrument with an absurd number is refused`(number: UInt32) throws {
        let run = try Run(Self.holding)
        #expect(throws: EngineError.self) { try run.append(Run.define("X", number), at: 1) }
        let other = try Run(Self.holding)
        #expect(throws: EngineError.self) {
            try other.append(Run.bar(number, 1, 1, 1, 1, volume: 1), at: 1)
        }
    }

    @Test func `a definition that comes again doubles nothing`() throws {
        let run = try Run([
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
        ])
        try run.append(Run.define("A", 1), at: 1)
        try run.append(Run.define("A", 9), at: 1)
        try run.bar(10, 10, 10, 10, at: 60)
        try run.bar(12, 12, 12, 12, at: 120)
        try run.bar(14, 14, 14, 14, at: 180)
        #expect(run.story == ["signal buy 1", "entry buy 1", "filled buy 1 at 14"])
    }

    @Test func `an instrument in another currency is not traded`() throws {
        let run = try Run([
            ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "E"),
        ])
        try run.append(Run.define("E", 3, currency: "EUR"), at: 1)
        try run.append(Run.bar(3, 1, 1, 1, 1, volume: 1), at: 60)
        #expect(run.story == ["signal buy 1", "refused currencyMismatch"])
    }

    @Test func `more than the cash is not bought, and what is reserved counts`() throws {
        let run = try Run([
            ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
            ("strategies.0.quantity", "600"), ("strategies.1.kind", "buy_and_hold"),
            ("strategies.1.name", "second"), ("strategies.1.symbols", "A"),
            ("strategies.1.quantity", "600"),
        ])
        try run.bar(100, 100, 100, 100, at: 60)
        #expect(
            run.story == [
                "signal buy 600", "entry buy 600", "signal buy 600", "refused insufficientCash",
            ])
    }

    static let refused: [[(key: String, value: String)]] = [
        [("account.kind", "live")], [("account.kind", "")], [("venue.latency_ms", "-1")],
        [("venue.slippage_basis_points", "-1")], [("venue.slippage_basis_points", "10000.001")],
        [("venue.fee_basis_points", "1.2345")], [("engine.digest_every", "0")],
        [("strategies.0.kind", "martingale"), ("strategies.0.symbols", "A")],
        [("strategies.0.kind", "buy_and_hold")],
        [("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", ",")],
        [("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A,A")],
        [("strategies.0.symbols", "A")],
        holding + [("strategies.1.kind", "buy_and_hold"), ("strategies.1.symbols", "B")],
        [
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "30"), ("strategies.0.slow", "30"),
        ],
        [
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.arithmetic", "float"),
        ],
    ]

    @Test(arguments: refused.indices)
    func `settings that cannot be are refused`(row: Int) {
        #expect(throws: EngineError.self, "\(Self.refused[row])") { try Run(Self.refused[row]) }
    }

    private func instance(_ setting: Setting) -> String {
        setting.key.replacing("*", with: "0")
    }

    /// Good and bad values of a setting: its bounds, what lies just outside, and garbage.
    private func values(_ setting: Setting) throws -> (good: [String], bad: [String]) {
        let garbage = ["", "x", " 1", "1 ", "1e3", "0x10", "NaN", "٣", "--1", "1.2.3"]
        switch setting.kind {
        case .text, .secret: return (["", "x", "a = b"], [])
        case .flag: return (["true", "false"], garbage + ["True", "1", "yes"])
        case .choice(let names): return (names, garbage)
        case .integer(let range):
            let below = range.lowerBound == .min ? [] : [String(range.lowerBound - 1)]
            let above =
                range.upperBound == .max
                ? ["9223372036854775808"] : [String(range.upperBound + 1)]
            let bounds = [String(range.lowerBound), String(range.upperBound)]
            return (bounds, below + above + garbage + ["1.5"])
        case .decimal(let from, let through):
            let low = try FixedPoint.parse(Array(from.utf8))
            let high = try FixedPoint.parse(Array(through.utf8))
            let outside = [FixedPoint.format(low - 1), FixedPoint.format(high + 1)]
            return ([from, through], outside + garbage + ["0.0000000001"])
        }
    }

    @Test(arguments: EngineSchema.all.indices)
    func `a setting takes its bounds and refuses what lies outside`(index: Int) throws {
        let setting = EngineSchema.all[index]
        let key = instance(setting)
        #expect(EngineSchema.all.setting(key)?.key == setting.key)
        if let value = setting.defaultValue {
            #expect(setting.problem(with: value) == nil, "\(key)")
        }
        let (good, bad) = try values(setting)
        for value in good { #expect(setting.problem(with: value) == nil, "\(key) = '\(value)'") }
        for value in bad {
            #expect(setting.problem(with: value) != nil, "\(key) = '\(value)'")
            // An entry of a list is refused for what it lacks.
            guard !value.isEmpty, !setting.isListed else { continue }
            #expect(throws: EngineError.self, "\(key) = '\(value)'") { try Run([(key, value)]) }
        }
        guard !setting.isListed, key != "account.kind" else { return }
        for value in good where !value.contains("=") {
            do { _ = try Run([(key, value)]) } catch EngineError.settings(let error) {
                // A good value may contradict the default of another setting, which is then named.
                #expect(Self.contradictions.contains { error.problem.contains($0) }, "\(error)")
            }
        }
    }

    private static let contradictions = [
        " must be ", " needs ", "asks for ", "cannot be off", " is not CURRENCY=AMOUNT above 0",
        "needs several accounts", "needs account.",
    ]

    @Test func `an unknown setting has no entry`() {
        for key in ["", "venue", "venue.fee", "strategies.x.kind", "strategies.0", "data.*.path."] {
            #expect(EngineSchema.all.setting(key) == nil, "\(key)")
        }
    }
}
