import BinanceTransport
import LedgerDomain
import LedgerTransport
import LedgerVenues
import Testing

@Suite(.serialized) struct MovementTests {
    private func settings(_ port: Int) -> GatewaySettings {
        GatewaySettings(
            restURL: "http://127.0.0.1:\(port)", orderStreamURL: "ws://127.0.0.1:1/ws-api/v3",
            marketStreamURL: "ws://127.0.0.1:1", keys: VenueFixture.keys, isPaper: true,
            budget: RequestBudget.Rules(perMinute: 600_000, burst: 10_000, reserve: 1))
    }

    /// As the test net answers, and as a key answers that may not read the wallet.
    @Test(arguments: [
        (404, "<html><body><h1>404 Not Found</h1></body></html>"),
        (401, #"{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}"#),
    ])
    func `a server or key without a wallet is asked once, and that is no fault`(
        status: Int, body: String
    ) throws {
        let server = try ScriptedServer { request, _, _ in
            if request.contains("/sapi/") { return .bytes(ScriptedServer.answer(status, body)) }
            if request.contains("/time") {
                return .bytes(ScriptedServer.answer(200, #"{"serverTime":1700000000000}"#))
            }
            return .bytes(ScriptedServer.answer(200, #"{"balances":[]}"#))
        }
        let gateway = try BinanceGateway(settings(server.port))
        defer { gateway.stop() }
        let box = ReportBox()
        gateway.start(symbols: [], sink: box.sink)
        for _ in 0..<2 {
            gateway.queryActivities(since: .zero)
            gateway.queryAccount(symbols: ["BTCUSDT"])
        }
        _ = box.fault(about: "/api/v3/openOrders")
        _ = box.fault(about: "/api/v3/openOrders")
        #expect(server.requests.count { $0.contains("/sapi/") } == 4)
        for report in box.all {
            switch report {
            case .activities, .link(.key, isUp: false, _): Issue.record("\(report)")
            case .fault(_, let context): #expect(!context.contains("sapi"), "\(report)")
            default: break
            }
        }
    }
}
