import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSimulation
import Testing

/// An engine that trades at a venue outside, with everything between the two at fault, and processes that
/// die: in the end ledger and venue have the same, and no order was there twice.
@Suite struct RemoteVenueTests {
    /// The driver of one seed: what is decided travels to the venue, what the venue says travels back.
    final class Passage {
        var venue: ScriptedVenue
        let run: Run
        var seconds: Int64 = 1
        private var read = 0
        private var outbound: [@Sendable (inout ScriptedVenue) -> (any Event)?] = []
        private var inbound: [any Event] = []
        private var booked: [String] = []
        private var told = 0

        /// Saves the engine and takes it up again after every so many inputs; 0 is never.
        private let savesEvery: Int
        private var taken = 0

        init(seed: UInt64, savesEvery: Int = 0) throws {
            venue = ScriptedVenue(seed: seed, takesUnits: seed % 3 == 2)
            self.savesEvery = savesEvery
            let settings = [
                ("account.kind", "paper"), ("venue.kind", "alpaca"), ("risk.enabled", "false"),
                ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
                ("drawdown.enabled", "false"), ("gate.min_rejections", "0"),
                ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "A,B"),
                ("strategies.0.fast", "2"), ("strategies.0.slow", "5"),
                ("strategies.0.quantity", "7"), ("strategies.0.stop_loss", "3"),
                ("strategies.0.take_profit", "2"),
            ].map { (key: $0.0, value: $0.1) }
            run = Run()
            for input in Run.opening(settings).dropLast() { try run.append(input) }
            try run.append(
                Run.Input(
                    event: CashDeposited(amount: Money(raw: 100_000_000_000_000)), seconds: 0,
                    account: AccountID(.paper, index: 1)))
        }

        func append(_ event: any Event) throws {
            if let fill = event as? VenueFillReported {
                guard !booked.contains(fill.execution) else { return }
                booked.append(fill.execution)
            }
            try run.append(Run.Input(event: event, seconds: seconds))
            taken += 1
            guard savesEvery > 0, taken % savesEvery == 0 else { return }
            let saved = run.state
            run.engine = try Engine(restoring: saved)
            #expect(run.state == saved)
        }

        /// Puts what was decided since on its way.
        func collect() throws {
            let first = read + 1
            try run.batch.forEachRecord(from: SequenceNumber(UInt64(first))) { record in
                read = Int(record.sequence.number)
                switch record.type {
                case .orderIntended:
                    let known = run.engine.orders.order(record.sequence)
                    if let known, !run.engine.isHeldBack(known.id) {
                        submit(known)
                    }
                case .intentReleased:
                    let id = try IntentReleased(record).order
                    // Decided and released since: the decision itself was sent.
                    guard Int(id.number) < first, let known = run.engine.orders.order(id) else {
                        return
                    }
                    submit(known)
                case .cancelIntended:
                    let order = try CancelIntended(record).order
                    guard let intent = run.engine.orders.order(order)?.intended.intent else {
                        return
                    }
                    outbound.append { venue in
                        venue.cancel(intent)
                        return nil
                    }
                case .replaceIntended:
                    let event = try ReplaceIntended(record)
                    guard let intent = run.engine.orders.order(event.order)?.intended.intent else {
                        return
                    }
                    outbound.append { Passage.replace(event, intent, &$0) }
                default: break
                }
            }
        }

        private func submit(_ order: Order) {
            let (id, terms, generation) = (order.id, order.intended, UInt16(order.generation))
            outbound.append { venue in
                venue.submit(id, terms, generation)
                return venue.find(terms.intent, generation).map { venue.status($0) }
            }
        }

        private static func replace(
            _ event: ReplaceIntended, _ intent: IntentID, _ venue: inout ScriptedVenue
        ) -> (any Event)? {
            if venue.replace(event, intent) {
                return venue.find(intent, UInt16(event.generation)).map { venue.status($0) }
            }
            return VenueStatusReported(
                instrument: event.instrument, status: .replaceRefused,
                generation: UInt16(event.generation), order: event.order,
                clientOrder: "\(intent)")
        }

        /// A turn of the world.
        func turn(_ price: Double) throws {
            seconds += 60
            let number: UInt32 = venue.below(2) == 0 ? 1 : 2
            try append(Run.bar(number, price, price, price, price, volume: 1000))
            if venue.below(6) == 0 { try disturb(price) }
            try collect()
            while !outbound.isEmpty, venue.below(3) > 0 {
                let report = outbound.removeFirst()(&venue)
                if let report, venue.below(5) > 0 { inbound.append(report) }
            }
            venue.trade(at: Price(rounding: price) ?? .zero)
            hear()
            try deliver()
        }

        /// An operator changes or takes back an order.
        private func disturb(_ price: Double) throws {
            guard let order = run.engine.orders.open.first else { return }
            let instrument = order.intended.instrument
            if venue.below(2) == 0 {
                try append(
                    OrderCancelRequested(instrument: instrument, order: order.id, actor: "kim"))
            } else {
                try append(
                    OrderReplaceRequested(
                        instrument: instrument, order: order.id,
                        quantity: Quantity(raw: Int128(venue.below(9) + 1) * 1_000_000_000),
                        actor: "kim"))
            }
        }

        /// The stream: fills and ends as they come, some of them lost.
        private func hear() {
            for execution in venue.executions[told...] where venue.below(6) > 0 {
                inbound.append(venue.fill(execution))
            }
            told = venue.executions.count
            for place in venue.orders.indices where venue.below(6) == 0 {
                inbound.append(venue.status(place))
            }
        }

        private func deliver() throws {
            while !inbound.isEmpty, venue.below(4) > 0 {
                let place = venue.below(UInt64(inbound.count))
                let event = venue.below(8) == 0 ? inbound[place] : inbound.remove(at: place)
                try append(event)
            }
        }

        /// The process dies: what was on its way is lost, and the next one has the journal alone.
        func crash() throws {
            outbound = []
            inbound = []
            read = Int(run.batch.nextSequence.number) - 1
            run.engine = try Engine(restoring: run.state)
            try recover()
        }

        /// Asks for each open order and books what happened, or sends what never arrived.
        func recover() throws {
            // What is let go meanwhile leaves by its own event.
            let open = run.engine.orders.open.filter { !run.engine.isHeldBack($0.id) }
            for order in open { try ask(order) }
            for order in run.engine.ordersMissingFills { try ask(order) }
            try collect()
            while !outbound.isEmpty { _ = outbound.removeFirst()(&venue) }
        }

        private func ask(_ order: Order) throws {
            let intent = order.intended.intent
            let awaited = run.engine.awaited(order.id)
            for execution in venue.executions
            where venue.orders[execution.held].intent == intent {
                try append(venue.fill(execution))
            }
            for generation in [awaited.replace?.generation, order.generation].compactMap({ $0 }) {
                guard run.engine.orders.order(order.id) != nil else { return }
                if let place = venue.find(intent, UInt16(generation)) {
                    try append(venue.status(place))
                } else if order.state == .intended, generation == order.generation,
                    awaited.cancel == nil
                {
                    venue.submit(order.id, order.intended, UInt16(generation))
                } else {
                    try append(
                        VenueStatusReported(
                            instrument: order.intended.instrument, status: .unknown,
                            generation: UInt16(generation), order: order.id,
                            clientOrder: "\(intent)"))
                }
            }
            if run.engine.awaited(order.id).cancel != nil { venue.cancel(intent) }
        }
    }

    @Test(arguments: UInt64(0)..<400)
    func `whatever is lost, late or twice, ledger and venue end with the same`(
        seed: UInt64
    ) throws {
        let passage = try Passage(seed: 0xA1_0000 + seed)
        var price = 100.0
        for turn in 0..<250 {
            price = max(50, price + Double(passage.venue.below(5)) - 2)
            try passage.turn(price)
            if turn % 40 == 39 { try passage.crash() }
        }
        for _ in 0..<6 { try passage.crash() }
        let (run, venue) = (passage.run, passage.venue)
        #expect(venue.doubled == 0, "seed \(seed)")
        #expect(venue.shortest == 0, "seed \(seed): sold what was not held")
        for number: UInt32 in 1...2 {
            #expect(
                run.engine.profit.equity.quantity(AccountID(.paper, index: 1), InstrumentID(number))
                    .raw == venue.positions[Int(number)], "seed \(seed), instrument \(number)")
        }
        let fills = try run.events(OrderFilled.self)
        #expect(fills.count == venue.executions.count, "seed \(seed)")
        let cash = run.engine.profit.equity[AccountID(.paper, index: 1)]?.cash.raw ?? 0
        #expect(cash == 100_000_000_000_000 + venue.cash, "seed \(seed)")
        // A commission is a fee whatever it was paid with, and no money that came or went.
        let total = run.engine.profit.total(AccountID(.paper, index: 1))
        #expect(total?.fees.raw == venue.fees, "seed \(seed)")
        #expect(total?.netDeposits.raw == 100_000_000_000_000, "seed \(seed)")
        let working = venue.orders.filter { $0.status == .accepted }.map(\.order)
        #expect(Set(run.engine.orders.open.map(\.id)) == Set(working), "seed \(seed)")
        try check(run, seed)
    }

    /// What is decided depends on nothing that a saved state leaves out.
    @Test(arguments: UInt64(0)..<12)
    func `an engine saved after any report decides the same`(seed: UInt64) throws {
        let passages = try [0, 1 + Int(seed % 3)].map {
            try Passage(seed: 0xA2_0000 + seed, savesEvery: $0)
        }
        for passage in passages {
            var price = 100.0
            for turn in 0..<120 {
                price = max(50, price + Double(passage.venue.below(5)) - 2)
                try passage.turn(price)
                if turn % 15 == 14 { try passage.recover() }
            }
        }
        #expect(passages[0].run.journal == passages[1].run.journal, "seed \(seed)")
        #expect(passages[0].run.state == passages[1].run.state, "seed \(seed)")
        #expect(try passages[0].run.events(VenueFillReported.self).count > 10)
    }

    /// The journal's inputs give the journal again.
    private func check(_ run: Run, _ seed: UInt64) throws {
        var engine = Engine()
        var again: [[UInt8]] = []
        let recorded = run.journal
        var step = Step(next: .first)
        try run.batch.forEachRecord(from: .first) { record in
            guard record.isInput else { return }
            again.append(Array(record.bytes))
            step.removeAll(after: record.sequence)
            try engine.step(record, in: &step)
            step.batch.forEachRecord(from: record.sequence.next) { again.append(Array($0.bytes)) }
        }
        #expect(again == recorded, "seed \(seed)")
    }
}
