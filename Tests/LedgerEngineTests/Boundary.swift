import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// A setting that is a threshold, and something that measures exactly `at`.
///
/// The measured thing stays; the setting is one unit above it, at it and one unit below it, and
/// `expected` says in this order whether the rule bites.
struct Boundary: Sendable {
    /// How a rule treats what it is about when its value is below, at and above the limit.
    enum Rule: Sendable {
        /// Bites at the limit and above it.
        case inclusive
        /// Bites above the limit alone.
        case exclusive
        /// Bites below the limit alone.
        case least

        /// With the setting above, at and below the value.
        var expected: [Bool] {
            switch self {
            case .inclusive: [false, true, true]
            case .exclusive: [false, false, true]
            case .least: [true, false, false]
            }
        }
    }

    var key: String
    var at: String
    /// The smallest difference that the setting can express.
    var unit = "0.000000001"
    var rule: Rule
    /// Whether the rule bites under these settings, of which the first is the boundary's own.
    var bites: @Sendable (WatchedRun.Pairs) throws -> Bool

    init(
        _ key: String, _ at: String, whole: Bool = false, _ rule: Rule,
        _ bites: @escaping @Sendable (WatchedRun.Pairs) throws -> Bool
    ) {
        (self.key, self.at, self.rule, self.bites) = (key, at, rule, bites)
        if whole { unit = "1" }
    }

    /// Whether it bites with the setting above, at and below the value.
    var found: [Bool] {
        get throws {
            let (value, step) = (try Money(at).raw, try Money(unit).raw)
            return try [step, 0, -step].map { difference in
                try bites([(key, FixedPoint.format(value + difference))])
            }
        }
    }
}

// MARK: What is measured

extension Boundary {
    /// No limit but the one that is looked at.
    static let unlimited: WatchedRun.Pairs = [
        ("risk.enabled", "true"), ("risk.max_portfolio_heat", "0"),
        ("risk.max_daily_loss_pct", "0"), ("risk.max_daily_drawdown", "0"),
        ("risk.daily_loss_limit", "0"), ("risk.max_order_notional", "0"),
        ("risk.max_abs_position_notional", "0"), ("risk.max_orders_per_min", "0"),
        ("max_signals_per_sec", "0"), ("drawdown.enabled", "false"),
    ]

    /// The settings with the defaults of `unlimited` for those that they do not name.
    static func limited(_ own: WatchedRun.Pairs, _ more: WatchedRun.Pairs = []) -> WatchedRun.Pairs
    {
        let first = own + more
        return first
            + unlimited.filter { pair in
                !first.contains { $0.key == pair.key }
            }
    }

    /// Ten units, bought at 100 with everything there is, fall to `price`.
    static func fall(_ settings: WatchedRun.Pairs, to price: String) throws -> WatchedRun {
        var run = try WatchedRun(WatchedRun.holding + settings)
        try run.prices("100", "100")
        run.go(to: 1, 1)
        try run.prices("100", price)
        return run
    }

    /// The units that an entry of ten at 50, in an account of 1,000, still has.
    static func entered(_ settings: WatchedRun.Pairs) throws -> Quantity {
        var run = try WatchedRun(WatchedRun.holding + limited(settings))
        try run.price("50")
        return try run.orders.first?.quantity ?? .zero
    }

    static func clamps(_ settings: WatchedRun.Pairs) throws -> Bool {
        try entered(settings) < Quantity("10")
    }

    /// Whether entries of as many strategies, all at once, are all sent.
    static func refuses(_ settings: WatchedRun.Pairs, entries: Int) throws -> Bool {
        var pairs: WatchedRun.Pairs = []
        for index in 0..<entries {
            pairs += [
                ("strategies.\(index).kind", "buy_and_hold"), ("strategies.\(index).symbols", "A"),
                ("strategies.\(index).name", "s\(index)"),
            ]
        }
        var run = try WatchedRun(pairs + limited(settings))
        try run.price("10")
        return try run.orders.count < entries
    }

    /// Whether so many faults, all at once, trip a latch.
    static func trips(
        _ settings: WatchedRun.Pairs, _ kind: FaultKind, _ count: Int
    ) throws -> Bool {
        let run = try WatchedRun(settings)
        for _ in 0..<count { try run.fault(kind) }
        return !run.engine.gate.isOpen
    }

    static func trips(
        _ settings: WatchedRun.Pairs, _ metric: Metric, _ value: String
    ) throws -> Bool {
        let run = try WatchedRun(settings)
        try run.append(MetricReported(metric, value: try Price(value), origin: "test"))
        return !run.engine.gate.isOpen
    }

    /// What the limits say of an entry of 50 units at 10 in an account of 10,000, whose average range
    /// is 2.
    static func verdict(_ settings: WatchedRun.Pairs) throws -> RiskVerdict {
        let run = try WatchedRun(limited(settings))
        return run.engine.rules.risk.verdict(
            EntryCandidate(
                quantity: try Quantity("50"), price: try Price("10"), lot: try Quantity("1"),
                equity: try Money("10000"), averageTrueRange: 2))
    }

    /// An account that halts (or panics) on day 1 and comes to the open of a later day.
    static func stopped(
        _ settings: WatchedRun.Pairs, at price: String, until day: Int
    ) throws -> WatchedRun {
        var run = try fall(settings + [("drawdown.flatten_on_panic", "false")], to: price)
        run.go(to: day, 0)
        try run.bar(price)
        return run
    }
}
