import AlpacaTransport
import BinanceTransport
import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

@testable import LedgerTransport

@Suite struct SettingsTests {
    private func keys(_ key: String) -> VenueKeys {
        VenueKeys(key: Secret(key), secret: Secret("planted-secret"))
    }

    @Test func `the venues' own addresses and keys fit each other`() throws {
        try GatewayPairing.check(
            .alpaca(keys("PKX"), isPaper: true), VenueConnection.alpaca.pairing)
        try GatewayPairing.check(
            .alpaca(keys("AKX"), isPaper: false), VenueConnection.alpaca.pairing)
        try GatewayPairing.check(
            .binance(keys("x"), isPaper: true), VenueConnection.binance.pairing)
        try GatewayPairing.check(
            .binance(keys("x"), isPaper: false), VenueConnection.binance.pairing)
    }

    @Test func `a live address or key with paper, and the reverse, is refused`() {
        func refused(
            _ settings: GatewaySettings, _ rules: GatewayPairing.Rules, _ what: String
        ) {
            do {
                try GatewayPairing.check(settings, rules)
                Issue.record("\(what) passed")
            } catch {
                #expect(!"\(error)".contains("planted"), "\(error)")
            }
        }
        var settings = GatewaySettings.alpaca(keys("PKX"), isPaper: true)
        settings.restURL = "https://api.alpaca.markets"
        refused(settings, VenueConnection.alpaca.pairing, "a live address")
        settings = .alpaca(keys("PKX"), isPaper: true)
        settings.orderStreamURL = "wss://API.alpaca.markets.:443/stream"
        refused(settings, VenueConnection.alpaca.pairing, "a live stream")
        refused(.alpaca(keys("AKX"), isPaper: true), VenueConnection.alpaca.pairing, "a live key")
        refused(.alpaca(keys("PKX"), isPaper: false), VenueConnection.alpaca.pairing, "a paper key")
        refused(.alpaca(keys(""), isPaper: true), VenueConnection.alpaca.pairing, "no key")
        settings = .binance(keys("x"), isPaper: false)
        settings.restURL = "https://testnet.binance.vision"
        refused(settings, VenueConnection.binance.pairing, "a test net")
        settings = .binance(keys("x"), isPaper: true)
        settings.restURL = "http://testnet.binance.vision"
        refused(settings, VenueConnection.binance.pairing, "no encryption")
        settings.restURL = "https://api.binance.com"
        refused(settings, VenueConnection.binance.pairing, "a live address")
        settings.restURL = "ftp://x"
        refused(settings, VenueConnection.binance.pairing, "no address")
        settings = .binance(keys("x"), isPaper: true)
        settings.receiveWindow = 60_001
        refused(settings, VenueConnection.binance.pairing, "a long window")
    }

    @Test func `keys are taken out of a venue's words`() {
        let redaction = Redaction(keys("planted-key"))
        let text = "bad planted-key and planted-secret"
        for report: GatewayReport in [
            .fault(.malformed(text), text), .fault(.refused(code: "1", text), ""),
            .link(.orders, isUp: false, text), .fault(.authentication(text), ""),
            .order(VenueOrder(clientOrder: "a", status: .rejected, reason: text)),
        ] {
            #expect(!"\(redaction.applied(to: report))".contains("planted"))
        }
    }

    /// What a venue says is cut after 160 letters.
    @Test func `a key that was cut in the middle is taken out too`() throws {
        let redaction = Redaction(keys("planted-key"))
        for length in 4..<"planted-secret".count {
            let text = "you sent " + "planted-secret".prefix(length)
            let told = redaction.applied(to: VenueFault.refused(code: "1", text))
            #expect(told == .refused(code: "1", "you sent ***"))
        }
    }

    @Test func `what a venue says to a command has no keys in it`() throws {
        let words = String(repeating: "x", count: 150) + "planted-secret"
        let server = try ScriptedServer { _, _, _ in
            .bytes(ScriptedServer.answer(422, #"{"code":-1100,"msg":"\#(words)"}"#))
        }
        let address = "http://127.0.0.1:\(server.port)"
        let client = VenueClient(
            .binance,
            .init(
                addresses: .init(trading: address, data: address), keys: keys("planted-key")))
        do throws(VenueFault) {
            _ = try client.ask(BinanceRequests.openListenKey)
            Issue.record("it was answered")
        } catch {
            #expect(error.text.contains("xxx***") && !error.text.contains("plan"), "\(error)")
        }
        client.stop()
    }

    @Test(arguments: [
        ("https://api.binance.com", true), ("http://127.0.0.1:80", true),
        ("http://localhost", true),
        ("http://[::1]:8422", true), ("http://api.binance.com", false),
        ("http://127.0.0.1.example.com", false), ("http://localhost:1@example.com", false),
        ("http://localhost@example.com", false), ("", false),
    ])
    func `a key leaves over TLS or to this machine`(_ url: String, _ isSafe: Bool) {
        #expect(VenueClient.isSafe(url) == isSafe)
    }

    @Test func `a keyed hash is HMAC-SHA-256`() {
        // Binance's documented example of a signed request.
        let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
        let query =
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
            + "&recvWindow=5000&timestamp=1499827319559"
        let hash = KeyedHash(key: Array(secret.utf8))(Array(query.utf8))
        #expect(
            hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                == "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71")
        // RFC 4231, case 6: a key longer than a block.
        let long = KeyedHash(key: [UInt8](repeating: 0xaa, count: 131))(
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(long.prefix(4).elementsEqual([0x60, 0xe4, 0x31, 0x59]))
    }

    @Test(arguments: [
        ("wss://a.b:9443/ws/x?y=1", "a.b", 9443, "/ws/x?y=1"),
        ("ws://localhost", "localhost", 80, "/"),
        ("wss://a.b?streams=x", "a.b", 443, "/?streams=x"), ("ws://[::1]:8/x", "::1", 8, "/x"),
    ])
    func `addresses of web sockets are read`(
        _ url: String, _ host: String, _ port: Int, _ path: String
    ) {
        let target = WebSocketTarget(url)
        #expect(target?.host == host && target?.port == port && target?.path == path)
    }

    @Test(arguments: [
        "", "http://x", "wss://", "ws://x:0", "ws://x:y", "ws://user@x", "ws://x:70000",
    ])
    func `what is no address of a web socket is none`(_ url: String) {
        #expect(WebSocketTarget(url) == nil)
    }
}
