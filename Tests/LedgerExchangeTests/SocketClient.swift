import Glibc
import LedgerVenues

/// A connection to the exchange over a plain socket: nothing of the exchange's own code speaks here.
final class SocketClient {
    enum Failure: Error {
        case cannotConnect(Int32)
        case closed
        case malformed(String)
    }

    private let file: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        var found: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_INET
        guard getaddrinfo("127.0.0.1", String(port), &hints, &found) == 0, let info = found else {
            throw Failure.cannotConnect(errno)
        }
        defer { freeaddrinfo(info) }
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connect(file, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0 else {
            throw Failure.cannotConnect(errno)
        }
    }

    deinit { close(file) }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = send(file, Array(rest), rest.count, Int32(MSG_NOSIGNAL))
            guard written > 0 else { throw Failure.closed }
            rest = rest.dropFirst(written)
        }
    }

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(file, &piece, piece.count, 0)
        guard count > 0 else { throw Failure.closed }
        buffer += piece[..<count]
    }

    func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    func readHead() throws -> String {
        let end: [UInt8] = [13, 10, 13, 10]
        while true {
            if let range = buffer.firstRange(of: end) {
                let head = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
                buffer.removeFirst(range.upperBound)
                return head
            }
            try fill()
        }
    }
}

/// One answer.
struct HTTPAnswer {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var value: WireValue { (try? WireJSON.decode(body)) ?? .null }

    init(from client: SocketClient) throws {
        let lines = try client.readHead().split(separator: "\r\n").map(String.init)
        guard let first = lines.first, let code = Int(first.split(separator: " ")[1]) else {
            throw SocketClient.Failure.malformed(lines.first ?? "")
        }
        status = code
        headers = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1).map(String.init)
            headers[pair[0].lowercased()] = pair.count > 1 ? String(pair[1].drop { $0 == " " }) : ""
        }
        body = try client.read(Int(headers["content-length"] ?? "0") ?? 0)
    }
}

/// A web socket's client end.
final class WebSocketClient {
    private let client: SocketClient

    init(port: Int, _ path: String, headers: [String] = []) throws {
        client = try SocketClient(port: port)
        let lines =
            [
                "GET \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket",
                "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + headers
        try client.write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        let head = try client.readHead()
        guard head.hasPrefix("HTTP/1.1 101") else { throw SocketClient.Failure.malformed(head) }
        // The answer that RFC 6455 gives for the key of its example.
        guard head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") else {
            throw SocketClient.Failure.malformed(head)
        }
    }

    func send(_ value: WireValue) throws { try send(WireJSON.encode(value), opcode: 1) }

    func send(_ bytes: [UInt8], opcode: UInt8) throws {
        var frame: [UInt8] = [0x80 | opcode]
        if bytes.count < 126 {
            frame.append(0x80 | UInt8(bytes.count))
        } else {
            frame += [0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        frame += mask
        frame += bytes.enumerated().map { $0.element ^ mask[$0.offset % 4] }
        try client.write(frame)
    }

    /// The next message that is no ping; throws when the connection ends.
    func receive() throws -> (bytes: [UInt8], isBinary: Bool) {
        while true {
            let head = try client.read(2)
            var count = Int(head[1] & 127)
            if count == 126 { count = try client.read(2).reduce(0) { $0 << 8 | Int($1) } }
            if count == 127 { count = try client.read(8).reduce(0) { $0 << 8 | Int($1) } }
            let bytes = try client.read(count)
            switch head[0] & 15 {
            case 1, 2: return (bytes, head[0] & 15 == 2)
            case 8: throw SocketClient.Failure.closed
            default: continue
            }
        }
    }

    func value() throws -> WireValue { try WireJSON.decode(try receive().bytes) }
}
