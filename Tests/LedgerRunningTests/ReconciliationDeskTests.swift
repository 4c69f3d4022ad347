import TestSupport
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerSafety
import Testing

/// A venue's account against the books, with and without a process that runs the journal.
@Suite struct ReconciliationDeskTests {
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)
    private let later = Timestamp(nanoseconds: 1_709_640_060_000_000_000)
    private let journal = MemoryJournal()

    private var desk: ReconciliationDesk {
        ReconciliationDesk(
            journal,
            desk: OperatorDesk(
                journal, actor: "ann", holder: "desk", now: later, timeout: 0))
    }

    /// A journal of an account with 1,000 dollars that may trade AAA and BTC/USD.
    private func open(_ settings: String = "") throws {
        let configuration = try Configuration(
            path: nil, text: "account: {cash: 1000}\n\(settings)", environment: [:])
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: .max)
        try RunOpening(configuration, kind: .general, name: "test").submit(
            into: &sequencer, at: noon)
        for (number, symbol) in [(UInt32(1), "AAA"), (2, "BTC/USD")] {
            try sequencer.append(
                InstrumentDefined(
                    Instrument(
                        id: InstrumentID(number), symbol: symbol, venue: "", currency: "USD",
                        kind: .equity, tick: Price("0.01"), lot: Quantity("0.0001"),
                        priceScale: 2, quantityScale: 4)),
                Envelope(time: noon))
        }
        try sequencer.append(
            CashDeposited(amount: Money("1000")),
            Envelope(account: sequencer.engine.account, time: noon))
        try sequencer.commit()
        try sequencer.close()
    }

    private func account(cash: String, _ positions: String) throws -> AccountStatement {
        let text = #"{"account": {"cash": "\#(cash)"}, "positions": [\#(positions)], "orders": []}"#
        let file = try VenueSnapshotFile(text, name: "account.json", kind: .reconciliation)
        return AccountStatement(file, kind: .reconciliation, origin: "account.json")
    }

    private func command(_ command: OperatorCommand) -> OperatorCommanded {
        OperatorCommanded(command, actor: "ann", reason: "bought by hand")
    }

    private func holding(_ symbol: String) throws -> Quantity? {
        let sequencer = try Sequencer(journal, holder: "next")
        let holdings = sequencer.engine.standing.holdings
        try sequencer.close()
        return holdings.first { $0.symbol == symbol }?.quantity
    }

    @Test func `a pair that the venue names without its slash is the same instrument`() throws {
        try open()
        let account = try account(
            cash: "900", #"{"symbol": "BTCUSD", "qty": "0.5", "avg_entry_price": "200"}"#)
        #expect(
            try desk.difference(account).discrepancies.map(\.kind) == [.positionOnlyAtVenue, .cash])
        guard case .adjusted(_, let after) = try desk.synchronise(account, command) else {
            Issue.record("the books were not set to the account")
            return
        }
        #expect(after.status == .pass)
        #expect(try holding("BTC/USD") == Quantity("0.5"))
        guard case .unneeded(let result) = try desk.synchronise(account, command) else {
            Issue.record("a second synchronisation found something")
            return
        }
        #expect(result.status == .pass)
    }

    @Test func `a synchronisation that would leave a difference changes nothing`() throws {
        try open("reconcile: {scope: all}")
        let head = try journal.head
        // Without a price nobody can say what it is worth.
        let account = try account(cash: "900", #"{"symbol": "ZZZ", "qty": "1"}"#)
        guard case .refused(let left) = try desk.synchronise(account, command) else {
            Issue.record("the books were changed")
            return
        }
        #expect(left.map(\.symbol) == ["ZZZ"])
        #expect(try journal.head == head)
    }

    @Test(arguments: ["configured", "all"])
    func `a synchronisation defines and adopts what the configuration does not name`(
        scope: String
    ) throws {
        try open("reconcile: {scope: \(scope)}")
        let account = try account(
            cash: "900", #"{"symbol": "ZZZ", "qty": "4", "avg_entry_price": "25"}"#)
        guard case .adjusted(_, let after) = try desk.synchronise(account, command) else {
            Issue.record("the books were not set to the account")
            return
        }
        #expect(after.status == .pass)
        #expect(try holding("ZZZ") == Quantity("4"))
        #expect(try desk.compare(account).status == .pass)
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        #expect(engine.profit.equity[engine.account]?.equity == (try Money("1000")))
    }

    @Test func `what nobody bought here is shown and does not stop trading`() throws {
        try open()
        let many = (0..<300).map { #"{"symbol": "COIN\#($0)", "qty": "18466"}"# }
        let account = try account(cash: "1000", many.joined(separator: ","))
        #expect(try desk.compare(account).status == .pass)
        let first = try journal.head.lastSequence
        #expect(try desk.compare(account).status == .pass)
        var engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        #expect(engine.holdings.holdings.count == 300)
        let records = try journal.head.lastSequence.number - first.number
        #expect(records < 10, "holdings that did not change are not reported again")
        let fewer = try self.account(cash: "1000", many.dropFirst().joined(separator: ","))
        #expect(try desk.compare(fewer).status == .pass)
        engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        #expect(engine.holdings.holdings.count == 299 && engine.holdings["COIN0"] == nil)
    }

    @Test func `an asset is ignored by its name, on both sides`() throws {
        try open("reconcile: {scope: all, ignore: 'ZZZ, BTC'}")
        let account = try account(
            cash: "1000", #"{"symbol": "ZZZ", "qty": "4"}, {"symbol": "BTCUSD", "qty": "1"}"#)
        #expect(try desk.compare(account).status == .pass)
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        #expect(engine.holdings.holdings.map(\.reason) == [.ignored, .ignored])
    }

    @Test func `a holding is adopted by name, and is compared from then on`() throws {
        try open()
        let account = try account(cash: "1000", #"{"symbol": "ZZZUSD", "qty": "4"}"#)
        #expect(try desk.compare(account).status == .pass)
        #expect(throws: OperatorDeskError.self) { try desk.adopt("ZZZ", price: nil, command) }
        #expect(throws: OperatorDeskError.self) {
            try desk.adopt("NONE", price: Price("25"), command)
        }
        _ = try desk.adopt("ZZZ", price: Price("25"), command)
        #expect(try holding("ZZZUSD") == Quantity("4"))
        #expect(try desk.compare(account).status == .pass)
        let less = try self.account(cash: "1000", #"{"symbol": "ZZZUSD", "qty": "3"}"#)
        #expect(try desk.compare(less).discrepancies.map(\.kind) == [.quantity])
        #expect(throws: OperatorDeskError.self) {
            try desk.adopt("ZZZ", price: Price("25"), command)
        }
    }

    @Test func `an order that cannot be read is one difference, and the rest is compared`() throws {
        try open()
        func statement(_ orders: String) throws -> AccountStatement {
            let text = #"""
                {"account": {"cash": "1000", "buying_power": "0.12345678901234"}, "positions": [],
                "orders": [\#(orders)]}
                """#
            let file = try VenueSnapshotFile(text, name: "account.json", kind: .reconciliation)
            return AccountStatement(file, kind: .reconciliation, origin: "account.json")
        }
        let spread = #"{"id": "m1", "symbol": "", "side": "", "status": "new", "legs": null}"#
        let odd = #"{"id": "o1", "symbol": "AAA", "side": "hold", "qty": 1, "status": "new"}"#
        let amount = #"""
            {"id": "n1", "symbol": "AAA", "side": "buy", "qty": null, "notional": "500",
            "status": "brand_new", "limit_price": "-1.5"}
            """#
        let found = try desk.compare(try statement("\(spread), \(odd), \(amount)")).discrepancies
        #expect(found.map(\.kind) == [.orderOnlyAtVenue, .unreadable, .unreadable])
        #expect(found[1].detail.contains("order m1") && found[2].symbol == "AAA")
        // What cannot concern a configured instrument is out of scope.
        let others = spread.replacing("null", with: #"[{"symbol": "AAPL240119C00190000"}]"#)
        #expect(try desk.compare(try statement(others)).status == .pass)
        let refused = try desk.synchronise(try statement(odd), command)
        guard case .refused = refused else {
            Issue.record("the books were set to what cannot be read: \(refused)")
            return
        }
    }

    @Test func `beside a run the account and the command go through the inbox as one`() throws {
        try open()
        var sequencer = try Sequencer(journal, holder: "run", commitBytes: .max)
        let account = try account(
            cash: "900", #"{"symbol": "AAA", "qty": "2", "avg_entry_price": "50"}"#)
        #expect(throws: OperatorDeskError.waiting(Ticket(1))) {
            try desk.synchronise(account, command)
        }
        #expect(try sequencer.drainInbox(at: later) == 1)
        #expect(sequencer.engine.standing.holdings.map(\.quantity.raw) == [2_000_000_000])
        try sequencer.close()
    }

    @Test func `a submission that is cut short is refused and leaves nothing`() throws {
        try open()
        var batch = Batch(next: .first)
        let first = try batch.append(command(.sync(snapshot: 1)), Envelope(time: noon))
        let whole = batch.record(first).map { Array($0.bytes) } ?? []
        for bytes in [[], Array(whole.dropLast(8)), whole + whole.prefix(24)] {
            let ticket = try journal.submit(bytes, submitter: "bob")
            var sequencer = try Sequencer(journal, holder: "run", commitBytes: .max)
            let next = sequencer.nextSequence
            #expect(try sequencer.drainInbox(at: later) == 1)
            #expect(sequencer.nextSequence == next)
            try sequencer.close()
            guard case .refused = try journal.receipt(ticket) else {
                Issue.record("\(bytes.count) bytes were taken")
                continue
            }
        }
    }

    @Test func `a statement of another venue than the account's is refused`() throws {
        let configuration = try Configuration(
            path: nil,
            text: """
                mode: paper
                accounts:
                  - {name: shadow, kind: simulated, cash: 1000}
                  - {name: main, kind: paper, venue: outside}
                venues:
                  - {name: outside, kind: alpaca}
                """, environment: [:])
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: .max)
        try RunOpening(configuration, kind: .general, name: "test").submit(
            into: &sequencer, at: noon)
        // What the shadow does later says nothing of the other account.
        try sequencer.append(
            CashDeposited(amount: Money("1000")),
            Envelope(account: AccountID(.simulated, index: 1), time: noon))
        try sequencer.commit()
        try sequencer.close()
        let desk = ReconciliationDesk(
            journal,
            desk: OperatorDesk(
                journal, actor: "ann", holder: "desk", now: later, timeout: 0,
                accounts: .account("main")))
        var statement = try account(cash: "0", "")
        (statement.venue, statement.takenAt) = ("binance", noon)
        do {
            _ = try desk.compare(statement)
            Issue.record("it was compared")
        } catch let error as InputError {
            #expect(
                "\(error)" == "account.json is of binance, but the journal's account is at alpaca")
        }
        statement.venue = "alpaca"
        #expect(try desk.compare(statement).status == .pass)
    }
}
