import TestSupport
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
@testable import LedgerLive
import LedgerRunning
import LedgerTransport
import LedgerVenues
import Synchronization
import Testing

/// A gateway that only remembers what left.
private final class CountingGateway: VenueGateway {
    let name = "counting"
    let isOrderStreamUp = true
    private let told = Mutex<[String]>([])
    var left: [String] { told.withLock { $0 } }

    func submit(_ order: OrderRequest) {
        told.withLock { $0.append("submit \(order.symbol) \(order.quantity)") }
    }
    func cancel(_ order: OrderReference) { told.withLock { $0.append("cancel \(order.symbol)") } }
    func replace(_ old: OrderReference, with order: OrderRequest) {
        told.withLock { $0.append("replace \(order.symbol) \(order.quantity)") }
    }
    func start(symbols: [String], to sink: ReportSink) {}
    func stop() {}
    func query(_ order: OrderReference) {}
    func queryFills(_ order: OrderReference) {}
    func queryFills(since: Timestamp, symbols: [String]) {}
    func queryAccount(symbols: [String]) {}
}

@Suite struct ExecutorTests {
    private let journal = MemoryJournal()
    private let gateway = CountingGateway()
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)

    /// A journal that trades outside, with cash and one order decided.
    private func decided() throws -> Sequencer {
        var sequencer = try Sequencer(journal, holder: "test")
        let settings = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("account.kind", "paper"), ("venue.kind", "alpaca"), ("risk.enabled", "false"),
                ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
            ].map { (key: $0.0, value: $0.1) }
        ).settings
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: "", settings: settings.text), Envelope(time: noon))
        try sequencer.append(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(1), symbol: "A", venue: "", currency: "USD", kind: .equity,
                    tick: Price("0.01"), lot: Quantity("1"), priceScale: 2, quantityScale: 0)),
            Envelope(time: noon))
        try sequencer.append(
            CashDeposited(amount: Money("1000")),
            Envelope(account: sequencer.engine.account, time: noon))
        try sequencer.append(
            OrderRequested(
                instrument: InstrumentID(1), side: .buy, orderType: .limit,
                quantity: Quantity("3"), limitPrice: Price("10"), timeInForce: .day,
                clientOrder: "mine", actor: "kim"), Envelope(time: noon))
        return sequencer
    }

    private func advance(
        _ executor: inout Executor, _ sequencer: borrowing Sequencer, _ maySend: Bool
    ) throws {
        try executor.advance(
            journal, sequencer.engine.main, gateway, maySend: maySend, committedAt: 0)
    }

    @Test func `an order leaves once, and not while the order stream is down`() throws {
        let sequencer = try decided()
        var executor = Executor(after: .none, times: nil)
        try advance(&executor, sequencer, false)
        #expect(gateway.left.isEmpty)
        for _ in 0..<3 { try advance(&executor, sequencer, true) }
        #expect(gateway.left == ["submit A 3"])
        try sequencer.close()
    }

    @Test func `an order that a recovery sent while it waited does not leave again`() throws {
        let sequencer = try decided()
        var executor = Executor(after: .none, times: nil)
        try advance(&executor, sequencer, false)
        let order = try #require(sequencer.engine.orders.open.first)
        executor.sendAgain(order, "A", gateway)
        try advance(&executor, sequencer, true)
        #expect(gateway.left == ["submit A 3"])
        try sequencer.close()
    }

    @Test func `an order that was taken back while it waited does not leave`() throws {
        var sequencer = try decided()
        var executor = Executor(after: .none, times: nil)
        try advance(&executor, sequencer, false)
        try sequencer.append(
            OperatorCommanded(.engage(.blockEntries, .global), actor: "kim", reason: "stop"),
            Envelope(time: noon))
        try advance(&executor, sequencer, true)
        #expect(gateway.left.isEmpty)
        try sequencer.close()
    }

    @Test func `a cancel waits until the venue has confirmed its order`() throws {
        var sequencer = try decided()
        var executor = Executor(after: .none, times: nil)
        try advance(&executor, sequencer, true)
        let order = try #require(sequencer.engine.orders.open.first)
        try sequencer.append(
            OrderCancelRequested(instrument: InstrumentID(1), order: order.id, actor: "kim"),
            Envelope(time: noon))
        try advance(&executor, sequencer, true)
        #expect(gateway.left == ["submit A 3"])
        try sequencer.append(
            VenueStatusReported(
                instrument: InstrumentID(1), status: .accepted, order: order.id, clientOrder: ""),
            Envelope(time: noon))
        try advance(&executor, sequencer, true)
        #expect(gateway.left == ["submit A 3", "cancel A"])
        try sequencer.close()
    }

    @Test func `a replacement that fills in parts agrees with its order`() throws {
        let reported = VenueOrder(
            clientOrder: "a-1", status: .partiallyFilled, quantity: try Quantity("3"),
            filled: try Quantity("1"))
        // Two of five had filled before it.
        let whole = reported.whole(of: try Quantity("5"))
        #expect(try whole.quantity == Quantity("5") && whole.filled == Quantity("3"))
        #expect(try reported.whole(of: Quantity("3")) == reported)
    }

    @Test func `an execution is known from the commit that books it`() throws {
        var sequencer = try decided()
        let order = try #require(sequencer.engine.orders.open.first)
        let fill = VenueFillReported(
            instrument: InstrumentID(1), side: .buy, liquidity: .taker, order: order.id,
            price: try Price("10"), quantity: try Quantity("1"), fee: .zero, cumulative: .zero,
            clientOrder: "", venueOrder: "", execution: "7", feeAsset: "USD")
        let key = DeduplicationKey.identifier("counting A 7", at: noon)
        #expect(try sequencer.append(fill, Envelope(time: noon), key: key))
        // Each input is a commit here, and nothing came after it.
        #expect(sequencer.uncommitted == 0)
        #expect(try journal.deduplicated(producer: "execution", key: key) != nil)
        #expect(try !sequencer.append(fill, Envelope(time: noon), key: key))
        #expect(sequencer.engine.orders.fills == 1)
        try sequencer.close()
    }
}
