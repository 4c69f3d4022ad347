import LedgerDomain
import LedgerVenues
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// A web socket that is kept open: it connects, pings, detects silence, and reconnects with full
/// jitter (N04).
///
/// Everything runs on one event loop, including its events. `start`, `stop`, `send` and `renew` may
/// be called from anywhere.
// Sendable unchecked: every field is used only on the event loop.
public final class WebSocketLink: @unchecked Sendable {
    public struct Events: Sendable {
        /// Where to connect now. Nil: try again later.
        public var target: @Sendable (@escaping @Sendable (WebSocketTarget?) -> Void) -> Void
        public var opened: @Sendable () -> Void
        public var message: @Sendable ([UInt8]) -> Void
        /// An open connection ended, or one could not be opened.
        public var closed: @Sendable (String) -> Void
        /// The server declined the upgrade with this status, and wants to be left alone for so long; 0
        /// where it does not say.
        public var refused: @Sendable (Int, Nanoseconds) -> Void

        public init(
            target: @escaping @Sendable (@escaping @Sendable (WebSocketTarget?) -> Void) -> Void,
            opened: @escaping @Sendable () -> Void,
            message: @escaping @Sendable ([UInt8]) -> Void,
            closed: @escaping @Sendable (String) -> Void,
            refused: @escaping @Sendable (Int, Nanoseconds) -> Void = { _, _ in }
        ) {
            (self.target, self.opened) = (target, opened)
            (self.message, self.closed, self.refused) = (message, closed, refused)
        }
    }

    private let loop: any EventLoop
    private let settings: WebSocketSettings
    private let events: Events
    private var backoff: Backoff
    /// How long the server wants to be left alone before the next attempt.
    private var wait = Nanoseconds.zero
    private var context: NIOSSLContext?
    private var channel: (any Channel)?
    private var isOpen = false
    private var isStopped = true
    /// Attempts are numbered: events of earlier attempts are ignored.
    private var attempt = 0
    private var confirmed = -1
    private var lastHeard: Int64 = 0
    private var lastBeat: Int64 = 0
    /// When the bytes of the current message were read from the socket, on the steady clock. Use it
    /// on the event loop.
    private(set) var readAt: Int64 = 0
    private var pings: RepeatedTask?
    private var retry: Scheduled<Void>?

    public init(loop: any EventLoop, settings: WebSocketSettings, events: Events) {
        (self.loop, self.settings, self.events) = (loop, settings, events)
        backoff = Backoff(settings.backoff, seed: settings.seed)
    }

    public func start() {
        loop.execute { [self] in
            guard isStopped else { return }
            isStopped = false
            connect()
        }
    }

    /// Closes the connection for good.
    public func stop() {
        loop.execute { [self] in
            isStopped = true
            retry?.cancel()
            close("stopped")
        }
    }

    /// Sends a text frame; does nothing if no connection is open.
    public func send(_ bytes: [UInt8]) {
        loop.execute { [self] in
            guard isOpen, let channel else { return }
            let data = channel.allocator.buffer(bytes: bytes)
            channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data),
                promise: nil)
        }
    }

    /// Confirms that the connection serves its purpose; after the next message, back-off starts
    /// from the beginning. A connection that is open but not confirmed in time is closed: a venue
    /// that accepts the socket and then stays silent is not up. Call it on the event loop.
    public func confirm() {
        confirmed = attempt
    }

    /// Closes the connection and opens a new one.
    public func renew(_ reason: String) {
        loop.execute { [self] in
            if channel != nil { close(reason) }
        }
    }

    // MARK: Connecting

    private func connect() {
        attempt += 1
        let number = attempt
        events.target { [self] target in
            loop.execute { [self] in
                guard number == attempt, !isStopped else { return }
                guard let target else { return fail("the stream has no address now", number) }
                open(target, number)
            }
        }
    }

    private func open(_ target: WebSocketTarget, _ number: Int) {
        do {
            if target.isSecure, context == nil { context = try settings.context() }
        } catch {
            return fail("TLS: \(error)", number)
        }
        let limit = loop.scheduleTask(in: .nanoseconds(settings.connectTimeout.count)) { [self] in
            guard number == attempt, !isOpen else { return }
            fail("the stream was not opened in time", number)
        }
        let own = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(settings.connectTimeout.count))
            .channelOption(ChannelOptions.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try own.value.fill(channel, target, number, limit)
                }
            }
            .connect(host: target.host, port: target.port)
            .whenComplete { result in
                let link = own.value
                switch result {
                case .success(let channel):
                    guard number == link.attempt, !link.isStopped else {
                        channel.close(promise: nil)
                        return
                    }
                    link.channel = channel
                case .failure(let error):
                    limit.cancel()
                    link.fail(ConnectionError.text(error), number)
                }
            }
    }

    private func fill(
        _ channel: any Channel, _ target: WebSocketTarget, _ number: Int, _ limit: Scheduled<Void>
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ReadStamp { [self] in readAt = MachineTime.steady })
        if target.isSecure, let context {
            // For an IP address, the certificate is checked without a name.
            let isAddress = (try? SocketAddress(ipAddress: target.host, port: 0)) != nil
            try pipeline.addHandler(
                NIOSSLClientHandler(
                    context: context, serverHostname: isAddress ? nil : target.host))
        }
        let opening = WebSocketOpening(
            target, failed: { [self] in fail($0, number) },
            refused: { [self] status, wait in
                guard number == attempt else { return }
                self.wait = wait
                events.refused(status, wait)
            })
        let frames = WebSocketFrames(
            WebSocketFrames.Events(
                opened: { [self] channel in
                    limit.cancel()
                    opened(channel, number)
                },
                heard: { [self] in lastHeard = readAt },
                message: { [self] bytes in
                    guard number == attempt else { return }
                    if confirmed == number { backoff.reset() }
                    events.message(bytes)
                },
                closed: { [self] reason in fail(reason, number) }),
            maximumMessage: settings.maximumMessage)
        let bound = NIOLoopBound((opening, frames), eventLoop: loop)
        let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: settings.maximumFrame) {
            channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(bound.value.1)
            }
        }
        try pipeline.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(bound.value.0, promise: nil)
                }
            ))
        try pipeline.addHandler(opening)
    }

    private func opened(_ channel: any Channel, _ number: Int) {
        guard number == attempt, !isStopped else {
            channel.close(promise: nil)
            return
        }
        (self.channel, isOpen, lastHeard) = (channel, true, MachineTime.steady)
        let interval = TimeAmount.nanoseconds(settings.pingInterval.count)
        pings = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
            guard number == attempt else { return }
            beat()
        }
        lastBeat = lastHeard
        awaitConfirmation(number)
        events.opened()
    }

    private func awaitConfirmation(_ number: Int) {
        let due = MachineTime.steady + settings.connectTimeout.count
        loop.scheduleTask(in: .nanoseconds(settings.connectTimeout.count)) { [self] in
            guard number == attempt, confirmed != number else { return }
            // The loop was blocked, so the answer may be waiting unread.
            if MachineTime.steady - due > 1_000_000_000 {
                return awaitConfirmation(number)
            }
            close("the stream was not taken up in time")
        }
    }

    private func beat() {
        guard let channel, isOpen else { return }
        let now = MachineTime.steady
        // Nothing could be received while the loop was blocked.
        if now - lastBeat > 2 * settings.pingInterval.count { lastHeard = now }
        lastBeat = now
        if confirmed == attempt { backoff.reset() }
        guard now - lastHeard < settings.stallTimeout.count else {
            return close("nothing came for \(settings.stallTimeout.count / 1_000_000) ms")
        }
        channel.writeAndFlush(
            WebSocketFrame(
                fin: true, opcode: .ping, maskKey: .random(),
                data: channel.allocator.buffer(bytes: [])), promise: nil)
    }

    // MARK: Ending

    private func fail(_ reason: String, _ number: Int) {
        guard number == attempt else { return }
        close(reason)
    }

    /// Every attempt ends here, once, whatever ended it.
    private func close(_ reason: String) {
        let old = channel
        (channel, isOpen) = (nil, false)
        pings?.cancel()
        pings = nil
        attempt += 1
        old?.close(promise: nil)
        events.closed(reason)
        guard !isStopped else { return }
        retry?.cancel()
        let pause = max(backoff.next(), wait)
        wait = .zero
        retry = loop.scheduleTask(in: .nanoseconds(pause.count)) { [self] in
            if !isStopped { connect() }
        }
    }
}
