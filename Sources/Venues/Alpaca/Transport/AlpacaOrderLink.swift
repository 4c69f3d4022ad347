import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Alpaca's order stream. It is up once it is open, authenticated and subscribed.
// Sendable unchecked: every field is used only on the order loop.
public final class AlpacaOrderLink: GatewayLink, @unchecked Sendable {
    public let stream: GatewayStream
    private var core: GatewayCore { stream.core }
    /// Receives a replacement whose outcome is not known yet.
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
            // It opens again once the venue accepts the key (K15).
            stream.renew("the key was refused")
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
