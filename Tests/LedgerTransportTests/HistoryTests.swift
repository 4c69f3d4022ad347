import AlpacaTransport
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// Fills of a history, whose orders are asked for.
@Suite(.serialized) struct HistoryTests {
    private static let fills = """
        [{"id":"20240101000000000::11111111","activity_type":"FILL","type":"fill","order_id":"o1",
        "symbol":"AAPL","side":"buy","price":"100","qty":"3","cum_qty":"3",
        "transaction_time":"2024-01-01T00:00:00Z"}]
        """
    private static let order = """
        {"id":"o1","client_order_id":"mine","symbol":"AAPL","side":"buy","status":"filled","qty":"3",
        "filled_qty":"3","type":"market","time_in_force":"day","filled_avg_price":"100",
        "created_at":"2024-01-01T00:00:00Z","submitted_at":"2024-01-01T00:00:00Z",
        "updated_at":"2024-01-01T00:00:00Z"}
        """

    private func settings(_ port: Int) -> GatewaySettings {
        var settings = GatewaySettings(
            restURL: "http://127.0.0.1:\(port)", orderStreamURL: "ws://127.0.0.1:1/stream",
            marketStreamURL: "ws://127.0.0.1:1/v2/iex", keys: VenueFixture.keys, isPaper: true,
            budget: RequestBudget.Rules(perMinute: 600_000, burst: 10_000, reserve: 1))
        settings.retries = 0
        settings.backoff = Backoff.Rules(base: Nanoseconds(2_000_000), cap: Nanoseconds(2_000_000))
        return settings
    }

    /// A gateway that has asked for the history, and the server, which answers queries of the order
    /// with `answer` until the gateway has told a fault.
    private func asked(
        _ answer: String, _ box: ReportBox
    ) throws -> (server: ScriptedServer, gateway: AlpacaGateway) {
        let server = try ScriptedServer { request, _, _ in
            if request.contains("/activities") {
                return .bytes(ScriptedServer.answer(200, Self.fills))
            }
            guard request.contains("/v2/orders/o1") else {
                return .bytes(ScriptedServer.answer(200, "{}"))
            }
            let isOver = box.all.contains {
                if case .fault(_, "/v2/orders/o1") = $0 { true } else { false }
            }
            return .bytes(isOver ? ScriptedServer.answer(200, Self.order) : answer)
        }
        let gateway = try AlpacaGateway(settings(server.port))
        gateway.start(symbols: [], sink: box.sink)
        gateway.queryFills(since: .zero, symbols: ["AAPL"])
        return (server, gateway)
    }

    private func fill(_ box: ReportBox) -> VenueFill {
        box.next { if case .fill(let fill) = $0 { fill } else { nil } }
    }

    @Test(arguments: [
        (401, #"{"code":40110000,"message":"request is not authorized"}"#),
        (503, #"{"message":"service unavailable"}"#),
        (429, #"{"code":42910000,"message":"rate limit exceeded"}"#),
    ])
    func `a fill whose order the venue does not tell now is left to the next query`(
        status: Int, body: String
    ) throws {
        let box = ReportBox()
        let (server, gateway) = try asked(ScriptedServer.answer(status, body), box)
        defer { gateway.stop() }
        _ = box.fault(about: "/v2/orders/o1")
        if status == 401 { box.link(.key, true) }
        gateway.queryFills(since: .zero, symbols: ["AAPL"])
        #expect(fill(box).clientOrder == "mine")
        #expect(server.requests.count { $0.contains("/v2/orders/o1") } == 2)
    }

    @Test func `a fill whose order the venue does not have is told without it`() throws {
        let box = ReportBox()
        let (server, gateway) = try asked(
            ScriptedServer.answer(404, #"{"code":40410000,"message":"order not found"}"#), box)
        defer { gateway.stop() }
        #expect(fill(box).clientOrder.isEmpty)
        #expect(server.requests.count { $0.contains("/v2/orders/o1") } == 1)
    }
}
