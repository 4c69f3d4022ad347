import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerTransport
import LedgerVenues
import Testing

@testable import LedgerLive

/// The fee of a fill that a venue corrects and then takes back.
@Suite struct CorrectionFeeTests {
    private static let a = Instrument(
        id: InstrumentID(1), symbol: "A", venue: "", currency: "USD", kind: .equity,
        tick: Price(raw: 10_000_000), lot: Quantity(raw: Int128(FixedPoint.one)), priceScale: 2,
        quantityScale: 0)

    /// A run that holds 3 A, bought at 103 with a fee of 1.50 out of 1,000.
    private static func holding(_ directory: String) throws -> (run: LiveRun, order: String) {
        let journal = try LMDBJournal.create(directory: directory)
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("account.kind", "paper"), ("venue.kind", "alpaca"), ("risk.enabled", "false"),
                ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
            ].map { (key: $0.0, value: $0.1) })
        let options = LiveOptions(
            journalName: "journal", mode: "paper", runName: "", symbols: ["A"], sendsOrders: true)
        let run = try LiveRun(
            journal, configuration, instruments: [a], [AccountGateway(SilentGateway(), options)],
            holder: "test")
        let account = Envelope(account: run.engine.account, time: run.now)
        try run.sequencer.append(CashDeposited(amount: Money("1000")), account)
        try run.sequencer.append(
            OrderRequested(
                instrument: InstrumentID(1), side: .buy, orderType: .limit,
                quantity: Quantity("3"), limitPrice: Price("103"), timeInForce: .day,
                clientOrder: "mine", actor: "kim"),
            Envelope(time: run.now))
        let order = try #require(run.engine.orders.open.first).request("A").clientOrder
        try tell(run, .fill(fill(of: order, "f1", "3", at: "103", fee: "1.5")))
        try tell(
            run,
            .order(
                VenueOrder(
                    clientOrder: order, venueOrder: "v1", symbol: "A",
                    side: .buy, status: .filled, quantity: Quantity("3"), filled: Quantity("3"),
                    updatedAt: run.now)))
        #expect(run.engine.orders.open.isEmpty)
        #expect(try cash(run) == Money("689.5"))
        return (run, order)
    }

    private static func fill(
        of order: String, _ execution: String, _ quantity: String, at price: String,
        fee: String = "0"
    ) throws -> VenueFill {
        VenueFill(
            clientOrder: order, venueOrder: "v1", execution: execution,
            symbol: "A", side: .buy, price: try Price(price), quantity: try Quantity(quantity),
            fee: try Money(fee), time: .zero)
    }

    private static func tell(_ run: LiveRun, _ report: GatewayReport) throws {
        try run.handle(InputQueue.Item(report: report, receivedAt: 0))
        try run.sequencer.commit()
    }

    private static func cash(_ run: LiveRun) throws -> Money {
        try #require(run.engine.profit.equity[run.engine.account]).cash
    }

    @Test(arguments: [["104"], [], ["104", "102.5"]])
    func `a fill that is taken back gives its fee back once, corrected before or not`(
        prices: [String]
    ) throws {
        let programs = try Programs()
        defer { programs.remove() }
        let (run, order) = try Self.holding(programs.folder.path + "/journal")
        var last = "f1"
        for (number, price) in prices.enumerated() {
            let next = "c\(number)"
            try Self.tell(
                run,
                .correction(
                    VenueCorrection(of: last, to: Self.fill(of: order, next, "3", at: price))))
            last = next
        }
        for repeated in ["b1", "b2"] {
            try Self.tell(
                run,
                .correction(
                    VenueCorrection(of: last, to: Self.fill(of: order, repeated, "0", at: "103"))))
        }
        #expect(try Self.cash(run) == Money("1000"))
        #expect(
            run.engine.profit.equity.quantity(run.engine.account, InstrumentID(1)) == .zero)
        try run.finish(reason: "test")
    }
}
