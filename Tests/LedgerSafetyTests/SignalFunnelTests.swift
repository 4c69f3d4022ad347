import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Which refusals end a signal.
@Suite struct SignalFunnelTests {
    private static let bar = Bar(
        instrument: InstrumentID(1), interval: 60, open: Price(raw: 1), high: Price(raw: 1),
        low: Price(raw: 1), close: Price(raw: 1), volume: Quantity(raw: 1))
    private static let refusal = IntentRejected(
        instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy,
        refusal: Refusal(.overflow))
    private static let signal = SignalGenerated(
        instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, purpose: .entry,
        price: Price(raw: 1), quantity: Quantity(raw: 1), indicator: 1, threshold: 0)
    private static let request = OrderRequested(
        instrument: InstrumentID(1), side: .buy, orderType: .market, quantity: Quantity(raw: 1),
        timeInForce: .goodTillCancelled, clientOrder: "c", actor: "client")

    /// The violations after events, each with its cause and its chain.
    private func violations(
        _ events: [(event: any Event, cause: UInt64, chain: UInt64)]
    ) throws -> [SequenceNumber] {
        var batch = Batch(next: .first)
        for (event, cause, chain) in events {
            let envelope = Envelope(
                time: .zero, cause: SequenceNumber(cause), correlation: SequenceNumber(chain))
            try batch.append(event, envelope)
        }
        var funnel = SignalFunnel()
        for number in 1...UInt64(events.count) {
            if let record = batch.record(SequenceNumber(number)) { try funnel.apply(record) }
        }
        return funnel.violations
    }

    @Test func `a client's order that is refused ends no signal`() throws {
        #expect(try violations([(Self.request, 0, 0), (Self.refusal, 1, 1)]).isEmpty)
    }

    @Test func `a change of an order that is refused ends no signal`() throws {
        let change = OrderReplaceRequested(
            instrument: InstrumentID(1), order: OrderID(3), actor: "client")
        let found = try violations([
            (Self.bar, 0, 0), (Self.signal, 1, 0), (Self.refusal, 1, 2), (change, 0, 0),
            (Self.refusal, 4, 2),
        ])
        #expect(found.isEmpty)
    }

    @Test func `a signal that ends twice is found`() throws {
        let found = try violations([
            (Self.bar, 0, 0), (Self.signal, 1, 0), (Self.refusal, 1, 2), (Self.refusal, 1, 2),
        ])
        #expect(found == [SequenceNumber(2)])
    }
}
