import CCrypto
import LedgerArchive
import LedgerVenues
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Collects requests one after another and writes the desk's answers. A request for a stream turns
/// the connection into a web socket, even if it is not the first request.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let mostBytes = 1 << 20

    private let desk: ExchangeDesk
    /// The handlers before it in the pipeline, removed when the connection becomes a web socket.
    private let plain: [any RemovableChannelHandler]
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ desk: ExchangeDesk, plain: [any RemovableChannelHandler]) {
        (self.desk, self.plain) = (desk, plain)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let part):
            guard body.count + part.readableBytes <= Self.mostBytes else {
                return context.close(promise: nil)
            }
            body += part.readableBytesView
        case .end:
            guard let head else { return }
            self.head = nil
            var request = Request(head, body)
            request.isLocal = context.remoteAddress?.isLoopback ?? false
            if let key = request.socketKey, desk.offers(request) {
                guard let refusal = desk.refusal(of: request) else {
                    return upgrade(request, key, context)
                }
                return write(refusal, head, context)
            }
            let (answer, late) = desk.answer(request)
            guard late > 0 else { return write(answer, head, context) }
            let bound = context.loopBound
            context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(late)) {
                self.write(answer, head, bound.value)
            }
        }
    }

    private func write(_ answer: Answer, _ head: HTTPRequestHead, _ context: ChannelHandlerContext)
    {
        guard answer.delivery == .whole else { return context.close(promise: nil) }
        var headers = HTTPHeaders(answer.headers.pairs.map { ($0.name, $0.value) })
        if answer.status != 204 {
            headers.replaceOrAdd(name: "Content-Type", value: "application/json;charset=UTF-8")
            headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.count))
        }
        if !head.isKeepAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(
                .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
            promise: nil)
        if answer.status != 204, head.method != .HEAD {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !head.isKeepAlive { context.close(promise: nil) }
    }

    // MARK: Web sockets

    private func upgrade(_ request: Request, _ key: String, _ context: ChannelHandlerContext) {
        let headers = HTTPHeaders([
            ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", Self.accepted(key)),
        ])
        let head = HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let pipeline = context.pipeline.syncOperations
        for handler in plain { pipeline.removeHandler(handler, promise: nil) }
        do {
            try pipeline.addHandler(WebSocketFrameEncoder())
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
            try pipeline.addHandler(WebSocketProtocolErrorHandler())
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                    maxAccumulatedFrameSize: 1 << 20))
            try pipeline.addHandler(SocketHandler(desk, request))
        } catch { context.close(promise: nil) }
        pipeline.removeHandler(context: context, promise: nil)
    }

    /// RFC 6455, 4.2.2: the key and a constant, hashed.
    private static func accepted(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        text.withUnsafeBufferPointer { input in
            digest.withUnsafeMutableBufferPointer { output in
                _ = SHA1(input.baseAddress, input.count, output.baseAddress)
            }
        }
        return Base64.encode(digest)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Request {
    /// The key of a request that asks for a web socket.
    fileprivate var socketKey: String? {
        guard method == "GET", headers["upgrade"]?.lowercased() == "websocket",
            headers["sec-websocket-version"] == "13"
        else { return nil }
        return headers["sec-websocket-key"]
    }

    init(_ head: HTTPRequestHead, _ body: [UInt8] = []) {
        self.init(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name, $0.value) }, body: body)
    }
}

extension SocketAddress {
    var isLoopback: Bool {
        guard let text = ipAddress else { return true }
        return text.hasPrefix("127.") || text == "::1"
    }
}
