import LedgerDomain
import NIOCore
import NIOWebSocket

/// One web socket: frames in and out, and faults applied to order updates.
final class SocketHandler: ChannelInboundHandler, StreamLink {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    enum Fate {
        case send, drop, duplicate, reorder, disconnect, halfFrame
    }

    private let desk: ExchangeDesk
    private let request: Request
    private var context: ChannelHandlerContext?
    var session: (any StreamSession)?
    /// An update that the next one will overtake.
    private var held: (bytes: [UInt8], isBinary: Bool)?
    /// No message overtakes an earlier one that is delayed.
    private var lastDue = Timestamp.zero

    init(_ desk: ExchangeDesk, _ request: Request) { (self.desk, self.request) = (desk, request) }

    var path: String { request.path }
    var isWritable: Bool { context?.channel.isWritable ?? true }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        desk.opened(self, request)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }
    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        guard context != nil else { return }
        context = nil
        desk.closed(self)
        session = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        var bytes = frame.unmaskedData
        let payload = bytes.readBytes(length: bytes.readableBytes) ?? []
        switch frame.opcode {
        case .text, .binary: desk.received(self, payload)
        case .ping: write(.pong, payload)
        case .connectionClose:
            write(.connectionClose, Array(payload.prefix(2)))
            context.close(promise: nil)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Out

    func send(_ bytes: [UInt8], isBinary: Bool) {
        guard let context else { return }
        // Disconnect a client that does not read instead of buffering for it.
        guard context.channel.isWritable else { return close(code: 1008) }
        let late = desk.lateness()
        let now = ExchangeClock.machine
        guard late > 0 || lastDue > now else { return write(isBinary ? .binary : .text, bytes) }
        lastDue = max(lastDue, now.advanced(by: Nanoseconds(late)))
        let wait = TimeAmount.nanoseconds(lastDue.nanoseconds(since: now))
        context.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.write(isBinary ? .binary : .text, bytes)
        }
    }

    func sendUpdate(_ bytes: [UInt8], isBinary: Bool) {
        switch desk.fate() {
        case .send: send(bytes, isBinary: isBinary)
        case .drop: break
        case .duplicate:
            send(bytes, isBinary: isBinary)
            send(bytes, isBinary: isBinary)
        case .disconnect: context?.close(promise: nil)
        case .halfFrame: sendHalf(bytes)
        case .reorder where held == nil: return hold(bytes, isBinary)
        case .reorder: send(bytes, isBinary: isBinary)
        }
        releaseHeld()
    }

    private func hold(_ bytes: [UInt8], _ isBinary: Bool) {
        held = (bytes, isBinary)
        context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(250)) {
            self.releaseHeld()
        }
    }

    private func releaseHeld() {
        guard let late = held else { return }
        held = nil
        send(late.bytes, isBinary: late.isBinary)
    }

    private func write(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) {
        guard let context else { return }
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: bytes))
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Writes the frame header and half of the announced payload, bypassing the encoder.
    private func sendHalf(_ bytes: [UInt8]) {
        guard let context else { return }
        var raw: [UInt8] = [0x81]
        switch bytes.count {
        case 0...125: raw.append(UInt8(bytes.count))
        case 126...65_535: raw += [126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        default:
            raw.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                raw.append(UInt8(truncatingIfNeeded: bytes.count >> shift))
            }
        }
        raw += bytes.prefix(bytes.count / 2)
        let pipeline = context.pipeline.syncOperations
        if let encoder = try? pipeline.context(handlerType: WebSocketFrameEncoder.self) {
            encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: raw)), promise: nil)
        }
        context.close(promise: nil)
    }

    func ping() { write(.ping, Array(String(ExchangeClock.machine.milliseconds).utf8)) }

    func close(code: UInt16) {
        guard let context else { return }
        write(.connectionClose, [UInt8(code >> 8), UInt8(code & 255)])
        context.close(promise: nil)
    }
}
