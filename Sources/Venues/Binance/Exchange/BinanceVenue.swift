import BinanceWire
import LedgerConfiguration
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Binance's spot API over a ledger whose cash is the quote currency and whose positions are base
/// assets.
final class BinanceVenue: Venue {
    let ledger: ExchangeLedger
    let options: ExchangeOptions
    let faults: Misbehaviour
    let symbols: [BinanceSymbol]
    private var budget: RateBudget
    private var sessions: [BinanceStream] = []
    private var userSessions: [any BinanceUserStream] = []
    private var listenKeys: UInt64 = 0
    private var orderTimes: [Timestamp] = []

    init(
        _ ledger: ExchangeLedger, _ options: ExchangeOptions, _ faults: Misbehaviour,
        recorded: [BinanceSymbol]
    ) {
        (self.ledger, self.options, self.faults) = (ledger, options, faults)
        symbols = ledger.instruments.map { instrument in
            recorded.first { $0.name == instrument.symbol } ?? BinanceSymbol(instrument)
        }
        budget = RateBudget(limit: options.configuration[BinanceKeys.exchangeLimit])
    }

    var subscribers: Int { sessions.count { !$0.streams.isEmpty } }

    func serves(_ path: String) -> Bool {
        ["/api/", "/sapi/", "/ws", "/stream"].contains { path.hasPrefix($0) }
    }

    var now: Timestamp { faults.clock.told }

    // MARK: Requests

    func answer(_ request: Request) throws -> Answer {
        var answer: Answer
        let parameters = Parameters(
            request.query.pairs
                + Parameters(encoded: String(decoding: request.body, as: UTF8.self)).pairs)
        let weight = Self.weight(request, parameters)
        switch budget.spend(weight, at: ExchangeClock.machine) {
        case .granted:
            do throws(BinanceError) { answer = try route(request, parameters) } catch {
                answer = error.answer
            }
            if Self.isFree(request), answer.status == 200 { budget.giveBack(weight) }
        case .limited(let seconds): answer = faultAnswer(.rateLimit, retryAfter: seconds)
        case .banned(let seconds): answer = faultAnswer(.ban, retryAfter: seconds)
        }
        answer.headers.pairs += [
            ("x-mbx-used-weight", String(budget.used)),
            ("x-mbx-used-weight-1m", String(budget.used)),
        ]
        if request.path.hasPrefix("/api/v3/order"), request.method == "POST", answer.status == 200 {
            let (recent, today) = countOrder()
            answer.headers.pairs += [
                ("x-mbx-order-count-10s", String(recent)), ("x-mbx-order-count-1d", String(today)),
            ]
        }
        return answer
    }

    /// Whether it costs nothing if it succeeds.
    private static func isFree(_ request: Request) -> Bool {
        switch request.path.split(separator: "/").dropFirst(2).joined(separator: "/") {
        case "order", "openOrders", "order/cancelReplace": request.method != "GET"
        default: false
        }
    }

    /// Orders in the last ten seconds and the last day, including this one.
    private func countOrder() -> (recent: Int, today: Int) {
        let now = ExchangeClock.machine
        orderTimes.removeAll { $0.advanced(by: .day) < now }
        orderTimes.append(now)
        let recent = orderTimes.reversed().prefix {
            $0.advanced(by: Nanoseconds(10_000_000_000)) >= now
        }
        return (recent.count, orderTimes.count)
    }

    func faultAnswer(_ fault: FaultPlan.Fault, retryAfter: Int64) -> Answer {
        let wait = [(name: "Retry-After", value: String(retryAfter))]
        switch fault {
        case .rateLimit:
            let text =
                "Too many requests; current limit of IP is \(budget.limit) requests per minute."
            return Answer(429, BinanceError(-1003, text).value, headers: wait)
        case .ban:
            let until = ExchangeClock.machine.milliseconds + retryAfter * 1000
            let text = "Way too much request weight used; IP banned until \(until)."
            return Answer(418, BinanceError(-1003, text).value, headers: wait)
        case .timeoutAfterAccept:
            let text =
                "Timeout waiting for response from backend server. Send status unknown; execution "
                + "status unknown."
            return Answer(504, BinanceError(-1007, text).value)
        case .unauthorized:
            let text = "Invalid API-key, IP, or permissions for action."
            return Answer(401, BinanceError(-2015, text).value)
        case .timestamp:
            let text = "Timestamp for this request is outside of the recvWindow."
            return Answer(400, BinanceError(-1021, text).value)
        case .maintenance, .restOutage, .errorBeforeAccept:
            return Answer(503, BinanceError(-1008, "Server is currently overloaded.").value)
        default:
            return Answer(500, BinanceError(-1000, "An unknown error occurred.").value)
        }
    }

    static func weight(_ request: Request, _ parameters: Parameters) -> Int {
        let hasSymbol = parameters["symbol"] != nil
        switch request.path.split(separator: "/").dropFirst(2).joined(separator: "/") {
        case "exchangeInfo", "account", "allOrders", "account/commission": return 20
        case "myTrades": return parameters["orderId"] == nil ? 20 : 5
        case "order" where request.method == "GET", "order/amend/keepPriority": return 4
        case "depth":
            switch Int(parameters["limit"] ?? "") ?? 100 {
            case ...100: return 5
            case ...500: return 25
            case ...1000: return 50
            default: return 250
            }
        case "trades", "historicalTrades": return 25
        case "klines", "uiKlines", "avgPrice", "userDataStream": return 2
        case "ticker/price", "ticker/bookTicker": return hasSymbol ? 2 : 4
        case "ticker/24hr": return hasSymbol ? 2 : 80
        case "openOrders" where request.method == "GET": return hasSymbol ? 6 : 80
        default: return 1
        }
    }

    private func route(_ request: Request, _ parameters: Parameters) throws(BinanceError) -> Answer
    {
        let parts = request.parts
        if parts.count > 3, parts[0] == "sapi", parts[1] == "v1" {
            try checkKey(request.headers["x-mbx-apikey"])
            try checkSigned(request, parameters)
            return Answer(
                200, try wallet(parts[2...].joined(separator: "/"), parameters))
        }
        guard parts.count >= 3, parts[0] == "api", parts[1] == "v3" || parts[1] == "v1" else {
            throw BinanceError(-1000, "This exchange has no such endpoint.", status: 404)
        }
        let name = parts[2...].joined(separator: "/")
        if let method = BinanceMethod(request.method, path: name) {
            if method.needsKey { try checkKey(request.headers["x-mbx-apikey"]) }
            if method.isSigned { try checkSigned(request, parameters) }
            let done = try run(method, parameters)
            return Answer(done.status, done.value)
        }
        throw BinanceError(-1000, "This exchange has no such endpoint.", status: 404)
    }

    func checkKey(_ key: String?) throws(BinanceError) {
        guard let key else {
            throw BinanceError(-2014, "API-key format invalid.", status: 401)
        }
        guard key == options.key else { throw .badKey }
    }

    private func checkSigned(_ request: Request, _ parameters: Parameters) throws(BinanceError) {
        let body = String(decoding: request.body, as: UTF8.self)
        guard let split = BinanceSignature.split(query: request.rawQuery, body: body) else {
            throw .missing("signature")
        }
        try check(split.signature, of: split.signed)
        try checkTime(parameters)
    }

    func check(_ signature: String, of signed: String) throws(BinanceError) {
        guard BinanceSignature.isValid(signature, of: signed, secret: options.secret) else {
            throw BinanceError(-1022, "Signature for this request is not valid.")
        }
    }

    func checkTime(_ parameters: Parameters) throws(BinanceError) {
        guard let text = parameters["timestamp"], var sent = Int64(text) else {
            throw .missing("timestamp")
        }
        if sent > 1_000_000_000_000_000 { sent /= 1000 }
        let window = Int64(parameters["recvWindow"] ?? "5000") ?? 5000
        guard window <= 60_000 else {
            throw BinanceError(-1131, "recvWindow must be less than 60000.")
        }
        let now = now.milliseconds
        guard sent <= now + 1000 else {
            throw BinanceError(
                -1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        }
        let (age, overflow) = now.subtractingReportingOverflow(sent)
        guard !overflow, age <= window else {
            throw BinanceError(
                -1021, "Timestamp for this request is outside of the recvWindow.")
        }
    }

    /// How many rows a question asks for.
    func limit(
        _ parameters: Parameters, most: Int, default fallback: Int
    ) throws(BinanceError) -> Int {
        guard let text = parameters["limit"] else { return fallback }
        guard let limit = Int(text), limit > 0 else {
            throw BinanceError(-1130, "Data sent for parameter 'limit' is not valid.")
        }
        return min(most, limit)
    }

    func newListenKey() -> String {
        listenKeys += 1
        var hash = FNV1a()
        hash.add(options.key.utf8)
        return "local" + hash.value.hex + UInt64(listenKeys).hex + ledger.head.number.hex
    }

    // MARK: Streams

    func isStream(_ request: Request) -> Bool {
        ["ws", "stream", "ws-api"].contains(request.parts.first)
    }

    func stream(_ request: Request, _ link: any StreamLink) -> (any StreamSession)? {
        let parts = request.parts
        if parts.first == "ws-api" {
            let session = BinanceSocketAPI(self, link)
            userSessions.append(session)
            return session
        }
        guard parts.first == "ws" || parts.first == "stream" else { return nil }
        let isCombined = parts.first == "stream"
        var names =
            isCombined
            ? (request.query["streams"] ?? "").split(separator: "/").map(String.init)
            : Array(parts.dropFirst())
        let keys = names.filter(isListenKey)
        names.removeAll(where: keys.contains)
        let session = BinanceStream(
            self, link, isCombined: isCombined, streams: names, listenKey: keys.first)
        sessions.append(session)
        userSessions.append(session)
        return session
    }

    /// Keys are valid forever here and recognised by their form.
    func isListenKey(_ name: String) -> Bool {
        name.hasPrefix("local") && name.utf8.count == 53
    }

    func closed(_ session: any StreamSession) {
        sessions.removeAll { $0 === session }
        userSessions.removeAll { $0 === session }
    }

    func tell(_ notice: ExchangeLedger.Notice) {
        switch notice {
        case .order(let change):
            guard userSessions.contains(where: \.isListening) else { return }
            let events = [executionReport(change), accountPosition(change)]
            for session in userSessions where session.isListening {
                for event in events { session.sendUser(event) }
            }
        case .quote(let quote, _): tell(quote.instrument, ["bookTicker"]) { bookTicker($0, quote) }
        case .trade(let trade, let time):
            tell(trade.instrument, ["trade"]) { tradeEvent($0, trade, time) }
            tell(trade.instrument, ["miniTicker"]) { miniTicker($0, trade.instrument, time) }
            tellKlines(trade.instrument, time, closed: nil)
        case .bar(let bar, let time): tellKlines(bar.instrument, time, closed: bar)
        case .depth(let update, let time):
            tell(symbol: update.symbol, ["depth", "depth@100ms", "depth@1000ms"]) {
                depthEvent(update, time)
            }
        }
    }

    func say(_ message: WireValue) {
        for session in userSessions where session.isListening { session.sendUser(message) }
    }

    private func tell(
        _ id: InstrumentID, _ names: [String], _ value: (String) -> WireValue
    ) {
        guard !sessions.isEmpty, let symbol = ledger.instrument(id)?.symbol else { return }
        tell(symbol: symbol, names) { value(symbol) }
    }

    private func tell(symbol: String, _ names: [String], _ value: () -> WireValue) {
        let streams = names.map { "\(symbol.lowercased())@\($0)" }
        var bytes: [UInt8]?
        for session in sessions {
            for stream in streams where session.streams.contains(stream) {
                if bytes == nil { bytes = WireJSON.encode(value()) }
                session.send(bytes ?? [], of: stream)
            }
        }
    }

    private func tellKlines(_ id: InstrumentID, _ time: Timestamp, closed: Bar?) {
        guard let symbol = ledger.instrument(id)?.symbol else { return }
        let prefix = "\(symbol.lowercased())@kline_"
        for session in sessions {
            for stream in session.streams where stream.hasPrefix(prefix) {
                guard let event = kline(symbol, id, stream.dropFirst(prefix.count), time, closed)
                else { continue }
                session.send(WireJSON.encode(event), of: stream)
            }
        }
    }
}
