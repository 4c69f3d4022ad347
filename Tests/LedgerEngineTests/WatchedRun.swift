import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings

/// A run told in days and prices: instruments A and B, whose days are UTC's from 2024-01-01 (day 0).
struct WatchedRun {
    typealias Pairs = [(key: String, value: String)]

    /// One strategy that buys ten units of A at its first price and keeps them.
    static let holding: Pairs = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
        ("strategies.0.quantity", "10"),
    ]

    /// Buys ten units of A when its price rises, sells them when it falls.
    static let swinging: Pairs = [
        ("strategies.0.kind", "sma_crossover"), ("strategies.0.name", "swing"),
        ("strategies.0.symbols", "A"), ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
        ("strategies.0.quantity", "10"),
    ]

    let run = Run()
    let account: AccountID
    private(set) var seconds = WatchedRun.second(0, 1)

    init(
        _ settings: Pairs, cash: String = "1000", kind: AccountKind = .simulated,
        calendar: String = "crypto", rules: RulesVersion = .first,
        strategies: StrategyCatalog = .shipped
    ) throws {
        run.engine = Engine(strategies: strategies)
        account = AccountID(kind, index: 1)
        if rules > .first { try append(RulesDeclared(rules: rules.number)) }
        try configure(settings + [("account.calendar", calendar), ("account.kind", "\(kind)")])
        try append(Run.define("A", 1))
        try append(Run.define("B", 2))
        if cash != "0" { try append(CashDeposited(amount: try Money(cash))) }
    }

    static func second(_ day: Int, _ hour: Int, _ minute: Int = 0) -> Int64 {
        Int64(19_723 + day) * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60
    }

    func configure(_ settings: Pairs) throws {
        try append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(settings).text))
    }

    /// Goes on to a moment; nothing happens by that.
    mutating func go(to day: Int, _ hour: Int = 12, _ minute: Int = 0) {
        seconds = Self.second(day, hour, minute)
    }

    mutating func wait(seconds more: Int64) { seconds += more }

    func append(_ event: some Event) throws {
        try run.append(Run.Input(event: event, seconds: seconds, account: account))
    }

    /// A bar of one price, an hour after the last input.
    mutating func price(_ price: String, of number: UInt32 = 1) throws {
        seconds += 3600
        try bar(price, of: number)
    }

    mutating func prices(_ prices: String...) throws {
        for price in prices { try self.price(price) }
    }

    /// The same now.
    func bar(_ price: String, of number: UInt32 = 1) throws {
        let value = try Price(price)
        try append(
            Bar(
                instrument: InstrumentID(number), interval: 3600, open: value, high: value,
                low: value, close: value, volume: Quantity(raw: 1_000_000_000_000_000)))
    }

    func command(_ verb: String, _ argument: String = "", reason: String = "test") throws {
        try append(
            OperatorCommanded(actor: "kim", command: verb, argument: argument, reason: reason))
    }

    func fault(_ kind: FaultKind) throws {
        try append(FaultReported(kind, origin: "test", detail: "x"))
    }

    // MARK: What came of it

    var engine: Engine { run.engine }
    var phase: DrawdownPhase { engine.stop.phase }
    var position: Quantity { engine.profit.equity.quantity(account, InstrumentID(1)) }
    var equity: Money { engine.profit.equity[account]?.equity ?? .zero }
    var peak: Money { engine.profit.equity[account]?.peak ?? .zero }
    var latches: [LatchSource] { engine.gate.latches.map(\.source) }

    func count<E: Event>(_ type: E.Type) throws -> Int { try run.events(type).count }

    /// `from to day`, with the days it lasts.
    var changes: [String] {
        get throws {
            try run.events(DrawdownChanged.self).map { "\($0.from) \($0.to) \($0.days)" }
        }
    }

    func alerts(_ kind: AlertKind) throws -> [AlertRaised] {
        try run.events(AlertRaised.self).filter { $0.kind == kind }
    }

    /// Why signals and intents were refused, in order.
    var refusals: [RejectionReason] {
        get throws {
            var found: [RejectionReason] = []
            try run.batch.forEachRecord(from: .first) { record in
                switch record.type {
                case .signalRejected:
                    found.append(try SignalRejected(record).refusal.reason)
                case .intentRejected:
                    found.append(try IntentRejected(record).refusal.reason)
                default: break
                }
            }
            return found
        }
    }

    var sizes: [SizeAdjusted] { get throws { try run.events(SizeAdjusted.self) } }
    var orders: [OrderIntended] { get throws { try run.events(OrderIntended.self) } }

    /// Saves the engine and takes it up again.
    func restart() throws { run.engine = try Engine(restoring: run.state) }
}
