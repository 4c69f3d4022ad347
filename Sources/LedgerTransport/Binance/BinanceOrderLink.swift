import LedgerDomain
import LedgerEvents
import LedgerVenues
import NIOCore

/// Binance's stream of the account's events: subscribed to by a signed request, or opened by a listen key
/// that is kept alive.
// Sendable unchecked: every field is touched on the order loop alone.
final class BinanceOrderLink: @unchecked Sendable {
    /// A listen key lasts an hour.
    private static let keepAlive = TimeAmount.minutes(30)

    private let core: GatewayCore
    private let signing: BinanceSigning
    private let reporter: LinkReporter
    private var link: WebSocketLink?
    private var subscription: Int64 = 0
    private var listenKey = ""
    private var keeper: RepeatedTask?

    init(_ core: GatewayCore, _ signing: BinanceSigning) {
        (self.core, self.signing) = (core, signing)
        reporter = LinkReporter(.orders, "order stream", { [core] in core.report($0) })
    }

    func start() {
        let events = WebSocketLink.Events(
            target: { [self] in target($0) },
            opened: { [self] in opened() }, message: { [self] in take($0) },
            closed: { [self] reason in
                core.isOrderStreamUp = false
                keeper?.cancel()
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
            keeper?.cancel()
            link?.stop()
            link = nil
        }
    }

    // MARK: Opening

    private func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void) {
        let url = core.settings.orderStreamURL
        guard core.settings.userStream == .listenKey else { return then(WebSocketTarget(url)) }
        core.ask(BinanceRequests.openListenKey) { (body) throws(JSONFault) in
            try BinanceAnswers.listenKey(body)
        } _: { [self] key in
            listenKey = key ?? ""
            then(key.flatMap { WebSocketTarget("\(url)/ws/\($0)") })
        }
    }

    private func opened() {
        guard core.settings.userStream == .listenKey else {
            subscription += 1
            link?.send(
                signing.subscription(
                    core.settings.keys.key, id: subscription, now: core.clock.now))
            return
        }
        keeper = core.orderLoop.scheduleRepeatedTask(
            initialDelay: Self.keepAlive, delay: Self.keepAlive
        ) { [self] _ in
            core.ask(BinanceRequests.keepListenKey(listenKey)) { (_) throws(JSONFault) in
            } _: { _ in
            }
        }
        up()
    }

    private func up() {
        core.isOrderStreamUp = true
        link?.confirm()
        reporter.up()
    }

    // MARK: Messages

    private func take(_ bytes: [UInt8]) {
        let message: BinanceUserStream.Message
        do {
            message = try BinanceUserStream.read(bytes)
        } catch {
            return core.report(.fault(.malformed("\(error)"), "order stream"))
        }
        switch message {
        case .reports(let reports):
            let readAt = link?.readAt ?? MachineTime.steady
            for report in reports { core.report(report, readAt: readAt) }
        case .ended(let reason): link?.renew(reason)
        case .answer(let id, let status, let error):
            guard id == subscription else { return }
            guard status != 200 else { return up() }
            refused(status, error)
        case .other: break
        }
    }

    private func refused(_ status: Int, _ error: BinanceErrors.Body?) {
        let fault =
            error.map { BinanceErrors.fault($0, isOrder: false) }
            ?? .refused(code: "\(status)", "the subscription was refused")
        if case .authentication = fault { link?.stop() } else { link?.renew("refused") }
        if case .timestamp = fault { core.channel.timestampRefused?() }
        core.failed(fault, "order stream")
    }
}
