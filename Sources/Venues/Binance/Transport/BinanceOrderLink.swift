import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import NIOCore

/// Binance's stream of account events: subscribed to by a signed request, or opened with a listen
/// key that is kept alive.
// Sendable unchecked: every field is used only on the order loop.
public final class BinanceOrderLink: GatewayLink, @unchecked Sendable {
    /// A listen key lasts an hour.
    private static let keepAlive = TimeAmount.minutes(30)

    public let stream: GatewayStream
    private var core: GatewayCore { stream.core }
    private let signing: BinanceSigning
    private var subscription: Int64 = 0
    private var listenKey = ""
    private var keeper: RepeatedTask?

    init(_ core: GatewayCore, _ signing: BinanceSigning) {
        stream = .orders(core)
        self.signing = signing
    }

    // MARK: Opening

    public func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void) {
        let url = core.settings.orderStreamURL
        guard core.settings.userStream == .listenKey else { return then(WebSocketTarget(url)) }
        core.ask(BinanceRequests.openListenKey) { (body) throws(JSONFault) in
            try BinanceAnswers.listenKey(body)
        } _: { [self] key in
            listenKey = key ?? ""
            then(key.flatMap { WebSocketTarget("\(url)/ws/\($0)") })
        }
    }

    public func opened() {
        guard core.settings.userStream == .listenKey else {
            subscription += 1
            stream.send(
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
        stream.up()
    }

    public func closed() { keeper?.cancel() }

    // MARK: Messages

    public func receive(_ bytes: [UInt8]) {
        let message: BinanceUserStream.Message
        do {
            message = try BinanceUserStream.read(bytes)
        } catch {
            return stream.report(.malformed("\(error)"))
        }
        switch message {
        case .reports(let reports):
            let readAt = stream.readAt
            for report in reports { core.report(report, readAt: readAt) }
        case .ended(let reason): stream.renew(reason)
        case .answer(let id, let status, let error):
            guard id == subscription else { return }
            guard status != 200 else { return stream.up() }
            refused(status, error)
        case .other: break
        }
    }

    private func refused(_ status: Int, _ error: BinanceErrors.Body?) {
        var answer = WireAnswer(status: status)
        answer.receivedAt = MachineTime.now
        let fault =
            error.map { BinanceErrors.fault($0, in: answer, isOrder: false) }
            ?? .refused(code: "\(status)", "the subscription was refused")
        if case .rateLimited(let wait, _) = fault { core.channel.pause(wait) }
        if case .timestamp = fault { core.channel.timestampRefused?() }
        if case .authentication = fault {
            core.failed(fault, stream.name)
        } else {
            stream.report(fault)
        }
        // After a ban or a refused key the stream waits until the venue takes requests again.
        stream.renew("refused")
    }
}
