import LedgerDomain
import LedgerEvents
import LedgerVenues
import NIOCore

/// One of a gateway's streams. All streams are opened, maintained and closed in the same way;
/// the venue defines what is said over them.
///
/// Everything except `start` and `stop` runs on the stream's event loop.
// Sendable unchecked: every field is used only on the stream's event loop.
public final class GatewayStream: @unchecked Sendable {
    public let core: GatewayCore
    public let loop: any EventLoop
    /// What faults of the stream refer to.
    public let name: String
    /// Which of the venue's links it is.
    let kind: VenueLink
    private var isOrders: Bool { kind == .orders }
    private let reporter: LinkReporter
    private var link: WebSocketLink?

    /// What faults of a web socket are about, as opposed to those of requests.
    public static let names = ["order stream", "market stream", "coin stream"]

    private init(_ core: GatewayCore, _ kind: VenueLink, _ name: String) {
        (self.core, self.kind, self.name) = (core, kind, name)
        loop = kind == .orders ? core.orderLoop : core.marketLoop
        reporter = LinkReporter(kind, name, { [core] in core.report($0) })
    }

    public static func orders(_ core: GatewayCore) -> GatewayStream {
        .init(core, .orders, names[0])
    }
    public static func market(_ core: GatewayCore) -> GatewayStream {
        .init(core, .marketData, names[1])
    }
    /// Market data of coins, at a venue that sends those of shares over another stream.
    public static func coins(_ core: GatewayCore) -> GatewayStream {
        .init(core, .coinData, names[2])
    }

    func start(_ owner: any GatewayLink) {
        let events = WebSocketLink.Events(
            target: { [core, isOrders] then in
                // A venue that banned us, or refuses the key, would refuse the stream too.
                guard isOrders else { return owner.target(then) }
                core.channel.whenKeyIsAccepted {
                    core.channel.afterPause { owner.target(then) }
                }
            }, opened: { owner.opened() },
            message: { owner.receive($0) },
            closed: { [self] reason in
                if isOrders { core.isOrderStreamUp = false }
                owner.closed()
                reporter.down(reason)
            },
            refused: { [core, isOrders] status, wait in
                // These count our requests, and more of them make a ban longer.
                guard isOrders, status == 429 || status == 418 else { return }
                core.channel.pause(wait)
            })
        loop.execute { [self] in
            let link = WebSocketLink(loop: loop, settings: core.settings.socket, events: events)
            self.link = link
            link.start()
        }
    }

    func stop(_ owner: any GatewayLink) {
        loop.execute { [self] in
            owner.closed()
            shut()
            link = nil
        }
    }

    // MARK: On the loop

    /// When the bytes of the current message were read, on the steady clock.
    public var readAt: Int64 { link?.readAt ?? MachineTime.steady }

    public func send(_ message: [UInt8]) { link?.send(message) }

    /// The venue has accepted the stream.
    public func up() {
        if isOrders { core.isOrderStreamUp = true }
        link?.confirm()
        reporter.up()
    }

    /// Closes the connection and opens a new one.
    public func renew(_ reason: String) { link?.renew(reason) }

    /// Closes the connection without opening a new one.
    public func shut() { link?.stop() }

    public func report(_ fault: VenueFault) { reporter.note(fault) }
}

/// What a venue does with one of its streams. Everything is called on the stream's event loop.
public protocol GatewayLink: AnyObject, Sendable {
    var stream: GatewayStream { get }
    /// Returns where to connect now; nil to try again later.
    func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void)
    func opened()
    func receive(_ message: [UInt8])
    /// The connection has ended, or the gateway is stopping.
    func closed()
}

extension GatewayLink {
    public func opened() {}
    public func closed() {}

    func start() { stream.start(self) }
    func stop() { stream.stop(self) }
}

/// A stream of market data for some symbols.
public protocol MarketLink: GatewayLink {
    /// Whether the stream has market data of this symbol.
    func serves(_ symbol: String) -> Bool
    /// Called before the stream starts, on its event loop.
    func choose(_ symbols: [String])
}

extension MarketLink {
    public func serves(_ symbol: String) -> Bool { true }
}
