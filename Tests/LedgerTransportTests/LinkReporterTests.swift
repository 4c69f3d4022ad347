import AlpacaTransport
import LedgerDomain
import LedgerVenues
import Synchronization
import Testing

@testable import LedgerTransport

@Suite struct LinkReporterTests {
    private final class Told: Sendable {
        let reports = Mutex<[GatewayReport]>([])

        /// How many faults and changes of the link since the last question.
        func take() -> [Int] {
            reports.withLock { reports in
                defer { reports = [] }
                let faults = reports.count { if case .fault = $0 { true } else { false } }
                return [faults, reports.count - faults]
            }
        }
    }

    @Test func `an outage is one fault, however often the stream is tried`() {
        let told = Told()
        let reporter = LinkReporter(.orders, "order stream") { report in
            told.reports.withLock { $0.append(report) }
        }
        for _ in 0..<50 { reporter.down("no connection") }
        #expect(told.take() == [1, 1])
        reporter.note(.refused(code: "1", "no"))
        reporter.note(.refused(code: "1", "no"))
        #expect(told.take() == [1, 0], "why it does not come up, once")
        reporter.up()
        guard case .link(.orders, isUp: true, let reason)? = told.reports.withLock({ $0.first })
        else { return #expect(Bool(false), "the link is not up") }
        #expect(reason.hasSuffix(" ms, at attempt 50"))
        #expect(told.take() == [0, 1])
        for _ in 0..<3 {
            reporter.down("reset")
            reporter.up()
        }
        #expect(told.take() == [3, 6], "drops count each")
        reporter.note(.malformed("no JSON"))
        reporter.note(.malformed("no JSON"))
        #expect(told.take() == [2, 0])
    }

    @Test func `a stream whose feed was not paid for is tried again, and the key is not blamed`()
        throws
    {
        let (shares, coins) = (try SocketServer(), try SocketServer())
        var settings = GatewaySettings(
            restURL: "http://127.0.0.1:1", orderStreamURL: "ws://127.0.0.1:1/stream",
            marketStreamURL: "ws://127.0.0.1:\(shares.port)/v2/sip", keys: VenueFixture.keys,
            isPaper: true, budget: RequestBudget.Rules(perMinute: 600, burst: 10, reserve: 1))
        settings.coinStreamURL = "ws://127.0.0.1:\(coins.port)/v1beta3/crypto/us"
        settings.socket.backoff = Backoff.Rules(
            base: Nanoseconds(1_000_000), cap: Nanoseconds(10_000_000))
        let gateway = try AlpacaGateway(settings)
        defer { gateway.stop() }
        let box = ReportBox()
        gateway.start(symbols: ["AAPL", "BTC/USD"], sink: box.sink)
        try coins.send(
            SocketServer.frame(1, Array(#"[{"T":"subscription"}]"#.utf8)), to: 0)
        box.link(.coinData, true)
        let refusal = #"[{"T":"error","code":409,"msg":"insufficient subscription"}]"#
        try shares.send(SocketServer.frame(1, Array(refusal.utf8)), to: 0)
        #expect(
            box.fault(about: "market stream") == .refused(code: "409", "insufficient subscription"))
        try shares.send(
            SocketServer.frame(1, Array(#"[{"T":"subscription"}]"#.utf8)), to: 1)
        box.link(.marketData, true)
        let blamed = box.all.filter {
            if case .fault(.authentication, _) = $0 { true } else { false }
        }
        #expect(blamed.isEmpty, "\(blamed)")
    }
}
