import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerReading
import LedgerVenues
import NIOCore

/// One venue behind one listener: answers requests, applies faults and serves the streams.
/// Everything runs on one event loop.
// Sendable unchecked: used only on its event loop.
final class ExchangeDesk: @unchecked Sendable {
    let venue: any Venue
    let dialect: any ExchangeDialect
    private let faults: Misbehaviour
    private let loop: any EventLoop
    private let runner: FeedRunner
    private let waitsForSubscriber: Bool
    private var links: [SocketHandler] = []
    var failed: (any Error) -> Void = { _ in }

    init(
        _ venue: any Venue, _ dialect: any ExchangeDialect, _ faults: Misbehaviour,
        _ runner: FeedRunner, _ loop: any EventLoop, waitsForSubscriber: Bool
    ) {
        self.dialect = dialect
        (self.venue, self.faults, self.runner, self.loop) = (venue, faults, runner, loop)
        self.waitsForSubscriber = waitsForSubscriber
        venue.ledger.tell = { [unowned self] in self.venue.tell($0) }
        runner.hasRoom = { [unowned self] in links.allSatisfy(\.isWritable) }
    }

    func open() { if !waitsForSubscriber { runner.start() } }

    // MARK: Requests

    /// The answer, and its delay in nanoseconds.
    func answer(_ request: Request) -> (Answer, late: Int64) {
        if request.path.hasPrefix("/control") { return (control(request), 0) }
        guard venue.serves(request.path) else {
            return (Answer(404, ["code": 404, "message": "not found"]), 0)
        }
        let late = faults.dice.delay()
        let retryAfter = faults.dice.plan.whole(.retryAfter)
        if faults.happens(.proxy) { return (proxyAnswer, late) }
        for fault in [
            FaultPlan.Fault.maintenance, .restOutage, .rateLimit, .ban, .unauthorized,
            .errorBeforeAccept,
        ] where faults.happens(fault) {
            return (refusal(fault, retryAfter), late)
        }
        if request.method != "GET", faults.happens(.timestamp) {
            return (venue.faultAnswer(.timestamp, retryAfter: retryAfter), late)
        }
        if faults.happens(.lostRequest) { return (.never, late) }
        let answer: Answer
        do {
            try finishCancels()
            try venue.settleFaults()
            answer = try venue.answer(request)
        } catch {
            failed(error)
            return (venue.faultAnswer(.errorAfterAccept, retryAfter: retryAfter), late)
        }
        if let failure = venue.ledger.failure { failed(failure) }
        return (afterwards(request, answer, retryAfter), late)
    }

    /// Does the cancels that hung for long enough.
    private func finishCancels() throws {
        let ledger = venue.ledger
        for order in faults.takeDueCancels() {
            guard let place = ledger.book.find(sequence: order.number)?.order,
                ledger.book[place].state == .open
            else { continue }
            try ledger.cancel(place, actor: dialect.name)
        }
    }

    private func refusal(_ fault: FaultPlan.Fault, _ retryAfter: Int64) -> Answer {
        var answer = venue.faultAnswer(fault, retryAfter: retryAfter)
        if faults.happens(.silentWait) {
            answer.headers.pairs.removeAll { $0.name == "Retry-After" }
        }
        return answer
    }

    /// What stands between a client and the venue answers in its own words.
    private var proxyAnswer: Answer {
        let told = Int(faults.dice.plan.whole(.proxyStatus))
        let status = told == 0 ? 403 : told
        let page =
            "<html><head><title>\(status)</title></head><body><h1>\(status)</h1></body></html>"
        return Answer(
            status, bytes: Array(page.utf8), headers: [("Content-Type", "text/html")])
    }

    /// What was done stays done, whatever the client is told.
    private func afterwards(_ request: Request, _ answer: Answer, _ retryAfter: Int64) -> Answer {
        guard request.method != "GET", answer.status < 300 else { return answer }
        if faults.happens(.silenceAfterAccept) { return .never }
        for fault in [FaultPlan.Fault.errorAfterAccept, .timeoutAfterAccept]
        where faults.happens(fault) {
            return venue.faultAnswer(fault, retryAfter: retryAfter)
        }
        return answer
    }

    // MARK: Streams

    /// The answer to a request for a web socket that is not opened now; nil if it is, or if the path is no
    /// stream.
    func refusal(of request: Request) -> Answer? {
        guard venue.serves(request.path), venue.isStream(request) else { return nil }
        let plan = faults.dice.plan
        if faults.happens(.maintenance) {
            return refusal(.maintenance, plan.whole(.retryAfter))
        }
        if let place = faults.closedStreams.firstIndex(where: { $0.path == request.path }) {
            faults.closedStreams[place].refusals += 1
            let closed = faults.closedStreams[place]
            return handshakeAnswer(closed.status, closed.retryAfter)
        }
        guard faults.happens(.handshake) else { return nil }
        let told = Int(plan.whole(.handshakeStatus))
        return handshakeAnswer(told == 0 ? 429 : told, plan.whole(.retryAfter))
    }

    private func handshakeAnswer(_ status: Int, _ retryAfter: Int64) -> Answer {
        Answer(status, [:], headers: retryAfter > 0 ? [("Retry-After", "\(retryAfter)")] : [])
    }

    func offers(_ request: Request) -> Bool {
        venue.serves(request.path) && venue.isStream(request)
    }

    func opened(_ link: SocketHandler, _ request: Request) {
        guard let session = venue.stream(request, link) else { return link.close(code: 1008) }
        link.session = session
        links.append(link)
        session.opened()
        look()
    }

    func received(_ link: SocketHandler, _ bytes: [UInt8]) {
        link.session?.received(bytes)
        if let failure = venue.ledger.failure { failed(failure) }
        look()
    }

    func closed(_ link: SocketHandler) {
        if let session = link.session { venue.closed(session) }
        links.removeAll { $0 === link }
    }

    private func look() {
        if waitsForSubscriber, venue.subscribers > 0 { runner.start() }
    }

    /// Applies the faults to one order update.
    func fate() -> SocketHandler.Fate {
        if faults.happens(.disconnect) { return .disconnect }
        if faults.happens(.halfFrame) { return .halfFrame }
        if faults.happens(.drop) { return .drop }
        if faults.happens(.duplicate) { return .duplicate }
        if faults.happens(.reorder) { return .reorder }
        return .send
    }

    func lateness() -> Int64 { faults.dice.delay() }
    func ping() { for link in links { link.ping() } }
    func closeLinks() { for link in links { link.close(code: 1001) } }

    func close() throws {
        runner.pause()
        for link in links { link.session?.closing() }
        closeLinks()
        try venue.ledger.close()
    }

    // MARK: Control

    private func control(_ request: Request) -> Answer {
        guard request.isLocal else { return Answer(403, ["message": "from this machine only"]) }
        do { return try controlled(request) } catch {
            return Answer(400, ["message": .text("\(error)")])
        }
    }

    private func controlled(_ request: Request) throws -> Answer {
        let text = String(decoding: request.body, as: UTF8.self)
        let body = (try? WireJSON.decode(request.body)) ?? .null
        switch (request.method, request.path) {
        case ("GET", "/control/state"): return Answer(200, state)
        case ("GET", "/control/faults"):
            return Answer(200, ["faults": .text(faults.dice.plan.text)])
        case ("POST", "/control/faults"):
            faults.dice.plan = try plan(text, body)
            if faults.dice.plan[.maintenance] > 0 { closeLinks() }
            return Answer(200, ["faults": .text(faults.dice.plan.text)])
        case ("POST", "/control/time"):
            try faults.dice.plan.set("clock-skew-ms", to: body["skew_ms"]?.string ?? "")
            return Answer(200, ["skew_ms": .integer(faults.dice.plan.whole(.clockSkew))])
        case ("POST", "/control/account"):
            faults.extras = try AccountExtras(body)
            return Answer(200, [:])
        case ("POST", "/control/message"):
            venue.say(body)
            return Answer(200, [:])
        case ("POST", "/control/correct"):
            try venue.correct(body)
            return Answer(200, [:])
        case ("POST", "/control/move"):
            try venue.move(body)
            return Answer(200, [:])
        case ("POST", "/control/feed"):
            body["action"]?.string == "pause" ? runner.pause() : runner.start()
            return Answer(200, ["running": .bool(runner.isRunning)])
        case ("POST", "/control/disconnect"):
            closeLinks()
            return Answer(200, [:])
        case ("POST", "/control/stream"):
            try changeStream(body)
            return Answer(200, [:])
        case ("POST", "/control/quote"), ("POST", "/control/trade"), ("POST", "/control/bar"):
            try feed(String(request.path.dropFirst(9)), body)
            return Answer(200, ["head": .integer(Int64(venue.ledger.head.number))])
        default: return Answer(404, ["message": "not found"])
        }
    }

    private func plan(_ text: String, _ body: WireValue) throws -> FaultPlan {
        guard case .object(let members) = body else { return try FaultPlan(text) }
        var plan = FaultPlan()
        for member in members { try plan.set(member.name, to: member.value.string ?? "") }
        return plan
    }

    /// Closes one stream and refuses it from now on, or opens it again: `{"path": "/v2/iex", "status":
    /// "503", "retry_after": "2"}`, and a status of 0 to open it.
    private func changeStream(_ body: WireValue) throws {
        func number(_ name: String) throws -> Int64 {
            guard let value = Int64(body[name]?.string ?? "0"), (0...86_400) ~= value else {
                throw InputError("\(name) is not a number from 0 to 86400")
            }
            return value
        }
        let path = body["path"]?.string ?? ""
        let closed = Misbehaviour.ClosedStream(
            path: path, status: Int(try number("status")), retryAfter: try number("retry_after"))
        faults.closedStreams.removeAll { $0.path == path }
        guard closed.status > 0 else { return }
        faults.closedStreams.append(closed)
        for link in links where link.path == path { link.close(code: 1001) }
    }

    /// One event, as if it came from a feed.
    private func feed(_ kind: String, _ body: WireValue) throws {
        let ledger = venue.ledger
        guard let id = ledger.instrument(symbol: body["symbol"]?.string ?? "")?.id else {
            throw InputError("no such symbol")
        }
        func price(_ name: String) throws -> Price { try Price(body[name]?.string ?? "0") }
        func size(_ name: String) throws -> Quantity { try Quantity(body[name]?.string ?? "1000") }
        let now = ExchangeClock.machine
        let time = body["time"]?.string.flatMap { Timestamp($0) } ?? now
        let event: MarketEvent
        switch kind {
        case "quote":
            event = .quote(
                Quote(
                    instrument: id, bid: try price("bid"), ask: try price("ask"),
                    bidSize: try size("bid_size"), askSize: try size("ask_size")), time)
        case "trade":
            event = .trade(
                Trade(
                    instrument: id, aggressor: body["side"]?.string == "sell" ? .sell : .buy,
                    price: try price("price"), size: try size("size"),
                    tradeId: UInt64(venue.ledger.head.number)), time)
        default:
            event = .bar(
                Bar(
                    instrument: id, interval: UInt32(body["interval"]?.string ?? "60") ?? 60,
                    open: try price("open"), high: try price("high"), low: try price("low"),
                    close: try price("close"), volume: try size("volume")), time)
        }
        try ledger.apply([
            FeedItem(content: .event(event), time: time, received: time, told: time)
        ])
    }

    private var state: WireValue {
        let ledger = venue.ledger
        let positions = ledger.instruments.compactMap { instrument -> WireValue.Member? in
            ledger.position(instrument.id).map { .init(instrument.symbol, .text($0.quantity)) }
        }
        let counts = zip(FaultPlan.Fault.allCases, faults.dice.counts).filter { $0.1 > 0 }.map {
            WireValue.Member($0.0.rawValue, .integer(Int64($0.1)))
        }
        return [
            "dialect": .text(dialect.name), "head": .integer(Int64(ledger.head.number)),
            "orders": .integer(Int64(ledger.book.orders.count)),
            "open": .integer(Int64(ledger.book.open.count)),
            "fills": .integer(Int64(ledger.book.fills.count)), "cash": .text(ledger.cash),
            "equity": .text(ledger.equity), "positions": .object(positions),
            "streams": .integer(Int64(links.count)),
            "refusals": .integer(Int64(faults.closedStreams.reduce(0) { $0 + $1.refusals })),
            "feed": [
                "running": .bool(runner.isRunning), "ended": .bool(runner.isAtEnd),
                "delivered": .integer(Int64(clamping: runner.delivered)),
            ], "faults": .text(faults.dice.plan.text), "happened": .object(counts),
        ]
    }
}
