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
    private func open() throws {
        let configuration = try Configuration(
            path: nil, text: "account: {cash: 1000}", environment: [:])
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
        try sequencer.commit()
        try sequencer.close()
    }

    private func account(cash: String, _ positions: String) throws -> ReconciliationDesk.Account {
        let text = #"{"account": {"cash": "\#(cash)"}, "positions": [\#(positions)], "orders": []}"#
        return { names in
            try VenueSnapshotFile(
                text, name: "account.json", kind: .reconciliation,
                instrument: { names.instrument(venueSymbol: $0)?.id ?? .none }
            ).snapshot
        }
    }

    private func command(_ snapshot: UInt64) -> OperatorCommanded {
        OperatorCommanded(.sync(snapshot: snapshot), actor: "ann", reason: "bought by hand")
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
        #expect(try desk.difference(account).map(\.kind) == [.positionOnlyAtVenue, .cash])
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
        try open()
        let head = try journal.head
        let account = try account(
            cash: "900", #"{"symbol": "ZZZ", "qty": "1", "avg_entry_price": "100"}"#)
        guard case .refused(let left) = try desk.synchronise(account, command) else {
            Issue.record("the books were changed")
            return
        }
        #expect(left.map(\.symbol) == ["ZZZ"])
        #expect(try journal.head == head)
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
        let first = try batch.append(command(1), Envelope(time: noon))
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
}
