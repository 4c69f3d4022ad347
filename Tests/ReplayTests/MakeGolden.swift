import Foundation
import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

@Suite struct MakeGolden {
    @Test func make() throws {
        let folder = ProcessInfo.processInfo.environment["GOLDEN_OUT"] ?? "/tmp/golden"
        let journal = try LMDBJournal.create(directory: folder)
        let lease = try journal.acquireLease(holder: "golden")
        var batch = Batch(next: .first)
        let a = InstrumentID(1)
        let half = Quantity(raw: 500_000_000)
        func at(_ s: Int64) -> Envelope { Envelope(account: AccountID(.paper, index: 1), time: Timestamp(nanoseconds: 952_000_000_000_000_000 + s * 1_000_000_000), cause: SequenceNumber(UInt64(s > 3 ? 2 : 0)), recordTime: Timestamp(nanoseconds: 952_000_000_000_000_500 + s * 1_000_000_000)) }
        try batch.append(JournalOpened(kind: .paper, name: "venues", build: "1.0.0"), at(0))
        try batch.append(InstrumentDefined(Instrument(id: a, symbol: "BTCUSDT", venue: "BINANCE", currency: "USDT", kind: .crypto, tick: Price(raw: 10_000_000), lot: Quantity(raw: 10_000), priceScale: 2, quantityScale: 5)), at(1))
        try batch.append(OrderRequested(instrument: a, strategy: StrategyID(1), side: .buy, orderType: .limit, quantity: half, limitPrice: Price(raw: 130_310_000_000), timeInForce: .day, clientOrder: "mine-1", actor: "kim", reason: "by hand"), at(2))
        try batch.append(OrderCancelRequested(instrument: a, order: OrderID(3), actor: "kim", reason: "é 漢"), at(3))
        try batch.append(OrderReplaceRequested(instrument: a, order: OrderID(3), quantity: half, limitPrice: Price(raw: 1), stopPrice: Price(raw: -1), clientOrder: "mine-2", actor: "kim"), at(4))
        try batch.append(OrderReplaced(instrument: a, generation: 1, order: OrderID(3), quantity: half, limitPrice: Price(raw: 1), stopPrice: .zero, remaining: half), at(5))
        try batch.append(CancelIntended(instrument: a, reason: .halted, order: OrderID(3)), at(6))
        try batch.append(ReplaceIntended(instrument: a, generation: 2, order: OrderID(3), quantity: half, limitPrice: Price(raw: 2), stopPrice: .zero), at(7))
        for status in VenueStatus.allCases {
            try batch.append(VenueStatusReported(instrument: a, status: status, generation: 1, order: OrderID(3), quantity: half, filled: Quantity(raw: 10_000), clientOrder: "0123", venueOrder: "61e69015", reason: "Filter failure"), at(8))
        }
        try batch.append(VenueFillReported(instrument: a, side: .buy, liquidity: .maker, generation: 1, order: OrderID(3), price: Price(raw: 130_310_000_000), quantity: half, fee: Money(raw: -1), cumulative: half, clientOrder: "0123", venueOrder: "61e69015", execution: "77", feeAsset: "USDT"), at(9))
        for link in VenueLink.allCases { try batch.append(LinkChanged(link, isUp: link == .orders, venue: "binance", reason: "gone"), at(10)) }
        var filters = VenueFiltersLoaded(instrument: a, origin: "exchangeInfo.json 2026-06-01")
        (filters.averageMinutes, filters.flags, filters.tick) = (5, 1, Price(raw: 10_000_000))
        (filters.minimumQuantity, filters.maximumQuantity, filters.lot) = (Quantity(raw: 10_000), Quantity(raw: 9_000_000_000_000), Quantity(raw: 10_000))
        (filters.minimumNotional, filters.maximumNotional) = (Money(raw: 5_000_000_000), Money(raw: 9_000_000_000_000_000))
        (filters.bidMultiplierUp, filters.askMultiplierDown) = (Price(raw: 5_000_000_000), Price(raw: 200_000_000))
        filters.maximumOrders = 200
        try batch.append(filters, at(11))
        try batch.append(IntentReleased(instrument: a, order: OrderID(3)), at(12))
        try journal.append(&batch)
        try journal.release(lease)
        try journal.lines().joined().write(toFile: folder + "/events.jsonl", atomically: true, encoding: .utf8)
    }
}
