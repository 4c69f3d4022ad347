import Glibc
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerVenues
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A local exchange: venues' APIs on loopback, matched by the simulated venue, each with its own
/// journal.
///
/// Nothing is answered before it is committed; a start continues from the journal alone.
// Sendable unchecked: everything mutable is used on the single event loop.
public final class LocalExchange: @unchecked Sendable {
    /// Where one dialect is served.
    public struct Address: Sendable {
        public var dialect: any ExchangeDialect
        public var host: String
        public var port: Int
        public var isSecure: Bool

        public var http: String { "\(isSecure ? "https" : "http")://\(host):\(port)" }
        public var socket: String { "\(isSecure ? "wss" : "ws")://\(host):\(port)" }
    }

    public private(set) var addresses: [Address] = []
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let ended: EventLoopPromise<Void>
    private var desks: [ExchangeDesk] = []
    private var channels: [any Channel] = []
    private var isClosed = false
    private var isOver = false
    private var feedsLeft = 0

    /// Opens the journals, listens, and starts the feed.
    ///
    /// - Throws: `JournalError`, `InputError` and `IOError` for what cannot be opened or listened
    ///   on.
    public init(_ options: ExchangeOptions) throws {
        loop = group.next()
        ended = loop.makePromise()
        do {
            try loop.submit { try self.open(options) }.wait()
            try listen(options)
            loop.execute { for desk in self.desks { desk.open() } }
            let every = TimeAmount.seconds(20)
            _ = loop.scheduleRepeatedTask(initialDelay: every, delay: every) { _ in
                for desk in self.desks { desk.ping() }
            }
        } catch {
            try? stop()
            throw error
        }
    }

    private func open(_ options: ExchangeOptions) throws {
        for dialect in options.dialects {
            let setting = try ExchangeSetting(options, dialect)
            let ledger = try ExchangeLedger(
                options, dialect, setting.instruments, start: setting.start)
            let faults = Misbehaviour(options.faults, try options.extras())
            let venue = try dialect.venue(ledger, options, faults)
            let runner = FeedRunner(
                try setting.feed(ledger.instruments), ledger, loop, options)
            let desk = ExchangeDesk(
                venue, dialect, faults, runner, loop, waitsForSubscriber: options.waitsForSubscriber
            )
            desk.failed = { [unowned self] in finish($0) }
            runner.ended = { [unowned self] error in feedEnded(error, options) }
            feedsLeft += 1
            desks.append(desk)
        }
    }

    private func feedEnded(_ error: (any Error)?, _ options: ExchangeOptions) {
        if let error { return finish(error) }
        feedsLeft -= 1
        if options.exitsAtEnd, feedsLeft == 0 { finish(nil) }
    }

    private func finish(_ error: (any Error)?) {
        guard !isOver else { return }
        isOver = true
        if let error { ended.fail(error) } else { ended.succeed() }
    }

    // MARK: Listening

    private func listen(_ options: ExchangeOptions) throws {
        let tls = try Self.secure(options)
        for (place, desk) in desks.enumerated() {
            let bootstrap = ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelOption(
                    .writeBufferWaterMark, value: .init(low: 256 << 10, high: 8 << 20)
                )
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Self.configure(channel, desk, tls)
                    }
                }
            let port = options.port == 0 ? 0 : options.port + place
            let channel = try Self.bind(bootstrap, options.host, port: port)
            channels.append(channel)
            addresses.append(
                Address(
                    dialect: desk.dialect, host: options.host,
                    port: channel.localAddress?.port ?? port, isSecure: tls != nil))
        }
    }

    private static func bind(
        _ bootstrap: ServerBootstrap, _ host: String, port: Int
    ) throws -> any Channel {
        do { return try bootstrap.bind(host: host, port: port).wait() } catch let error as IOError {
            let problem =
                error.errnoCode == EADDRINUSE
                ? "port \(port) is in use; stop the other process or choose another port with "
                    + "--port"
                : String(cString: strerror(error.errnoCode))
            throw InputError("cannot listen on \(host):\(port): \(problem)")
        }
    }

    private static func secure(_ options: ExchangeOptions) throws -> NIOSSLContext? {
        let path = options.configuration[ExchangeKeys.certificate]
        guard !path.isEmpty else { return nil }
        let chain = try NIOSSLCertificate.fromPEMFile(path).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(
            file: options.configuration[ExchangeKeys.privateKey], format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key)))
    }

    private static func configure(
        _ channel: any Channel, _ desk: ExchangeDesk, _ tls: NIOSSLContext?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        // Kept in one list, because all of them are removed when a connection becomes a web socket.
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        let encoder = HTTPResponseEncoder()
        let assistant = HTTPServerPipelineHandler()
        let errors = HTTPServerProtocolErrorHandler()
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(assistant)
        try pipeline.addHandler(errors)
        try pipeline.addHandler(
            RequestHandler(desk, plain: [errors, assistant, decoder, encoder]))
    }

    /// What users and tests read: each address on its own line, then `ready`.
    public var greeting: [String] {
        addresses.flatMap { address -> [String] in
            let name = address.dialect.name
            var lines = ["\(name) rest \(address.http)"]
            lines += address.dialect.streams(at: address.socket).map {
                "\(name) \($0.name) \($0.address)"
            }
            lines.append("\(name) control \(address.http)/control")
            return lines
        } + ["ready"]
    }

    // MARK: End

    /// Returns when the feed ends and the exchange ends with it, or when it was asked to end.
    ///
    /// - Throws: the error that made it impossible to continue.
    public func waitForEnd() async throws { try await ended.futureResult.get() }

    /// Makes `waitForEnd` return.
    public func askToEnd() { loop.execute { self.finish(nil) } }

    /// Closes everything; orders stay open in the journal.
    public func stop() throws {
        guard !isClosed else { return }
        isClosed = true
        for channel in channels { try? channel.close().wait() }
        let closing = loop.submit {
            self.finish(nil)
            // Nothing refers to the journals afterwards, so they can be opened again.
            defer { self.desks = [] }
            for desk in self.desks { try desk.close() }
        }
        defer { try? group.syncShutdownGracefully() }
        try closing.wait()
    }
}
