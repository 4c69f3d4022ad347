import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Alpaca's stream of orders: opened, authenticated, listened to; only then it is up.
// Sendable unchecked: every field is touched on the order loop alone.
final class AlpacaOrderLink: @unchecked Sendable {
    private let core: GatewayCore
    private let reporter: LinkReporter
    private var link: WebSocketLink?
    /// Given a replacement of which it is not known yet whether it took the old order's place.
    // Set once, before the link starts.
    var undecided: (AlpacaOrder) -> Void = { _ in }

    init(_ core: GatewayCore) {
        self.core = core
        reporter = LinkReporter(.orders, "order stream", { [core] in core.report($0) })
    }

    func start() {
        let url = core.settings.orderStreamURL
        let events = WebSocketLink.Events(
            target: { $0(WebSocketTarget(url)) },
            opened: { [self] in link?.send(AlpacaRequests.authenticate(core.settings.keys)) },
            message: { [self] in take($0) },
            closed: { [self] reason in
                core.isOrderStreamUp = false
                reporter.down(reason)
            })
        core.orderLoop.execute { [self] in
            let link = WebSocketLink(
                loop: core.orderLoop, settings: core.settings.socket, events: events)
            self.link = link
            link.start()
        }
    }

    func stop() {
        core.orderLoop.execute { [self] in
            link?.stop()
            link = nil
        }
    }

    private func take(_ bytes: [UInt8]) {
        let message: AlpacaOrderStream.Message
        do {
            message = try AlpacaOrderStream.read(bytes)
        } catch {
            return core.report(.fault(.malformed("\(error)"), "order stream"))
        }
        switch message {
        case .authorized: link?.send(AlpacaRequests.listen)
        case .unauthorized:
            // Nobody gets in with a wrong key by trying again (K15).
            link?.stop()
            core.failed(.authentication("the order stream refused the key"), "order stream")
        case .listening(let streams):
            guard streams.contains("trade_updates") else { return }
            core.isOrderStreamUp = true
            link?.confirm()
            reporter.up()
        case .reports(let reports):
            let readAt = link?.readAt ?? MachineTime.steady
            for report in reports { core.report(report, readAt: readAt) }
        case .undecided(let order): undecided(order)
        case .other: break
        }
    }
}
