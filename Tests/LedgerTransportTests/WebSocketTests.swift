import Foundation
import LedgerDomain
import LedgerVenues
import NIOPosix
import Testing

@testable import LedgerTransport

@Suite struct WebSocketTests {
    enum Told: Hashable, Sendable {
        case opened
        case message(String)
        case closed(String)
    }

    /// A link and what it tells.
    // Sendable unchecked: the fields are touched under the lock alone.
    final class Client: @unchecked Sendable {
        private let lock = NSCondition()
        private var told: [Told] = []
        private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        private(set) var link: WebSocketLink?

        init(_ url: String, _ change: (inout WebSocketSettings) -> Void = { _ in }) {
            var settings = WebSocketSettings()
            settings.backoff = Backoff.Rules(
                base: Nanoseconds(1_000_000), cap: Nanoseconds(10_000_000))
            change(&settings)
            let link = WebSocketLink(
                loop: group.next(), settings: settings,
                events: WebSocketLink.Events(
                    target: { $0(WebSocketTarget(url)) },
                    opened: { [weak self] in self?.note(.opened) },
                    message: { [weak self] in
                        self?.note(.message(String(decoding: $0, as: UTF8.self)))
                    },
                    closed: { [weak self] in self?.note(.closed($0)) }))
            self.link = link
            link.start()
        }

        deinit {
            link?.stop()
            group.shutdownGracefully { _ in }
        }

        private func note(_ new: Told) {
            lock.lock()
            told.append(new)
            lock.broadcast()
            lock.unlock()
        }

        func next() -> Told {
            lock.lock()
            defer { lock.unlock() }
            while told.isEmpty { lock.wait() }
            return told.removeFirst()
        }
    }

    private func url(_ server: SocketServer) -> String { "ws://127.0.0.1:\(server.port)/stream" }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `messages come whole, also from fragments and between pings`() throws {
        let server = try SocketServer()
        let client = Client(url(server))
        #expect(client.next() == .opened)
        try server.send(SocketServer.frame(1, bytes("one")), to: 0)
        try server.send(SocketServer.frame(2, bytes("two")), to: 0)
        try server.send(
            SocketServer.frame(1, bytes("thr"), isFinal: false)
                + SocketServer.frame(9, bytes("are you there"))
                + SocketServer.frame(0, bytes("e"), isFinal: false)
                + SocketServer.frame(0, bytes("e")), to: 0)
        let long = String(repeating: "x", count: 70_000)
        for byte in SocketServer.frame(1, bytes("slow")) { try server.send([byte], to: 0) }
        try server.send(SocketServer.frame(1, bytes(long)), to: 0)
        for text in ["one", "two", "three", "slow", long] {
            #expect(client.next() == .message(text))
        }
        let pong = server.next(.pong)
        #expect(pong.bytes == bytes("are you there") && pong.isMasked)
        client.link?.send(bytes("hello"))
        let sent = server.next(.text)
        #expect(sent.bytes == bytes("hello") && sent.isMasked)
    }

    @Test(
        arguments: [
            ("a frame that is too large", SocketServer.frame(1, [], length: 1 << 24)),
            ("a frame of 2^63 bytes", SocketServer.frame(1, [], length: .max)),
            (
                "a message that is too large",
                SocketServer.frame(1, [UInt8](repeating: 65, count: 600), isFinal: false)
                    + SocketServer.frame(0, [UInt8](repeating: 65, count: 600))
            ),
            ("a fragment of nothing", SocketServer.frame(0, [65])),
            (
                "a message in a message",
                SocketServer.frame(1, [65], isFinal: false) + SocketServer.frame(1, [65])
            ),
            ("an unknown kind", SocketServer.frame(3, [65])),
            ("a reserved bit", [0xf1, 0x01, 65]), ("a masked frame", [0x81, 0x81, 1, 2, 3, 4, 65]),
            ("a ping in fragments", SocketServer.frame(9, [65], isFinal: false)),
            ("a long ping", SocketServer.frame(9, [UInt8](repeating: 65, count: 200))),
        ] as [(String, [UInt8])])
    func `what breaks the rules ends the connection, and the next one is good`(
        _ name: String, _ frame: [UInt8]
    ) throws {
        let server = try SocketServer()
        let client = Client(url(server)) { ($0.maximumFrame, $0.maximumMessage) = (1000, 1000) }
        #expect(client.next() == .opened)
        try server.send(frame, to: 0)
        guard case .closed = client.next() else {
            Issue.record("\(name) passed")
            return
        }
        #expect(client.next() == .opened)
        try server.send(SocketServer.frame(1, bytes("well")), to: 1)
        #expect(client.next() == .message("well"))
    }

    @Test func `half a frame is no message`() throws {
        let server = try SocketServer()
        let client = Client(url(server))
        #expect(client.next() == .opened)
        try server.send(SocketServer.frame(1, bytes("half"), length: 100), to: 0)
        try server.close(0)
        guard case .closed = client.next() else {
            Issue.record("half a frame became a message")
            return
        }
        #expect(client.next() == .opened)
    }

    @Test func `a venue's goodbye is told with its code`() throws {
        let server = try SocketServer()
        let client = Client(url(server))
        #expect(client.next() == .opened)
        try server.send(SocketServer.frame(8, [0x03, 0xf4] + bytes("slow down\u{1}")), to: 0)
        #expect(client.next() == .closed("the venue closed with 1012 slow down"))
        #expect(server.next(.connectionClose).bytes == [0x03, 0xe8])
    }

    @Test func `a refusal is told, and tried again later`() throws {
        let server = try SocketServer { $0 > 1 }
        let client = Client(url(server))
        for _ in 0..<2 {
            #expect(
                client.next() == .closed("the venue answered 403 to the opening of the stream"))
        }
        #expect(client.next() == .opened)
    }

    @Test func `a connection on which nothing comes is dead`() throws {
        let server = try ScriptedServer { _, _, _ in .silence }
        let client = Client("ws://127.0.0.1:\(server.port)/") {
            $0.connectTimeout = .milliseconds(100)
        }
        #expect(client.next() == .closed("the stream was not opened in time"))
        #expect(client.next() == .closed("the stream was not opened in time"))
    }

    @Test func `our pings notice a venue that says nothing`() throws {
        let server = try SocketServer()
        let client = Client(url(server)) {
            ($0.pingInterval, $0.stallTimeout) = (.milliseconds(20), .milliseconds(60))
        }
        #expect(client.next() == .opened)
        #expect(server.next(.ping).isMasked)
        guard case .closed(let reason) = client.next() else {
            Issue.record("it was believed")
            return
        }
        #expect(reason.hasPrefix("nothing came for"))
        #expect(client.next() == .opened)
    }

    @Test
    func `only the certificate of the right host, in its time, by a known authority, is taken`()
        throws
    {
        let certificates = try Certificates()
        let good = try certificates.pair("DNS:localhost")
        let cases: [(String, Certificates.Pair, String, Bool)] = [
            ("good", good, certificates.authority, true), ("unknown authority", good, "", false),
            (
                "self-signed", try certificates.selfSigned("DNS:localhost"),
                certificates.authority, false
            ),
            (
                "wrong host", try certificates.pair("DNS:example.com"), certificates.authority,
                false
            ),
            (
                "expired", try certificates.pair("DNS:localhost", isExpired: true),
                certificates.authority, false
            ),
        ]
        for (name, pair, authority, isTaken) in cases {
            let server = try SocketServer(certificate: pair)
            let client = Client("wss://localhost:\(server.port)/") { $0.authorityFile = authority }
            let told = client.next()
            #expect((told == .opened) == isTaken, "\(name): \(told)")
        }
    }
}
