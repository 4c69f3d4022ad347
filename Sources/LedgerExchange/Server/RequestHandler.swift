import LedgerVenues
import NIOCore
import NIOHTTP1

/// Collects one request after the other and writes the desk's answers.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let mostBytes = 1 << 20

    private let desk: ExchangeDesk
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ desk: ExchangeDesk) { self.desk = desk }

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
            let (answer, late) = desk.answer(request)
            guard late > 0 else { return write(answer, head, context) }
            let bound = context.loopBound
            context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(late)) {
                self.write(answer, head, bound.value)
            }
        }
    }

    private func write(_ answer: Answer, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
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

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension Request {
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
