import LedgerDomain
import LedgerExchange
import LedgerVenues

extension BinanceVenue {
    /// Sent on every socket when the exchange closes.
    static var shutdown: WireValue {
        ["e": "serverShutdown", "E": .integer(ExchangeClock.machine.milliseconds)]
    }
}

/// A web socket that may carry the account's own events.
protocol BinanceUserStream: StreamSession {
    var isListening: Bool { get }
    func sendUser(_ event: WireValue)
}

/// `/ws/…` and `/stream?streams=…`: market streams, and the account's by its listen key.
final class BinanceStream: BinanceUserStream {
    private unowned let venue: BinanceVenue
    private let link: any StreamLink
    private let isCombined: Bool
    private(set) var streams: [String]
    private(set) var listenKey: String?

    init(
        _ venue: BinanceVenue, _ link: any StreamLink, isCombined: Bool, streams: [String],
        listenKey: String?
    ) {
        (self.venue, self.link, self.isCombined) = (venue, link, isCombined)
        (self.streams, self.listenKey) = (streams, listenKey)
    }

    var isListening: Bool { listenKey != nil }
    func opened() {}

    func send(_ event: [UInt8], of stream: String) {
        link.send(wrapped(event, stream), isBinary: false)
    }

    func sendUser(_ event: WireValue) {
        link.sendUpdate(wrapped(WireJSON.encode(event), listenKey ?? ""), isBinary: false)
    }

    func closing() {
        send(WireJSON.encode(BinanceVenue.shutdown), of: "!serverShutdown")
    }

    private func wrapped(_ event: [UInt8], _ stream: String) -> [UInt8] {
        guard isCombined else { return event }
        return WireJSON.encode(["stream": .text(stream), "data": .json(event)])
    }

    func received(_ bytes: [UInt8]) {
        guard let message = try? WireJSON.decode(bytes), let method = message["method"]?.string
        else {
            let error: WireValue = ["error": ["code": 3, "msg": "Invalid JSON"]]
            return link.send(WireJSON.encode(error), isBinary: false)
        }
        let names = message["params"]?.elements.compactMap(\.string) ?? []
        var result: WireValue = nil
        switch method {
        case "SUBSCRIBE":
            for name in names where !streams.contains(name) && streams.count < 1024 {
                if venue.isListenKey(name) { listenKey = name } else { streams.append(name) }
            }
        case "UNSUBSCRIBE":
            streams.removeAll(where: names.contains)
            if names.contains(listenKey ?? "") { listenKey = nil }
        case "LIST_SUBSCRIPTIONS": result = .array(streams.map { .text($0) })
        default:
            let error: WireValue = [
                "error": ["code": 2, "msg": "Invalid request: unknown method"],
                "id": message["id"] ?? nil,
            ]
            return link.send(WireJSON.encode(error), isBinary: false)
        }
        link.send(
            WireJSON.encode(["result": result, "id": message["id"] ?? nil]), isBinary: false)
    }
}

/// `/ws-api/v3`: requests over a web socket, and the account's events after subscribing.
final class BinanceSocketAPI: BinanceUserStream {
    private unowned let venue: BinanceVenue
    private let link: any StreamLink
    private var subscription: Int64?
    private var subscriptions: Int64 = 0
    private var isLoggedOn = false

    init(_ venue: BinanceVenue, _ link: any StreamLink) { (self.venue, self.link) = (venue, link) }

    var isListening: Bool { subscription != nil }
    func opened() {}

    func sendUser(_ event: WireValue) {
        let message: WireValue = [
            "subscriptionId": .integer(subscription ?? 0), "event": event,
        ]
        link.sendUpdate(WireJSON.encode(message), isBinary: false)
    }

    func closing() {
        link.send(WireJSON.encode(["event": BinanceVenue.shutdown]), isBinary: false)
    }

    func received(_ bytes: [UInt8]) {
        guard let message = try? WireJSON.decode(bytes) else { return link.close(code: 1007) }
        let ended = subscription
        let id = message["id"] ?? nil
        var answer: WireValue
        do throws(BinanceError) {
            if venue.faults.happens(.ban) { return link.send(banned(id), isBinary: false) }
            let (status, result) = try run(message)
            answer = ["id": id, "status": .integer(Int64(status))]
            answer.set(status < 400 ? "result" : "error", result)
        } catch {
            answer = ["id": id, "status": .integer(Int64(error.status)), "error": error.value]
        }
        answer.set("rateLimits", [])
        link.send(WireJSON.encode(answer), isBinary: false)
        if let ended, subscription == nil { tellEnd(of: ended) }
    }

    /// The refusal of a banned address: its end is in the words and in `data`.
    private func banned(_ id: WireValue) -> [UInt8] {
        let now = venue.now.milliseconds
        let end = now + venue.faults.dice.plan.whole(.retryAfter) * 1000
        return WireJSON.encode([
            "id": id, "status": 418,
            "error": [
                "code": -1003,
                "msg": .text("Way too much request weight used; IP banned until \(end)."),
                "data": ["serverTime": .integer(now), "retryAfter": .integer(end)],
            ], "rateLimits": [],
        ])
    }

    private func run(_ message: WireValue) throws(BinanceError) -> BinanceVenue.Done {
        let members = message["params"]?.members ?? []
        let parameters = Parameters(members.map { ($0.name, Self.text($0.value)) })
        switch message["method"]?.string ?? "" {
        case "session.logon":
            try checkSigned(parameters)
            isLoggedOn = true
            return (200, ["apiKey": .text(venue.options.key), "authorizedSince": 0])
        case "session.status": return (200, ["apiKey": nil])
        case "userDataStream.subscribe", "userDataStream.subscribe.signature":
            if !isLoggedOn { try checkSigned(parameters) }
            guard subscription == nil else {
                throw BinanceError(-2035, "User Data Stream subscription already active.")
            }
            // The first id is 0, as at Binance.
            subscription = subscriptions
            subscriptions += 1
            return (200, ["subscriptionId": .integer(subscriptions - 1)])
        case "userDataStream.unsubscribe":
            guard subscription != nil else {
                throw BinanceError(-2036, "User Data Stream subscription not active.")
            }
            subscription = nil
            return (200, [:])
        case let name:
            guard let method = BinanceMethod(socket: name) else {
                throw BinanceError(-1000, "Unknown method \(name).")
            }
            if method.isSigned, !isLoggedOn { try checkSigned(parameters) }
            return try venue.run(method, parameters)
        }
    }

    private func tellEnd(of subscription: Int64) {
        let event: WireValue = [
            "e": "eventStreamTerminated", "E": .integer(venue.now.milliseconds),
        ]
        link.send(
            WireJSON.encode(["subscriptionId": .integer(subscription), "event": event]),
            isBinary: false)
    }

    private static func text(_ value: WireValue) -> String {
        switch value {
        case .bool(let flag): flag ? "true" : "false"
        case .array: String(decoding: WireJSON.encode(value), as: UTF8.self)
        default: value.string ?? ""
        }
    }

    /// The parameters are signed in alphabetical order.
    private func checkSigned(_ parameters: Parameters) throws(BinanceError) {
        try venue.checkKey(parameters["apiKey"])
        guard let signature = parameters["signature"] else { throw .missing("signature") }
        let signed = parameters.pairs.filter { $0.name != "signature" }.sorted { $0.name < $1.name }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        try venue.check(signature, of: signed)
        try venue.checkTime(parameters)
    }
}
