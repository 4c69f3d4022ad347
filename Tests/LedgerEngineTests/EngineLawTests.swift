import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import Testing

/// Laws of the engine over random inputs; each failure names its seed.
@Suite struct EngineLawTests {
    static let count = 600

    @Test(arguments: RandomInputs.seeds)
    func `no decision sees what comes later`(seed: UInt64) throws {
        let run = try RandomInputs.run(
            seed: seed, RandomInputs.inputs(seed: seed, count: Self.count))
        let whole = run.journal
        for turn in stride(from: 50, to: Self.count, by: 130) {
            let other = try Run(RandomInputs.settings(seed: seed))
            let inputs = RandomInputs.inputs(
                seed: seed, count: Self.count, future: UInt64(turn), from: turn)
            for input in inputs[..<turn] { try other.append(input) }
            let known = other.journal
            for input in inputs[turn...] { try other.append(input) }
            #expect(Array(whole[..<known.count]) == known, "seed \(seed.hex), turn \(turn)")
            #expect(Array(other.journal[..<known.count]) == known)
            #expect(other.journal != whole, "seed \(seed.hex): the futures are the same")
        }
    }

    @Test(arguments: RandomInputs.seeds)
    func `an engine saved anywhere and taken up again decides the same`(seed: UInt64) throws {
        let inputs = RandomInputs.inputs(seed: seed, count: Self.count)
        let whole = try RandomInputs.run(seed: seed, inputs)
        let again = try Run(RandomInputs.settings(seed: seed))
        for (index, input) in inputs.enumerated() {
            if index % 5 == 0 {
                let saved = again.state
                again.engine = try Engine(restoring: saved)
                #expect(again.state == saved, "seed \(seed.hex), input \(index)")
            }
            try again.append(input)
        }
        try again.append(RunEnded(inputs: 0, reason: "end"), at: inputs.last?.seconds ?? 0)
        #expect(again.journal == whole.journal, "seed \(seed.hex)")
        #expect(again.engine.digest == whole.engine.digest)
        #expect(try again.events(StateDigested.self).count > 10)
    }

    @Test(arguments: RandomInputs.seeds)
    func `the engine's state is the fold of its journal`(seed: UInt64) throws {
        let run = try RandomInputs.run(
            seed: seed, RandomInputs.inputs(seed: seed, count: Self.count))
        var books = ProfitAndLoss()
        var orders = OrderRegister()
        var names = NameBook()
        try run.batch.forEachRecord(from: .first) { record in
            try books.apply(record)
            try orders.apply(record)
            try names.apply(record)
            for position in books.positions.positions
            where try !run.engine.settings[AccountKeys.allowShort] {
                #expect(position.quantity.raw >= 0, "seed \(seed.hex), event \(record.sequence)")
            }
        }
        #expect(books.bytes == run.engine.profit.bytes, "seed \(seed.hex)")
        #expect(orders.bytes == run.engine.orders.bytes, "seed \(seed.hex)")
        #expect(names.bytes == run.engine.names.bytes, "seed \(seed.hex)")
        let total = try #require(books.total(AccountID(.simulated, index: 1)))
        #expect(total.net == total.equity - total.netDeposits)
    }

    @Test(arguments: RandomInputs.seeds)
    func `each signal has one end, each order one, each intent its own identity`(
        seed: UInt64
    ) throws {
        let run = try RandomInputs.run(
            seed: seed, RandomInputs.inputs(seed: seed, count: Self.count))
        var signals: [UInt64: Int] = [:]
        var orders: [UInt64: Int] = [:]
        var intents: Set<IntentID> = []
        func end(_ order: OrderID) { orders[order.number, default: 0] += 1 }
        try run.batch.forEachRecord(from: .first) { record in
            switch record.type {
            case .signalGenerated: signals[record.sequence.number] = 0
            case .signalRejected, .intentRejected:
                signals[record.correlation.number, default: 0] += 1
            case .orderIntended:
                let event = try OrderIntended(record)
                #expect(intents.insert(event.intent).inserted, "seed \(seed.hex)")
                orders[record.sequence.number] = 0
                // What a panic sells follows from the drawdown, not from a signal.
                if event.parent == .none { signals[record.correlation.number]? += 1 }
            case .orderFilled:
                let event = try OrderFilled(record)
                if event.remaining.raw == 0 { end(event.order) }
            case .orderRejected: end(try OrderRejected(record).order)
            case .orderCancelled: end(try OrderCancelled(record).order)
            case .orderExpired: end(try OrderExpired(record).order)
            default: break
            }
        }
        #expect(signals.count > 20 && orders.count > 20, "seed \(seed.hex): too little happened")
        #expect(signals.values.allSatisfy { $0 == 1 }, "seed \(seed.hex)")
        #expect(orders.values.allSatisfy { $0 == 1 }, "seed \(seed.hex)")
        #expect(run.engine.orders.openCount == 0)
    }

    /// A market buy is checked at the price that decided it; what it may take cash below zero by is
    /// what the market moved until its fill.
    @Test(arguments: RandomInputs.seeds)
    func `cash falls below zero by a gap at most`(seed: UInt64) throws {
        let run = try Run([
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A"),
            ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
            ("strategies.0.quantity", "990"),
        ])
        var books = ProfitAndLoss()
        var below = 0
        for input in RandomInputs.inputs(seed: seed, count: Self.count)
        where !(input.event is SplitApplied) { try run.append(input) }
        var references: [UInt64: Price] = [:]
        try run.batch.forEachRecord(from: .first) { record in
            try books.apply(record)
            if record.type == .orderIntended {
                references[record.sequence.number] = try OrderIntended(record).referencePrice
            }
            guard record.type == .orderFilled else { return }
            let fill = try OrderFilled(record)
            let cash = books.equity[AccountID(.simulated, index: 1)]?.cash ?? .zero
            guard fill.side == .buy, cash.raw < 0 else { return }
            below += 1
            let gap = Price(raw: fill.price.raw - (references[fill.order.number]?.raw ?? 0))
            #expect(-cash <= (try Money.notional(gap, fill.quantity)), "seed \(seed.hex)")
        }
        #expect(below < 100)
    }
}
