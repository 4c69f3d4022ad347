import NIOCore
import NIOWebSocket

/// Assembles messages from frames: joins fragments, answers pings and reports closes.
///
/// A violation of RFC 6455 or of a limit ends the connection with the matching close code.
final class WebSocketFrames: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// What a connection reports, all on its event loop.
    struct Events {
        var opened: (Channel) -> Void
        /// Any bytes arrived.
        var heard: () -> Void
        var message: ([UInt8]) -> Void
        /// Called once, however the connection ended.
        var closed: (String) -> Void
    }

    private let events: Events
    private let maximumMessage: Int
    private var fragments: [UInt8] = []
    private var isInside = false
    private var reason = ""
    private var isClosed = false

    init(_ events: Events, maximumMessage: Int) {
        (self.events, self.maximumMessage) = (events, maximumMessage)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { events.opened(context.channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(reason.isEmpty ? "the venue closed the connection" : reason)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The decoder has already sent the matching close.
        note("\(error)")
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.heard()
        var frame = unwrapInboundIn(data)
        if let flaw = Self.flaw(in: frame) { return fail(context, .protocolError, flaw) }
        switch frame.opcode {
        case .text, .binary:
            guard !isInside else { return fail(context, .protocolError, "a message in a message") }
            handle(&frame, context)
        case .continuation:
            guard isInside else { return fail(context, .protocolError, "a fragment of nothing") }
            handle(&frame, context)
        case .ping:
            write(context, .pong, frame.unmaskedData)
        case .connectionClose: answerClose(frame, context)
        case .pong: break
        default: fail(context, .protocolError, "a frame of an unknown kind")
        }
    }

    /// What NIO's decoder accepts but RFC 6455 forbids.
    private static func flaw(in frame: WebSocketFrame) -> String? {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return "a reserved bit" }
        if frame.maskKey != nil { return "a masked frame from a server" }
        guard frame.opcode.isControl else { return nil }
        if !frame.fin { return "a control frame in fragments" }
        return frame.length > 125 ? "a control frame of \(frame.length) bytes" : nil
    }

    private func handle(_ frame: inout WebSocketFrame, _ context: ChannelHandlerContext) {
        var data = frame.unmaskedData
        let bytes = data.readBytes(length: data.readableBytes) ?? []
        guard fragments.count + bytes.count <= maximumMessage else {
            return fail(context, .messageTooLarge, "a message beyond \(maximumMessage) bytes")
        }
        if frame.fin, !isInside {
            events.message(bytes)
            return
        }
        fragments += bytes
        isInside = !frame.fin
        guard frame.fin else { return }
        let whole = fragments
        fragments = []
        events.message(whole)
    }

    private func answerClose(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        var data = frame.unmaskedData
        let code = data.readInteger(as: UInt16.self).map { "\($0)" } ?? "no code"
        let text = String(
            decoding: data.readableBytesView.prefix(100).filter { (0x20..<0x7f).contains($0) },
            as: UTF8.self)
        note("the venue closed with \(code) \(text)")
        let answer = context.channel.allocator.buffer(bytes: [0x03, 0xe8])
        let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
        write(context, .connectionClose, answer).whenComplete { _ in
            loop.value.close(promise: nil)
        }
    }

    private func fail(
        _ context: ChannelHandlerContext, _ code: WebSocketErrorCode, _ why: String
    ) {
        note(why)
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
        write(context, .connectionClose, data).whenComplete { _ in loop.value.close(promise: nil) }
    }

    private func note(_ why: String) { if reason.isEmpty { reason = why } }

    private func end(_ why: String) {
        guard !isClosed else { return }
        isClosed = true
        events.closed(why)
    }

    @discardableResult
    private func write(
        _ context: ChannelHandlerContext, _ opcode: WebSocketOpcode, _ data: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let frame = WebSocketFrame(
            fin: true, opcode: opcode, maskKey: .random(), data: data)
        return context.writeAndFlush(wrapOutboundOut(frame))
    }
}

extension WebSocketOpcode {
    var isControl: Bool { self == .ping || self == .pong || self == .connectionClose }
}
