import TestSupport
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSettings
import Testing

/// What a journal of orders at a venue outside says of itself.
@Suite struct RemoteJournalTests {
    /// Buys one bitcoin-hundredth when its price rises, with a stop; what the venue says is scripted.
    private final class Desk {
        let journal = MemoryJournal()
        var sequencer: Sequencer
        var seconds: Int64 = 1_700_000_000

        init() throws {
            sequencer = try Sequencer(journal, holder: "test")
            let settings = Settings(
                [
                    ("account.kind", "paper"), ("account.calendar", "crypto"),
                    ("venue.kind", "binance"), ("risk.enabled", "false"),
                    ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
                    ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "BTCUSD"),
                    ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
                    ("strategies.0.quantity", "0.01"), ("strategies.0.stop_loss", "1000"),
                ].map { (key: $0.0, value: $0.1) })
            try append(ConfigurationLoaded(seed: 0, build: "", settings: settings.text))
            try append(
                InstrumentDefined(
                    Instrument(
                        id: InstrumentID(1), symbol: "BTCUSD", venue: "", currency: "USD",
                        kind: .crypto, tick: try Price("0.01"), lot: try Quantity("0.00001"),
                        priceScale: 2, quantityScale: 5)))
            try append(
                CashDeposited(amount: try Money("10000")), account: AccountID(.paper, index: 1))
            for price in ["59000", "60000"] { try trade(price) }
        }

        func append(_ event: some Event, account: AccountID = .none) throws {
            try sequencer.append(event, envelope(account))
        }

        private func envelope(_ account: AccountID = .none) -> Envelope {
            seconds += 1
            return Envelope(
                account: account, time: Timestamp(nanoseconds: seconds * 1_000_000_000))
        }

        func trade(_ price: String) throws {
            try append(
                Trade(
                    instrument: InstrumentID(1), aggressor: nil, price: try Price(price),
                    size: try Quantity("1"), tradeId: 1))
        }

        func say(_ status: VenueStatus, of order: OrderID, reason: String = "") throws {
            try append(
                VenueStatusReported(
                    instrument: InstrumentID(1), status: status, order: order, clientOrder: "x",
                    reason: reason))
        }

        /// - Returns: whether the execution was new.
        func fill(
            _ order: OrderID, _ side: Side, price: String = "60000", fee: String, _ asset: String,
            execution: String
        ) throws -> Bool {
            let key = DeduplicationKey.identifier(execution, at: .zero)
            return try sequencer.append(
                VenueFillReported(
                    instrument: InstrumentID(1), side: side, liquidity: .taker, order: order,
                    price: try Price(price), quantity: try Quantity("0.01"), fee: try Money(fee),
                    cumulative: .zero, clientOrder: "x", venueOrder: "", execution: execution,
                    feeAsset: asset), envelope(), key: key)
        }

        var last: OrderID? { sequencer.engine.orders.open.last?.id }

        func awaits() throws -> [String?] {
            var tables = try ProjectionTables(journal, through: journal.head.lastSequence)
            let table = try tables.orders()
            let place = try #require(table.index("awaits"))
            return table.rows.map { $0[place] }
        }

        func blockers() throws -> EntryBlockers {
            try EntryBlockers(
                of: journal, from: .first, through: journal.head.lastSequence, symbol: nil)
        }
    }

    private func texts(_ nodes: [Explanation.Node]) -> [String] { nodes.map(\.type) }

    @Test func `an order is shown with what it waits for, and explained to its end`() throws {
        let desk = try Desk()
        let entry = try #require(desk.last)
        #expect(try desk.awaits() == ["the venue's answer"])
        #expect(try desk.blockers().blockers.map(\.reason) == ["unconfirmed"])
        let intent = try #require(desk.sequencer.engine.orders.order(entry)).intended.intent
        try desk.append(
            FaultReported(.rest, origin: "binance \(intent)", detail: "outcome not known"))
        try desk.say(.accepted, of: entry)
        #expect(try desk.awaits() == [nil])
        #expect(try desk.blockers().blockers.map(\.reason) == ["waits"])
        #expect(try desk.fill(entry, .buy, fee: "0.00001", "BTC", execution: "1"))
        #expect(try !desk.fill(entry, .buy, fee: "0.00001", "BTC", execution: "1"))
        let stop = try #require(desk.last)
        try desk.say(.accepted, of: stop)
        try desk.trade("59500")
        let exit = try #require(desk.last)
        #expect(try desk.awaits() == ["cancel, positionClosed", "exits to be back"])
        try desk.say(.cancelled, of: stop)
        #expect(try desk.awaits() == ["the venue's answer"])
        try desk.say(.rejected, of: exit, reason: "-2010 no")
        let outcomes = try Explanation(of: entry, in: desk.journal).outcomes
        #expect(
            texts(outcomes) == ["OrderSubmitted", "OrderAccepted", "OrderFilled", "FaultReported"])
        let ends = try Explanation(of: stop, in: desk.journal).outcomes
        #expect(
            texts(ends) == ["OrderSubmitted", "OrderAccepted", "CancelIntended", "OrderCancelled"])
        let cancelled = try #require(ends.last)
        let causes = try Explanation(of: cancelled.sequence, in: desk.journal).root.causes
        #expect(causes.map(\.relation) == ["ends", "as was asked by", "ended at"])
        #expect(causes[1].causes.map(\.type) == ["OrderIntended", "OrderIntended"])
        let released = try Explanation(of: exit, in: desk.journal).outcomes
        #expect(texts(released) == ["IntentReleased", "OrderRejected"])
    }

    @Test func `every event of it has a cause`() throws {
        let desk = try Desk()
        let entry = try #require(desk.last)
        #expect(try desk.fill(entry, .buy, fee: "0.00001", "BTC", execution: "1"))
        try desk.append(
            OrderReplaceRequested(
                instrument: InstrumentID(1), order: try #require(desk.last),
                quantity: try Quantity("0.005"), actor: "kim"))
        try desk.say(.rejected, of: try #require(desk.last), reason: "no")
        try desk.trade("58000")
        let head = try desk.journal.head.lastSequence
        for number in 1...head.number {
            let root = try Explanation(of: SequenceNumber(number), in: desk.journal).root
            #expect(root.isInput || !root.causes.isEmpty, "\(root.type)")
        }
        let adjusted = try #require(
            try Explanation(of: entry, in: desk.journal).outcomes.first { $0.type == "OrderFilled" }
        )
        let paid = try Explanation(of: adjusted.sequence.next, in: desk.journal).root
        #expect(paid.type == "PositionAdjusted")
        #expect(paid.causes.first?.relation == "paid for")
    }

    @Test func `a fill at no price is taken once, and nothing is booked`() throws {
        let desk = try Desk()
        let entry = try #require(desk.last)
        #expect(try desk.fill(entry, .buy, price: "0", fee: "0", "", execution: "2"))
        #expect(try !desk.fill(entry, .buy, price: "0", fee: "0", "", execution: "2"))
        #expect(desk.sequencer.engine.orders.fills == 0)
        #expect(desk.sequencer.engine.gate.latches.map(\.source) == [.reconciliation])
    }
}
