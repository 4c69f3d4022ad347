import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A server over loopback that answers each request head as a test says, byte by byte.
// Sendable unchecked: what changes is under the lock.
final class ScriptedServer: @unchecked Sendable {
    enum Reply: Sendable {
        case bytes(String)
        /// These, and then the connection is closed.
        case last(String)
        case close
        case silence
    }

    private let lock = NSLock()
    private var heads: [String] = []
    private var opened = 0
    private let channel: any Channel
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let port: Int

    /// - Parameter reply: to the request of this number, from 0, on the connection of this number.
    init(
        certificate: Certificates.Pair? = nil,
        _ reply: @escaping @Sendable (_ request: String, _ number: Int, _ connection: Int) -> Reply
    ) throws {
        final class Place: @unchecked Sendable { weak var server: ScriptedServer? }
        let place = Place()
        let context = try certificate.map { try $0.serverContext() }
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    }
                    let connection = place.server?.open() ?? 0
                    try pipeline.addHandler(
                        Handler { head in
                            let number = place.server?.note(head) ?? 0
                            return reply(head, number, connection)
                        })
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

    /// Of every request that came.
    var requests: [String] { lock.withLock { heads } }
    var connections: Int { lock.withLock { opened } }

    private func note(_ head: String) -> Int {
        lock.withLock {
            heads.append(head)
            return heads.count - 1
        }
    }

    private func open() -> Int {
        lock.withLock {
            opened += 1
            return opened - 1
        }
    }

    static func answer(_ status: Int, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status) Words\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let reply: (String) -> Reply
        private var text = ""

        init(_ reply: @escaping (String) -> Reply) { self.reply = reply }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            while let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let length =
                    head.lowercased().components(separatedBy: "content-length: ").dropFirst().first
                    .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
                guard text[end.upperBound...].utf8.count >= length else { return }
                let body = text[end.upperBound...].prefix(length)
                text = String(text[end.upperBound...].dropFirst(length))
                answer(context, reply(head + "\r\n\r\n" + body))
            }
        }

        private func answer(_ context: ChannelHandlerContext, _ reply: Reply) {
            switch reply {
            case .silence: return
            case .close: context.close(promise: nil)
            case .bytes(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .last(let text):
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
                    bound.value.close(promise: nil)
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
