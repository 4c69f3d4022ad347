import Foundation
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation
import Testing

/// Laws of the safety layer over random markets, settings, operators and faults; each failure names its
/// seed. LEDGER_FUZZ_CASES says how many inputs they take together.
@Suite struct SafetyLawTests {
    static let seeds: [UInt64] = {
        let cases =
            ProcessInfo.processInfo.environment["LEDGER_FUZZ_CASES"].flatMap(Int.init) ?? 96_000
        return (0..<UInt64(max(8, cases / count))).map { 0x5AFE_0000 + $0 }
    }()
    /// Of a seed; splits multiply positions, so that longer runs end beyond what is counted.
    static let count = 4000

    /// Settings that make every part of the layer speak.
    private static func settings(_ seed: UInt64) -> [(key: String, value: String)] {
        var random = SplitMix64(seed: seed)
        func pick(_ values: [String]) -> String {
            values[Int(random.next(upTo: UInt64(values.count - 1)))]
        }
        let kind = pick(["simulated", "simulated", "paper"])
        let safety = [
            ("account.kind", kind), ("drawdown.halt_threshold", pick(["0.003", "0.01"])),
            ("drawdown.warning_threshold", "0.002"), ("drawdown.panic_threshold", "0.012"),
            ("drawdown.halt_cooldown_days", pick(["0", "1", "2"])),
            ("drawdown.panic_cooldown_days", "2"), ("drawdown.extension_days", "1"),
            ("drawdown.rampup_days", pick(["0", "1"])),
            ("drawdown.flatten_on_panic", pick(["true", "false"])),
            ("risk.enabled", pick(["true", "true", "false"])),
            ("risk.max_portfolio_heat", pick(["0.3", "0.9"])),
            ("risk.max_daily_loss_pct", "0.01"), ("risk.max_daily_drawdown", "0.04"),
            ("risk.daily_loss_limit", pick(["0", "700"])),
            ("risk.max_order_notional", pick(["9000", "80000"])),
            ("risk.max_abs_position_notional", "90000"), ("max_signals_per_sec", "1"),
            ("faults.rest_limit", "2"), ("faults.websocket_limit", "2"),
            ("faults.duplicate_limit", "2"), ("faults.stale_limit", "2"),
            ("faults.reset_cooldown_s", "86400"), ("strategies.1.quantity", "400"),
            ("gate.min_rejections", "1"), ("gate.max_rejection_rate", "0.01"),
            ("reconciliation.enabled", pick(["true", "false"])), ("risk.max_orders_per_min", "2"),
            ("risk.max_entries_per_day", "40"), ("risk.top_signals", pick(["0", "30"])),
            ("risk.catastrophe_stop_atr", pick(["0", "3"])), ("risk.atr_days", "2"),
            ("quality.enabled", pick(["true", "false"])), ("quality.min_history_days", "2"),
            ("quality.feed_timeout_s", pick(["0", "7200"])), ("quality.feed_stable", "2"),
            ("filters.regime", pick(["true", "false"])), ("strategies.0.style", "breakout"),
        ]
        let own = RandomInputs.settings(seed: seed).filter { pair in
            !safety.contains { $0.0 == pair.key }
        }
        return own + safety.map { (key: $0.0, value: $0.1) }
    }

    /// The market's inputs with commands, faults, snapshots and runs between them.
    private static func inputs(_ seed: UInt64, _ account: AccountID) -> [Run.Input] {
        var random = SplitMix64(seed: seed ^ 0x77)
        func below(_ bound: UInt64) -> Int { Int(random.next(upTo: bound - 1)) }
        var result: [Run.Input] = []
        for input in RandomInputs.inputs(seed: seed, count: count) {
            result.append(input)
            guard below(6) == 0 else { continue }
            result.append(
                Run.Input(
                    event: event(below, hasVenue: seed % 2 == 1), seconds: input.seconds,
                    account: account))
        }
        return result
    }

    /// - Parameter hasVenue: a venue that never agrees, so that nothing resumes.
    private static func event(_ below: (UInt64) -> Int, hasVenue: Bool) -> any Event {
        let instrument = InstrumentID(UInt32(below(2) + 1))
        switch below(24) {
        case 0: return RunStarted(mode: "test", name: "r")
        case 1: return RunFailed(reason: "x")
        case 2: return RunEnded(inputs: 0, reason: "end")
        case 3: return FaultReported(FaultKind.allCases[below(9)], origin: "t", detail: "")
        case 4:
            return MetricReported(
                Metric.allCases[below(5)], value: Price(raw: Int64(below(3000)) * 1_000_000_000),
                origin: "t")
        case 5: return FlagFileObserved(isPresent: below(3) == 0, path: "flag")
        case 6:
            return VenueSnapshotBegan(kind: .reconciliation, snapshot: 1, cash: .zero, origin: "")
        case 7 where hasVenue:
            return VenuePositionReported(
                instrument: instrument, snapshot: 1, quantity: Quantity(raw: 1_000_000_000),
                averagePrice: .zero, symbol: "A")
        case 8 where hasVenue:
            return VenueSnapshotEnded(snapshot: 1, positions: UInt32(below(2)), orders: 0)
        default: return command(below)
        }
    }

    private static func command(_ below: (UInt64) -> Int) -> OperatorCommanded {
        let scopes = ["global", "strategy:fast", "symbol:A", "symbol:B", "global"]
        let scope = scopes[below(5)]
        let byHand = LatchSource.allCases.filter { $0.clears == .operator && $0 != .mode }
        let (verb, argument): (String, String) =
            switch below(28) {
            case 0: ("engage", "\(LatchEffect.allCases[below(3)]) \(scope)")
            case 1...15: ("clear", "\(byHand[below(UInt64(byHand.count))]) global")
            case 16...17: ("clear", "killSwitch \(scope)")
            case 18: ("mode", ["auto", "manual", "paper", "halt", "halt hard"][below(5)])
            case 19...22: ("mode", ["paper", "auto"][below(2)])
            case 23: below(8) == 0 ? ("override", "") : ("note", "")
            case 24: ("health-check", "")
            case 25: ("flatten", scope)
            default: below(2) == 0 ? ("deposit", "1000") : ("withdrawal", "500")
            }
        return OperatorCommanded(actor: "t", command: verb, argument: argument, reason: "r")
    }

    static func run(_ seed: UInt64, rules: UInt16 = 1) throws -> Run {
        let settings = settings(seed)
        let kind: AccountKind = settings.contains { $0.value == "paper" } ? .paper : .simulated
        let run = Run()
        let account = AccountID(kind, index: 1)
        if rules > 1 { try run.append(RulesDeclared(rules: rules), at: 0) }
        for var input in Run.opening(settings) {
            if input.account != .none { input.account = account }
            try run.append(input)
        }
        for input in inputs(seed, account) { try run.append(input) }
        return run
    }

    @Test func `the runs touch every part of the layer`() throws {
        var types: Set<EventType> = []
        var sources: Set<LatchSource> = []
        var phases: Set<DrawdownPhase> = []
        var reasons: Set<RejectionReason> = []
        for seed in Self.seeds {
            try Self.run(seed).batch.forEachRecord(from: .first) { record in
                if let type = record.type { types.insert(type) }
                switch record.type {
                case .latchEngaged: sources.insert(try LatchEngaged(record).source)
                case .drawdownChanged: phases.insert(try DrawdownChanged(record).to)
                case .signalRejected: reasons.insert(try SignalRejected(record).refusal.reason)
                case .intentRejected: reasons.insert(try IntentRejected(record).refusal.reason)
                case .sizeAdjusted: reasons.insert(try SizeAdjusted(record).refusal.reason)
                default: break
                }
            }
        }
        let wanted: [EventType] = [
            .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .peakRebased,
            .healthChecked, .sizeAdjusted, .discrepancyFound, .reconciliationEnded, .alertRaised,
            .feedPaused, .feedResumed, .gapDetected,
        ]
        #expect(wanted.filter { !types.contains($0) } == [])
        #expect(phases.count == DrawdownPhase.allCases.count, "\(phases)")
        #expect(sources.count >= 14, "\(sources)")
        #expect(reasons.count >= 14, "\(reasons)")
    }

    @Test(arguments: seeds)
    func `no entry passes a blocking latch, and every signal has one end`(seed: UInt64) throws {
        let run = try Self.run(seed)
        var invariants = Invariants()
        var signals = 0
        try run.batch.forEachRecord(from: .first) { record in
            if record.type == .signalGenerated { signals += 1 }
            for fault in try invariants.check(record) { Issue.record("seed \(seed.hex): \(fault)") }
        }
        #expect(signals > 50, "seed \(seed.hex): too little happened")
    }

    @Test(arguments: seeds)
    func `what reduces risk is stopped by nothing but a block of everything`(seed: UInt64) throws {
        let run = try Self.run(seed)
        var gate = TradingGate()
        var book = PositionBook()
        var signal: SignalGenerated?
        try run.batch.forEachRecord(from: .first) { record in
            switch record.type {
            case .signalGenerated: signal = try SignalGenerated(record)
            case .signalRejected, .intentRejected:
                guard let wanted = signal, wanted.quantity.raw > 0 else { break }
                let held =
                    book.position(record.account, wanted.strategy, wanted.instrument)?.quantity
                    ?? .zero
                guard held.raw * wanted.side.sign < 0, wanted.quantity <= held.magnitude else {
                    break
                }
                let latch = gate.block(wanted.strategy, wanted.instrument, isReducing: true)
                let refusal =
                    record.type == .intentRejected ? try IntentRejected(record).refusal : nil
                // Splits may drive a price down to zero, at which nothing trades.
                let isOther = refusal?.reason == .duplicateIntent || refusal?.reason == .badPrice
                #expect(latch != nil || isOther, "seed \(seed.hex), event \(record.sequence)")
            default: break
            }
            try gate.apply(record)
            try book.apply(record)
        }
    }

    @Test(arguments: seeds)
    func `the peak falls by a rebase or a withdrawal alone`(seed: UInt64) throws {
        let run = try Self.run(seed)
        var equity = EquityBook()
        var peak = Int128.min
        try run.batch.forEachRecord(from: .first) { record in
            try equity.apply(record)
            guard let worth = equity.accounts.compactMap({ $0 }).first else { return }
            let mayFall = [
                EventType.peakRebased, .cashWithdrawn, .cashAdjusted, .positionAdjusted,
            ].contains(record.type)
            let holds = mayFall || worth.peakEquityValue >= peak
            #expect(holds, "seed \(seed.hex), event \(record.sequence)")
            peak = worth.peakEquityValue
        }
    }

    @Test(arguments: seeds)
    func `the layer's state is a fold of the journal, saved anywhere and taken up again`(
        seed: UInt64
    ) throws {
        let run = try Self.run(seed)
        #expect(try Self.fold(TradingGate.self, run, seed).bytes == run.engine.gate.bytes)
        #expect(try Self.fold(DrawdownStop.self, run, seed).bytes == run.engine.stop.bytes)
        #expect(try Self.fold(ProfitAndLoss.self, run, seed).bytes == run.engine.profit.bytes)
        _ = try Self.fold(ReconciliationLog.self, run, seed)
        _ = try Self.fold(SignalFunnel.self, run, seed)
        _ = try Self.fold(StrategyHealth.self, run, seed)
    }

    /// Folds once through, and once with a save and a restoration every so often.
    private static func fold<P: Projection>(
        _ type: P.Type, _ run: Run, _ seed: UInt64
    ) throws -> P {
        var (whole, parts) = (P(), P())
        var count = 0
        try run.batch.forEachRecord(from: .first) { record in
            try whole.apply(record)
            try parts.apply(record)
            count += 1
            guard count % 97 == 0 else { return }
            var reader = StateReader(parts.bytes)
            parts = try P(from: &reader)
            #expect(reader.isAtEnd)
        }
        #expect(parts.bytes == whole.bytes, "seed \(seed.hex), \(P.name)")
        return whole
    }

    @Test(arguments: seeds)
    func `an engine saved anywhere decides the same`(seed: UInt64) throws {
        let whole = try Self.run(seed)
        let again = Run()
        let settings = Self.settings(seed)
        let kind: AccountKind = settings.contains { $0.value == "paper" } ? .paper : .simulated
        let account = AccountID(kind, index: 1)
        for var input in Run.opening(settings) {
            if input.account != .none { input.account = account }
            try again.append(input)
        }
        for (index, input) in Self.inputs(seed, account).enumerated() {
            if index % 61 == 0 { again.engine = try Engine(restoring: again.state) }
            try again.append(input)
        }
        #expect(again.journal == whole.journal, "seed \(seed.hex)")
    }
}
