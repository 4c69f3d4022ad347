import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// A web-socket server over loopback that sends raw bytes, so that it can break every rule.
// Sendable unchecked: what changes is under the lock.
final class SocketServer: @unchecked Sendable {
    private let lock = NSCondition()
    private var channels: [any Channel] = []
    private var frames: [(opcode: WebSocketOpcode, bytes: [UInt8], isMasked: Bool)] = []
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    let port: Int

    /// - Parameter consents: whether the connection of this number, from 0, becomes a web socket.
    init(
        certificate: Certificates.Pair? = nil,
        consents: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) throws {
        final class Place: @unchecked Sendable {
            weak var server: SocketServer?
            var number = -1
        }
        let place = Place()
        let context = try certificate.map { try $0.serverContext() }
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: context))
                    }
                    place.number += 1
                    let number = place.number
                    let upgrader = NIOWebSocketServerUpgrader(
                        shouldUpgrade: { channel, _ in
                            channel.eventLoop.makeSucceededFuture(
                                consents(number) ? HTTPHeaders() : nil)
                        },
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(
                                    Reader { place.server?.note($0) })
                                place.server?.open(channel)
                            }
                        })
                    let refusal = NIOLoopBound(Refusal(), eventLoop: channel.eventLoop)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (
                            upgraders: [upgrader],
                            completionHandler: { context in
                                context.pipeline.syncOperations.removeHandler(
                                    refusal.value, promise: nil)
                            }
                        ))
                    try channel.pipeline.syncOperations.addHandler(refusal.value)
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        place.server = self
    }

    deinit {
        channel.close(promise: nil)
        group.shutdownGracefully { _ in }
    }

    // MARK: What the test does

    /// The socket of this number, from 0, once it is open.
    func socket(_ number: Int) -> any Channel {
        lock.lock()
        defer { lock.unlock() }
        while channels.count <= number { lock.wait() }
        return channels[number]
    }

    /// Bytes as they are, past the encoder of frames.
    func send(_ bytes: [UInt8], to number: Int) throws {
        let channel = socket(number)
        try channel.eventLoop.submit {
            let context = try channel.pipeline.syncOperations.context(
                handlerType: WebSocketFrameEncoder.self)
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
        }.wait()
    }

    func close(_ number: Int) throws { try socket(number).close().wait() }

    /// The next frame of this kind, behind those already waited for.
    func next(_ opcode: WebSocketOpcode) -> (bytes: [UInt8], isMasked: Bool) {
        lock.lock()
        defer { lock.unlock() }
        while true {
            while !frames.isEmpty {
                let frame = frames.removeFirst()
                if frame.opcode == opcode { return (frame.bytes, frame.isMasked) }
            }
            lock.wait()
        }
    }

    static func frame(
        _ opcode: UInt8, _ bytes: [UInt8], isFinal: Bool = true, length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? bytes.count
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        if length < 126 {
            frame.append(UInt8(length))
        } else if length < 65_536 {
            frame += [126, UInt8(length >> 8), UInt8(length & 0xff)]
        } else {
            frame.append(127)
            frame += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
        return frame + bytes
    }

    private func open(_ channel: any Channel) {
        lock.lock()
        channels.append(channel)
        lock.broadcast()
        lock.unlock()
    }

    private func note(_ frame: WebSocketFrame) {
        lock.lock()
        frames.append(
            (frame.opcode, Array(frame.unmaskedData.readableBytesView), frame.maskKey != nil))
        lock.broadcast()
        lock.unlock()
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let note: (WebSocketFrame) -> Void

        init(_ note: @escaping (WebSocketFrame) -> Void) { self.note = note }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            note(unwrapInboundIn(data))
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// What is no consent is a 403.
    private final class Refusal: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            let head = HTTPResponseHead(
                version: .http1_1, status: .forbidden, headers: ["content-length": "0"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
