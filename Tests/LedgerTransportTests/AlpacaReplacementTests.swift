import AlpacaTransport
import Foundation
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// What Alpaca says of replacements and the local exchange does not: that they are on their way, that they
/// came to nothing, that a fill was faster.
@Suite(.serialized) struct AlpacaReplacementTests {
    /// Alpaca's orders by id as they are now; each question may move them on.
    // Sendable unchecked: the fields are touched under the lock alone.
    private final class Venue: @unchecked Sendable {
        struct Order {
            var client: String
            var status: String
            var quantity = "10"
            var filled = "0"
            var replaces: String?
        }

        private let lock = NSLock()
        private var orders = ["old": Order(client: "o", status: "new")]
        /// What becomes of the orders when one of them is asked for.
        private let moves: [(inout [String: Order]) -> Void]
        private var asked = 0
        private var changes: [String] = []

        init(_ moves: [(inout [String: Order]) -> Void]) { self.moves = moves }

        var requests: [String] { lock.withLock { changes } }
        func json(_ id: String) -> String { lock.withLock { text(id) } }
        func change(_ body: (inout [String: Order]) -> Void) { lock.withLock { body(&orders) } }

        private func text(_ id: String) -> String {
            guard let order = orders[id] else { return "{}" }
            let replaces = order.replaces.map { "\"\($0)\"" } ?? "null"
            return
                #"{"id":"\#(id)","client_order_id":"\#(order.client)","symbol":"AAPL","side":"buy","#
                + #""qty":"\#(order.quantity)","filled_qty":"\#(order.filled)","#
                + #""status":"\#(order.status)","replaces":\#(replaces)}"#
        }

        func reply(_ request: String) -> String {
            lock.withLock {
                let words = request.split(separator: " ", maxSplits: 2).map(String.init)
                let (method, path) = (words[0], words[1])
                if method != "GET" {
                    changes.append(
                        method + " " + path + " " + (request.split(separator: "\r\n").last ?? ""))
                }
                switch (method, path) {
                case ("PATCH", _):
                    orders["old"]?.status = "pending_replace"
                    orders["new"] = Order(client: "n", status: "pending_new", replaces: "old")
                    return ScriptedServer.answer(200, text("new"))
                case ("DELETE", _): return ScriptedServer.answer(204, "")
                case ("POST", _):
                    orders["rest"] = Order(client: "n", status: "accepted", quantity: "8")
                    return ScriptedServer.answer(200, text("rest"))
                case ("GET", "/v2/clock"):
                    return ScriptedServer.answer(200, #"{"timestamp":"2026-06-15T14:00:00Z"}"#)
                default:
                    let isKnown = orders.first {
                        path.hasSuffix("/\($0.key)") || path.hasSuffix("=\($0.value.client)")
                    }
                    guard let id = isKnown?.key else {
                        return ScriptedServer.answer(404, #"{"code":40410000,"message":"none"}"#)
                    }
                    let answer = text(id)
                    if asked < moves.count { moves[asked](&orders) }
                    asked += 1
                    return ScriptedServer.answer(200, answer)
                }
            }
        }
    }

    private struct Desk {
        let venue: Venue
        let gateway: AlpacaGateway
        let box = ReportBox()
        let stream: SocketServer
        private let rest: ScriptedServer

        init(_ moves: [(inout [String: Venue.Order]) -> Void]) throws {
            let venue = Venue(moves)
            self.venue = venue
            stream = try SocketServer()
            rest = try ScriptedServer { request, _, _ in .bytes(venue.reply(request)) }
            let settings = GatewaySettings(
                restURL: "http://127.0.0.1:\(rest.port)",
                orderStreamURL: "ws://127.0.0.1:\(stream.port)/stream",
                marketStreamURL: "ws://127.0.0.1:\(stream.port)/v2/iex", keys: VenueFixture.keys,
                isPaper: true,
                budget: RequestBudget.Rules(perMinute: 600_000, burst: 10_000, reserve: 1))
            gateway = try AlpacaGateway(settings)
            gateway.start(symbols: [], sink: box.sink)
            _ = stream.next(.text)
            try say(#"{"stream":"authorization","data":{"status":"authorized"}}"#)
            _ = stream.next(.text)
            try say(#"{"stream":"listening","data":{"streams":["trade_updates"]}}"#)
            box.link(.orders, true)
        }

        func say(_ text: String) throws {
            try stream.send(SocketServer.frame(1, Array(text.utf8)), to: 0)
        }

        func say(_ event: String, of id: String) throws {
            try say(
                #"{"stream":"trade_updates","data":{"event":"\#(event)","order":\#(venue.json(id))}}"#
            )
        }

        func replace(quantity: Int128 = 12) {
            gateway.replace(
                OrderReference(clientOrder: "o", symbol: "AAPL"),
                with: OrderRequest(
                    clientOrder: "n", symbol: "AAPL", side: .buy, orderType: .limit,
                    timeInForce: .day, quantity: Quantity(raw: quantity * 1_000_000_000),
                    limitPrice: Price(raw: 100_000_000_000)))
        }

        func states(_ client: String) -> [VenueStatus] {
            box.all.compactMap { report in
                guard case .order(let order) = report, order.clientOrder == client else {
                    return nil
                }
                return order.status
            }
        }
    }

    @Test func `one on its way is told once the old order is gone`() throws {
        // The old order is asked for twice: what it is, then what became of it.
        let desk = try Desk([
            { _ in },
            {
                $0["old"]?.status = "replaced"; $0["new"]?.status = "new"
            },
        ])
        desk.replace()
        _ = desk.box.order("n", .accepted)
        #expect(!desk.states("n").contains(.pending))
        desk.gateway.stop()
    }

    @Test func `one that is rejected leaves the old order as it was`() throws {
        let desk = try Desk([
            { _ in },
            {
                $0["old"]?.status = "new"; $0["new"]?.status = "rejected"
            },
        ])
        desk.replace()
        _ = desk.box.order("n", .replaceRefused)
        #expect(desk.states("n") == [.replaceRefused] && !desk.states("o").contains(.replaced))
        desk.gateway.stop()
    }

    @Test func `one that the stream rejects ends nothing`() throws {
        let desk = try Desk([])
        desk.venue.change {
            $0["old"]?.status = "filled"
            $0["old"]?.filled = "10"
            $0["new"] = .init(client: "n", status: "rejected", replaces: "old")
        }
        try desk.say("rejected", of: "new")
        _ = desk.box.order("n", .replaceRefused)
        // What was placed, and rejected after it had taken the place, is an end.
        desk.venue.change { $0["old"]?.status = "replaced" }
        try desk.say("rejected", of: "new")
        _ = desk.box.order("n", .rejected)
        desk.gateway.stop()
    }

    @Test func `one that a fill overtook is taken back`() throws {
        let desk = try Desk([
            { _ in },
            {
                $0["old"]?.status = "replaced"; $0["old"]?.filled = "4"
            },
        ])
        desk.replace()
        guard case .refused("overtaken", _) = desk.box.fault(about: "n") else {
            Issue.record("nothing was said")
            return
        }
        desk.gateway.query(OrderReference(clientOrder: "o", symbol: "AAPL"))
        _ = desk.box.order("o", .replaced)
        #expect(desk.venue.requests.contains { $0.hasPrefix("DELETE /v2/orders/new") })
        desk.gateway.stop()
    }

    @Test
    func `an order that has begun to fill is cancelled, and its rest placed once that is done`()
        throws
    {
        let desk = try Desk([
            { $0["old"]?.status = "pending_cancel" }, { _ in },
            { $0["old"]?.status = "canceled" },
        ])
        desk.venue.change { $0["old"]?.filled = "4" }
        desk.replace()
        _ = desk.box.order("o", .replaced)
        _ = desk.box.order("n", .pending)
        let requests = desk.venue.requests
        #expect(requests.count == 2 && requests[0].hasPrefix("DELETE /v2/orders/old"))
        #expect(requests[1].contains(#""qty":"8""#), "twelve in all, of which four had filled")
        desk.gateway.stop()
    }
}
