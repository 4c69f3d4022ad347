import NIOCore

/// Sees bytes before they are parsed; the first handler in the pipeline.
final class ReadStamp: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let came: () -> Void

    init(_ came: @escaping () -> Void) { self.came = came }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        came()
        context.fireChannelRead(data)
    }
}
