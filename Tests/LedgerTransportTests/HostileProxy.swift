import Foundation
import LedgerVenues
import NIOCore
import NIOPosix

/// Stands between a gateway and the exchange and damages what the exchange says: some answers, and some
/// messages of its streams. What the gateway says passes untouched, so that the exchange's own books stay
/// the truth to compare with.
// Sendable unchecked: what changes is under the lock; connections belong to one event loop.
final class HostileProxy: @unchecked Sendable {
    private let lock = NSCondition()
    private var draw: HostileDraw
    private var share = 0
    private var lies: ((_ message: WireValue) -> [WireValue])?
    private let spares: @Sendable (WireValue) -> Bool
    private var damaged = 0
    private var passed = 0
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    let port: Int

    /// - Parameter spares: messages of streams that are left whole.
    init(
        to upstream: Int, seed: UInt64,
        spares: @escaping @Sendable (WireValue) -> Bool = { _ in false }
    ) throws {
        self.spares = spares
        final class Place: @unchecked Sendable { weak var proxy: HostileProxy? }
        let place = Place()
        draw = HostileDraw(state: seed &* 0x9e37_79b9_7f4a_7c15 | 1)
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let proxy = place.proxy else { throw ChannelError.alreadyClosed }
                    try channel.pipeline.syncOperations.addHandler(
                        Front(proxy, upstream: upstream))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        place.proxy = self
    }

    deinit {
        channel.close(promise: nil)
        group.shutdownGracefully { _ in }
    }

    // MARK: Control

    /// Of a hundred messages, from now on.
    func damage(_ share: Int) { lock.withLock { self.share = share } }

    /// What is said beside each message of a stream, from now on.
    func lie(_ lies: ((_ message: WireValue) -> [WireValue])?) {
        lock.withLock { self.lies = lies }
    }

    var damages: Int { lock.withLock { damaged } }

    /// Waits until so many more messages passed.
    func wait(_ count: Int) {
        lock.lock()
        let goal = passed + count
        while passed < goal { lock.wait() }
        lock.unlock()
    }

    // MARK: Messages

    struct Output {
        var bytes: [UInt8]
        /// The connection ends behind these.
        var closes = false
    }

    func answer(_ head: String, _ body: [UInt8]) -> Output {
        note(Output(bytes: Array(head.utf8) + body)) { draw in
            HostileMessages.answer(head, body, &draw)
        }
    }

    func frame(_ opcode: UInt8, _ payload: [UInt8]) -> Output {
        let lies = lock.withLock { self.lies }
        let plain = Output(bytes: HostileMessages.frame(opcode, payload))
        // Pings and goodbyes are the socket's own.
        guard opcode < 8 else { return plain }
        if let message = try? WireJSON.decode(payload), spares(message) { return plain }
        var output = note(plain) { draw in HostileMessages.frame(opcode, payload, &draw) }
        if let lies, let message = try? WireJSON.decode(payload) {
            for lie in lies(message) {
                output.bytes += HostileMessages.frame(opcode, WireJSON.encode(lie))
            }
        }
        return output
    }

    /// The message as it is, or what `damage` makes of it.
    private func note(
        _ plain: Output, _ damage: (inout HostileDraw) -> Output
    ) -> Output {
        lock.lock()
        defer {
            lock.broadcast()
            lock.unlock()
        }
        passed += 1
        guard share > 0, draw.next(100) < share else { return plain }
        damaged += 1
        return damage(&draw)
    }

    // MARK: Connections

    /// The gateway's end.
    private final class Front: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let proxy: HostileProxy
        private let upstream: Int
        private var waiting: [ByteBuffer] = []
        private var back: (any Channel)?

        init(_ proxy: HostileProxy, upstream: Int) {
            (self.proxy, self.upstream) = (proxy, upstream)
        }

        func channelActive(context: ChannelHandlerContext) {
            let front = context.channel
            let proxy = proxy
            let own = NIOLoopBound(self, eventLoop: context.eventLoop)
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Back(proxy, front))
                    }
                }
                .connect(host: "127.0.0.1", port: upstream).whenComplete { result in
                    guard case .success(let channel) = result else {
                        return front.close(promise: nil)
                    }
                    own.value.back = channel
                    for bytes in own.value.waiting { channel.write(bytes, promise: nil) }
                    own.value.waiting = []
                    channel.flush()
                }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            if let back { back.writeAndFlush(bytes, promise: nil) } else { waiting.append(bytes) }
        }

        func channelInactive(context: ChannelHandlerContext) { back?.close(promise: nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// The exchange's end: finds whole answers, and frames behind the one that opens a web socket.
    private final class Back: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let proxy: HostileProxy
        private let front: any Channel
        private var bytes: [UInt8] = []
        private var isSocket = false
        private var isClosed = false

        init(_ proxy: HostileProxy, _ front: any Channel) {
            (self.proxy, self.front) = (proxy, front)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            while !isClosed, let output = isSocket ? frame() : answer() {
                guard output.closes else {
                    front.writeAndFlush(ByteBuffer(bytes: output.bytes), promise: nil)
                    continue
                }
                isClosed = true
                let front = front
                front.writeAndFlush(ByteBuffer(bytes: output.bytes)).whenComplete { _ in
                    front.close(promise: nil)
                }
            }
        }

        private func answer() -> Output? {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: bytes[..<end.upperBound], as: UTF8.self)
            let length =
                head.lowercased().components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            guard bytes.count >= end.upperBound + length else { return nil }
            let body = Array(bytes[end.upperBound..<end.upperBound + length])
            bytes.removeFirst(end.upperBound + length)
            isSocket = head.hasPrefix("HTTP/1.1 101")
            return isSocket ? Output(bytes: Array(head.utf8)) : proxy.answer(head, body)
        }

        private func frame() -> Output? {
            guard bytes.count >= 2 else { return nil }
            var (start, length) = (2, Int(bytes[1] & 0x7f))
            if length > 125 {
                let size = length == 126 ? 2 : 8
                guard bytes.count >= 2 + size else { return nil }
                length = bytes[2..<2 + size].reduce(0) { $0 << 8 | Int($1) }
                start += size
            }
            guard bytes.count >= start + length else { return nil }
            let (opcode, payload) = (bytes[0] & 0xf, Array(bytes[start..<start + length]))
            bytes.removeFirst(start + length)
            return proxy.frame(opcode, payload)
        }

        func channelInactive(context: ChannelHandlerContext) { front.close(promise: nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
