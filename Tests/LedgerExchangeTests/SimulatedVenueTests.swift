import AlpacaExchange
import Foundation
import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

@testable import LedgerExchange

/// The gateways' conformance suite for the simulated venue itself, without an API between: the engine and its
/// journal, as the local exchange has them.
@Suite(.serialized) struct SimulatedVenueTests {
    private final class Desk {
        let ledger: ExchangeLedger
        let instrument: Instrument
        private let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(
                "simulated-\(UUID().uuidString)")
            let options = try ExchangeOptions(
                journal: folder.path + "/journal", known: [AlpacaDialect()],
                [
                    ("exchange.dialects", "alpaca"), ("exchange.durable", "false"),
                    ("exchange.feed", "none"), ("exchange.symbols", "AAPL=190"),
                    ("venue.participation_basis_points", "10000"),
                ])
            let setting = try ExchangeSetting(options, AlpacaDialect())
            ledger = try ExchangeLedger(
                options, AlpacaDialect(), setting.instruments, start: setting.start)
            instrument = try #require(ledger.instrument(symbol: "AAPL"))
        }

        deinit {
            try? ledger.close()
            try? FileManager.default.removeItem(at: folder)
        }

        func quote(_ bid: Int64, _ ask: Int64, size: Int128 = 1000) throws {
            let (one, size) = (FixedPoint.one, Quantity(raw: size * Int128(FixedPoint.one)))
            let time = ExchangeClock.machine
            let quote = Quote(
                instrument: instrument.id, bid: Price(raw: bid * one), ask: Price(raw: ask * one),
                bidSize: size, askSize: size)
            try ledger.apply([
                FeedItem(content: .event(.quote(quote, time)), time: time, received: time)
            ])
        }

        func submit(
            _ client: String, _ type: OrderType = .limit, quantity: Int128 = 2, price: Int64 = 90,
            time: TimeInForce = .goodTillCancelled
        ) throws -> ExchangeLedger.Outcome {
            try ledger.place(
                OrderRequested(
                    instrument: instrument.id, side: .buy, orderType: type,
                    quantity: Quantity(raw: quantity * Int128(FixedPoint.one)),
                    limitPrice: type == .market ? .zero : Price(raw: price * FixedPoint.one),
                    timeInForce: time, clientOrder: client, actor: "test"))
        }

        func order(_ client: String) throws -> ExchangeOrder {
            ledger.book[try #require(ledger.book.find(client: client))]
        }

        func replace(_ client: String, quantity: Int128, price: Int64) throws -> Refusal? {
            let place = try #require(ledger.book.find(client: client))
            return try ledger.replace(
                place,
                OrderReplaceRequested(
                    instrument: instrument.id, order: ledger.book[place].id,
                    quantity: Quantity(raw: quantity * Int128(FixedPoint.one)),
                    limitPrice: Price(raw: price * FixedPoint.one), clientOrder: client + "-1",
                    actor: "test"))
        }
    }

    @Test func `a market order is filled, and the account has it`() throws {
        let desk = try Desk()
        try desk.quote(99, 101)
        guard case .taken = try desk.submit("m1", .market, time: .immediateOrCancel) else {
            Issue.record("it was refused")
            return
        }
        let order = try desk.order("m1")
        #expect(order.state == .filled && order.fills.map { "\($0.price)" } == ["101"])
        #expect(desk.ledger.position(desk.instrument.id).map { "\($0.quantity)" } == "2")
        #expect("\(desk.ledger.cash)" == "99798" && desk.ledger.book.open.isEmpty)
    }

    @Test func `a limit order rests, is asked for, and a cancel ends it`() throws {
        let desk = try Desk()
        try desk.quote(99, 101)
        _ = try desk.submit("l1")
        let place = try #require(desk.ledger.book.find(client: "l1"))
        #expect(desk.ledger.book.open == [place] && desk.ledger.reservedCash > .zero)
        try desk.ledger.cancel(place, actor: "test")
        #expect(try desk.order("l1").state == .cancelled)
        #expect(desk.ledger.book.open.isEmpty && desk.ledger.reservedCash == .zero)
    }

    @Test func `a replacement fills what it asks for in all and no more`() throws {
        let desk = try Desk()
        try desk.quote(99, 101)
        _ = try desk.submit("p1", quantity: 10, price: 100)
        try desk.quote(99, 100, size: 4)
        #expect(try "\(desk.order("p1").filled)" == "4")
        #expect(try desk.replace("p1", quantity: 12, price: 110) == nil)
        try desk.quote(99, 101)
        let order = try desk.order("p1-1")
        #expect(order.state == .filled && "\(order.filled)" == "12")
        #expect(desk.ledger.position(desk.instrument.id).map { "\($0.quantity)" } == "12")
    }

    @Test func `a refusal names its reason and changes nothing`() throws {
        let desk = try Desk()
        try desk.quote(99, 101)
        guard case .refused(let refusal) = try desk.submit("big", quantity: 900_000, price: 100)
        else {
            Issue.record("it was taken")
            return
        }
        #expect(refusal.reason == .insufficientCash && desk.ledger.book.orders.isEmpty)
        _ = try desk.submit("r1", price: 90)
        #expect(try desk.replace("r1", quantity: 900_000, price: 100) != nil)
        #expect(try "\(desk.order("r1").current.quantity)" == "2", "a refusal keeps the terms")
    }

    @Test func `the history has every order, and fills in their order`() throws {
        let desk = try Desk()
        for (index, name) in ["a", "b", "c"].enumerated() {
            try desk.quote(99, Int64(101 + index))
            _ = try desk.submit(name, .market, quantity: 1, time: .immediateOrCancel)
        }
        let book = desk.ledger.book
        #expect(book.orders.map { $0.current.clientOrder } == ["a", "b", "c"])
        let fills = book.fills.map { book[$0.order].fills[$0.fill] }
        #expect(fills.map { "\($0.price)" } == ["101", "102", "103"])
        let since = fills[0].sequence
        #expect(fills.filter { $0.sequence > since }.count == 2)
        #expect(Set(fills.map(\.sequence)).count == 3, "one execution, one id")
    }
}
