import LedgerDomain
import LedgerVenues
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Requests the upgrade from HTTP to web socket, and reports why it was refused.
final class WebSocketOpening: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let target: WebSocketTarget
    private let failed: (String) -> Void
    private let refused: (Int, Nanoseconds) -> Void
    private var hasAsked = false

    /// - Parameters:
    ///   - failed: receives why no web socket came of it.
    ///   - refused: is called first if the server declined, with its status and `Retry-After`.
    init(
        _ target: WebSocketTarget, failed: @escaping (String) -> Void,
        refused: @escaping (Int, Nanoseconds) -> Void
    ) {
        (self.target, self.failed, self.refused) = (target, failed, refused)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { ask(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        ask(context)
        context.fireChannelActive()
    }

    private func ask(_ context: ChannelHandlerContext) {
        guard !hasAsked else { return }
        hasAsked = true
        var headers = HTTPHeaders()
        headers.add(name: "Host", value: target.authority)
        headers.add(name: "User-Agent", value: "ledger")
        for header in target.headers { headers.add(name: header.name, value: header.value) }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: target.path, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Only reached when the server declined the upgrade.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let wait =
            head.headers["Retry-After"].compactMap { RetryAfter.read($0, now: MachineTime.now) }
            .max() ?? .zero
        refused(Int(head.status.code), wait)
        let told = wait > .zero ? ", to be left alone for \(wait.count / 1_000_000) ms" : ""
        failed("the venue answered \(head.status.code) to the opening of the stream\(told)")
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failed("\(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        failed("the connection was closed while it was opened")
        context.fireChannelInactive()
    }
}
