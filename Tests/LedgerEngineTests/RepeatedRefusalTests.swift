import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import Testing

/// Refusals that repeat at every price: the first in full, the others as sums.
@Suite struct RepeatedRefusalTests {
    /// Buys at every price while it holds nothing, and is blocked.
    private static func blocked(
        rules: RulesVersion = .newest, kind: AccountKind = .simulated, days: Int = 0, prices: Int
    ) throws -> WatchedRun {
        var watched = try WatchedRun(
            kind == .simulated
                ? WatchedRun.holding
                : WatchedRun.holding + [
                    ("quality.enabled", "false"), ("risk.enabled", "false"),
                    ("venue.kind", "alpaca"), ("reconciliation.enabled", "false"),
                ], kind: kind, rules: rules)
        try watched.append(RunStarted(mode: "test", name: "r"))
        try watched.command("engage", "blockEntries global")
        for price in 0..<prices {
            if days > 0 { watched.go(to: price * days) }
            try watched.price("\(100 + price % 7)")
        }
        return watched
    }

    /// `signal`, `refused`, `N more REASON`, in order.
    private static func story(_ watched: WatchedRun) throws -> [String] {
        var story: [String] = []
        try watched.run.batch.forEachRecord(from: .first) { record in
            switch record.type {
            case .signalGenerated: story.append("signal")
            case .signalRejected:
                story.append("\(try SignalRejected(record).refusal.reason)")
            case .intentRejected:
                story.append("\(try IntentRejected(record).refusal.reason)")
            case .refusalRepeated:
                let event = try RefusalRepeated(record)
                story.append("\(event.count) more \(event.refusal.reason)")
            case .orderIntended: story.append("order")
            default: break
            }
        }
        return story
    }

    private static func fold<P: Projection>(_ run: Run, _ type: P.Type = P.self) throws -> P {
        var projection = P()
        try run.batch.forEachRecord(from: .first) { try projection.apply($0) }
        return projection
    }

    @Test func `an entry that is blocked at a thousand prices is journaled in full once`() throws {
        let watched = try Self.blocked(prices: 1000)
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        let story = try Self.story(watched)
        #expect(story.prefix(3) == ["signal", "manualKill", "16 more manualKill"])
        #expect(story.count(where: { $0 == "signal" }) == 1)
        #expect(story.count <= 24, "a sum at each doubling, and at most one a day")
        let sums = try watched.run.events(RefusalRepeated.self)
        #expect(sums.reduce(0) { $0 + Int($1.count) } == 999)
        #expect(zip(sums, sums.dropFirst()).allSatisfy { $0.last < $1.first })
        #expect(sums.allSatisfy { $0.purpose == .entry && $0.side == .buy && !$0.isIntent })
    }

    @Test func `daily prices give a sum at each doubling, and the rest when the run ends`() throws {
        let watched = try Self.blocked(days: 1, prices: 101)
        #expect(
            try Self.story(watched) == [
                "signal", "manualKill", "16 more manualKill", "16 more manualKill",
                "32 more manualKill",
            ])
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        let sums = try watched.run.events(RefusalRepeated.self)
        #expect(sums.reduce(0) { $0 + Int($1.count) } == 100)
    }

    @Test func `each day of a paper account ends with a sum, so that its health is whole`() throws {
        let watched = try Self.blocked(kind: .paper, days: 1, prices: 21)
        #expect(try Self.story(watched).filter { $0 == "1 more manualKill" }.count == 19)
        let health = try Self.fold(watched.run, StrategyHealth.self)
        // The day that has not ended is missing.
        #expect(health.report(StrategyID(1)).long.rejections == 20)
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        let ended = try Self.fold(watched.run, StrategyHealth.self).report(StrategyID(1))
        #expect(ended.long.signals == 21 && ended.long.rejections == 21)
        #expect(ended.short.signals == 7 && ended.short.rejections == 7)
        // Rules 3 kept up to 64 days back.
        let rules = try #require(RulesVersion(3))
        let before = try Self.blocked(rules: rules, kind: .paper, days: 1, prices: 21)
        let late = try Self.fold(before.run, StrategyHealth.self).report(StrategyID(1))
        #expect(late.long.rejections == 17)
    }

    @Test func `a sum belongs to the chain of the first signal, and carries the last comparison`()
        throws
    {
        let watched = try Self.blocked(prices: 5)
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        var chains: [SequenceNumber] = []
        watched.run.batch.forEachRecord(from: .first) { record in
            if record.type == .signalGenerated { chains.append(record.sequence) }
            if record.type == .refusalRepeated { chains.append(record.correlation) }
        }
        #expect(chains.count == 2 && chains[0] == chains[1])
        let sum = try #require(try watched.run.events(RefusalRepeated.self).first)
        #expect(sum.count == 4)
        #expect(sum.last.nanoseconds(since: sum.first) == 3 * 3_600_000_000_000)
    }

    @Test func `an entry that passes ends the episode, and the sum stands before its signal`()
        throws
    {
        var watched = try Self.blocked(prices: 4)
        try watched.command("clear", "killSwitch global")
        try watched.price("100")
        #expect(
            try Self.story(watched) == [
                "signal", "manualKill", "3 more manualKill", "signal", "order",
            ])
        #expect(watched.engine.orders.signals == 5)
    }

    @Test func `another reason begins another episode`() throws {
        var watched = try Self.blocked(prices: 3)
        try watched.command("clear", "killSwitch global")
        try watched.command("withdrawal", "\(watched.equity)")
        try watched.prices("100", "101", "102")
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        #expect(
            try Self.story(watched) == [
                "signal", "manualKill", "2 more manualKill", "signal", "insufficientCash",
                "2 more insufficientCash",
            ])
        let sum = try #require(try watched.run.events(RefusalRepeated.self).last)
        #expect(sum.isIntent)
        #expect(sum.refusal.value == .money(Money(raw: 1_020_000_000_000)))
    }

    @Test func `under rules 2 each refusal is journaled in full`() throws {
        let rules = try #require(RulesVersion(2))
        let watched = try Self.blocked(rules: rules, prices: 20)
        #expect(try watched.count(SignalGenerated.self) == 20)
        #expect(try watched.count(SignalRejected.self) == 20)
        #expect(try watched.count(RefusalRepeated.self) == 0)
    }

    @Test func `an engine that is saved at every price counts on`() throws {
        let whole = try Self.blocked(prices: 40)
        var saved = try Self.blocked(prices: 0)
        for price in 0..<40 {
            try saved.restart()
            try saved.price("\(100 + price % 7)")
        }
        #expect(whole.run.journal == saved.run.journal)
        #expect(whole.engine.digest == saved.engine.digest)
    }

    @Test func `what a killed run counted is that run's, and the next run begins in full`() throws {
        var watched = try Self.blocked(prices: 6)
        try watched.append(RunStarted(mode: "test", name: "s"))
        try watched.prices("100", "101")
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        #expect(
            try Self.story(watched) == [
                "signal", "manualKill", "5 more manualKill", "signal", "manualKill",
                "1 more manualKill",
            ])
        let funnel = try Self.fold(watched.run, SignalFunnel.self)
        #expect(funnel.raw == 2 && funnel.violations.isEmpty)
    }

    @Test func `health counts repeated refusals on their days`() throws {
        let watched = try Self.blocked(days: 1, prices: 21)
        try watched.append(RunEnded(inputs: 0, reason: "end"))
        let health = try Self.fold(watched.run, StrategyHealth.self)
        let report = health.report(StrategyID(1))
        #expect(report.long.signals == 21 && report.long.rejections == 21)
        #expect(report.short.signals == 7 && report.short.rejections == 7)
    }

    /// Settings, operators, faults and runs at random; the totals of every reader are those of rules 2, where
    /// each refusal is journaled in full.
    @Test(arguments: 0..<24)
    func `totals are those of refusals in full`(_ number: UInt64) throws {
        let seed = 0x5AFE_7000 + number
        func run(_ rules: UInt16) throws -> Run {
            let run = try SafetyLawTests.run(seed, rules: rules)
            try run.append(RunEnded(inputs: 0, reason: "end"), at: Int64.max / 1_000_000_000)
            return run
        }
        let (full, counted) = (try run(2), try run(3))
        let sums = try counted.events(RefusalRepeated.self)
        #expect(
            try full.events(SignalGenerated.self).count
                == counted.events(SignalGenerated.self).count
                + sums.reduce(0) { $0 + Int($1.count) }, "seed \(seed)")
        for (one, other) in [
            (full.engine.orders.signals, counted.engine.orders.signals),
            (full.engine.orders.rejectedSignals, counted.engine.orders.rejectedSignals),
            (full.engine.orders.rejectedIntents, counted.engine.orders.rejectedIntents),
        ] {
            #expect(one == other, "seed \(seed)")
        }
        let register = try Self.fold(counted, OrderRegister.self)
        #expect(Self.digest(register) == Self.digest(counted.engine.orders), "seed \(seed)")
        #expect(
            Self.totals(try Self.fold(full)) == Self.totals(try Self.fold(counted)), "seed \(seed)")
        #expect(
            full.engine.profit.equity.accounts == counted.engine.profit.equity.accounts,
            "seed \(seed)")
    }

    private static func digest(_ projection: some Projection) -> UInt64 {
        var writer = StateWriter()
        projection.encode(into: &writer)
        return writer.digest
    }

    private static func totals(_ funnel: SignalFunnel) -> [String] {
        funnel.counts.flatMap { counts in
            ["\(counts.strategy.number) \(counts.raw) \(counts.executed)"]
                + counts.rejections.map { "\($0.reason) \($0.instrument.number) \($0.count)" }
                .sorted()
        }
    }
}
