import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// `/stream`: the updates of the account's orders, JSON in binary frames.
final class AlpacaOrderStream: StreamSession {
    private unowned let venue: AlpacaVenue
    private let link: any StreamLink
    private var isAuthorised = false
    private(set) var isListening = false

    init(_ venue: AlpacaVenue, _ link: any StreamLink) { (self.venue, self.link) = (venue, link) }

    func opened() {}

    func send(_ bytes: [UInt8]) { link.sendUpdate(bytes, isBinary: true) }

    private func reply(_ value: WireValue) { link.send(WireJSON.encode(value), isBinary: true) }

    func received(_ bytes: [UInt8]) {
        guard let message = try? WireJSON.decode(bytes) else { return link.close(code: 1007) }
        switch message["action"]?.string {
        case "auth", "authenticate":
            let data = message["data"] ?? message
            isAuthorised = venue.isKey(
                (data["key_id"] ?? data["key"])?.string,
                secret: (data["secret_key"] ?? data["secret"])?.string)
            reply([
                "stream": "authorization",
                "data": [
                    "status": isAuthorised ? "authorized" : "unauthorized",
                    "action": "authenticate",
                ],
            ])
            if !isAuthorised { link.close(code: 1000) }
        case "listen":
            guard isAuthorised else {
                return reply([
                    "stream": "authorization",
                    "data": ["status": "unauthorized", "action": "listen"],
                ])
            }
            let wanted = message["data"]?["streams"]?.elements.compactMap(\.string) ?? []
            isListening = wanted.contains("trade_updates")
            reply([
                "stream": "listening",
                "data": ["streams": .array(isListening ? ["trade_updates"] : [])],
            ])
        default: break
        }
    }
}

enum AlpacaChannel: String, CaseIterable {
    case trades, quotes, bars, updatedBars, dailyBars

    var letter: String {
        switch self {
        case .trades: "t"
        case .quotes: "q"
        case .bars: "b"
        case .updatedBars: "u"
        case .dailyBars: "d"
        }
    }
}

/// `/v2/iex` and similar: market data in JSON or MessagePack.
final class AlpacaDataStream: StreamSession {
    private unowned let venue: AlpacaVenue
    private let link: any StreamLink
    let isCrypto: Bool
    private let isPacked: Bool
    private var isAuthorised = false
    private var symbols: [[String]] = AlpacaChannel.allCases.map { _ in [] }

    init(_ venue: AlpacaVenue, _ link: any StreamLink, isCrypto: Bool, isPacked: Bool) {
        (self.venue, self.link) = (venue, link)
        (self.isCrypto, self.isPacked) = (isCrypto, isPacked)
    }

    var isEmpty: Bool { symbols.allSatisfy(\.isEmpty) }

    func opened() { send([["T": "success", "msg": "connected"]]) }

    func listens(_ channel: AlpacaChannel, _ symbol: String) -> Bool {
        let wanted = symbols[AlpacaChannel.allCases.firstIndex(of: channel) ?? 0]
        return wanted.contains(symbol) || wanted.contains("*")
    }

    func send(_ value: WireValue) {
        link.send(
            isPacked ? MessagePack.encode(value) : WireJSON.encode(value), isBinary: isPacked)
    }

    private func fail(_ code: Int64, _ message: String) {
        send([["T": "error", "code": .integer(code), "msg": .text(message)]])
    }

    func received(_ bytes: [UInt8]) {
        let decoded = isPacked ? try? MessagePack.decode(bytes) : try? WireJSON.decode(bytes)
        guard let message = decoded else { return fail(400, "invalid syntax") }
        switch message["action"]?.string {
        case "auth":
            guard !isAuthorised else { return fail(403, "already authenticated") }
            guard venue.isKey(message["key"]?.string, secret: message["secret"]?.string) else {
                fail(402, "auth failed")
                return link.close(code: 1000)
            }
            isAuthorised = true
            send([["T": "success", "msg": "authenticated"]])
        case "subscribe", "unsubscribe":
            guard isAuthorised else { return fail(401, "not authenticated") }
            change(message, adds: message["action"]?.string == "subscribe")
        default: fail(400, "invalid syntax")
        }
    }

    private func change(_ message: WireValue, adds: Bool) {
        for (place, channel) in AlpacaChannel.allCases.enumerated() {
            for symbol in message[channel.rawValue]?.elements.compactMap(\.string) ?? [] {
                symbols[place].removeAll { $0 == symbol }
                if adds, symbols[place].count < 1000 { symbols[place].append(symbol) }
            }
        }
        var members: [WireValue.Member] = [.init("T", "subscription")]
        for (place, channel) in AlpacaChannel.allCases.enumerated() {
            members.append(.init(channel.rawValue, .array(symbols[place].map { .text($0) })))
        }
        let others =
            isCrypto ? ["orderbooks"] : ["statuses", "lulds", "corrections", "cancelErrors"]
        for name in others { members.append(.init(name, [])) }
        send(.array([.object(members)]))
    }
}
