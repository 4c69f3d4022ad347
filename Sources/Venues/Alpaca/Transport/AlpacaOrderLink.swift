import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Alpaca's stream of orders: opened, authenticated, listened to; only then it is up.
// Sendable unchecked: every field is touched on the order loop alone.
public final class AlpacaOrderLink: GatewayLink, @unchecked Sendable {
    public let stream: GatewayStream
    private var core: GatewayCore { stream.core }
    /// Given a replacement of which it is not known yet whether it took the old order's place.
    // Set once, before the link starts.
    var undecided: (AlpacaOrder) -> Void = { _ in }

    init(_ core: GatewayCore) { stream = .orders(core) }

    public func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void) {
        then(WebSocketTarget(core.settings.orderStreamURL))
    }

    public func opened() { stream.send(AlpacaRequests.authenticate(core.settings.keys)) }

    public func receive(_ bytes: [UInt8]) {
        let message: AlpacaOrderStream.Message
        do {
            message = try AlpacaOrderStream.read(bytes)
        } catch {
            return stream.report(.malformed("\(error)"))
        }
        switch message {
        case .authorized: stream.send(AlpacaRequests.listen)
        case .unauthorized:
            // Nobody gets in with a wrong key by trying again (K15).
            stream.shut()
            core.failed(.authentication("the order stream refused the key"), stream.name)
        case .listening(let streams):
            guard streams.contains("trade_updates") else { return }
            stream.up()
        case .reports(let reports):
            let readAt = stream.readAt
            for report in reports { core.report(report, readAt: readAt) }
        case .undecided(let order): undecided(order)
        case .other: break
        }
    }
}
