import AlpacaWire
import LedgerConfiguration
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Alpaca's trading and data API over a ledger in US dollars.
final class AlpacaVenue: Venue {
    let ledger: ExchangeLedger
    let options: ExchangeOptions
    let faults: Misbehaviour
    /// What a buy of crypto pays in units.
    let coinFee: BasisPoints
    private var budget: RateBudget
    private var orderStreams: [AlpacaOrderStream] = []
    private var dataStreams: [AlpacaDataStream] = []
    /// Fills that will be corrected with the next request.
    var waitingCorrections: [(order: Int, fill: Int, price: Price, quantity: Quantity)] = []

    /// The first groups of ids: what kind of object a UUID names.
    enum Kind {
        static let account: UInt16 = 0xACC0
        static let order: UInt16 = 0x04DE
        static let execution: UInt16 = 0xE8EC
        static let asset: UInt16 = 0xA55E
        static let fee: UInt16 = 0xCFEE
    }

    init(_ ledger: ExchangeLedger, _ options: ExchangeOptions, _ faults: Misbehaviour) {
        (self.ledger, self.options, self.faults) = (ledger, options, faults)
        budget = RateBudget(limit: options.configuration[AlpacaKeys.exchangeLimit])
        coinFee = options.configuration[AlpacaKeys.exchangeCoinFee]
    }

    var subscribers: Int { dataStreams.count { !$0.isEmpty } }
    var accountID: String { SequenceNumber.first.uuid(Kind.account) }

    func serves(_ path: String) -> Bool {
        path == "/stream" || path.hasPrefix("/v2/") || path.hasPrefix("/v1beta")
    }

    // MARK: Requests

    func answer(_ request: Request) throws -> Answer {
        if let refusal = unauthorised(request) { return refusal }
        let verdict = budget.spend(1, at: ExchangeClock.machine)
        var answer = verdict == .granted ? try route(request) : faultAnswer(.rateLimit, verdict)
        answer.headers.pairs += [
            ("X-RateLimit-Limit", String(budget.limit)),
            ("X-RateLimit-Remaining", String(budget.remaining)),
            ("X-RateLimit-Reset", String(budget.resetsAt.nanoseconds / 1_000_000_000)),
        ]
        return answer
    }

    private func unauthorised(_ request: Request) -> Answer? {
        guard let key = request.headers["apca-api-key-id"],
            let secret = request.headers["apca-api-secret-key"]
        else { return AlpacaError(401, 40_110_000, "request is not authorized").answer }
        guard key == options.key, secret == options.secret else {
            return Answer(403, ["message": "forbidden."])
        }
        return nil
    }

    private func faultAnswer(_ fault: FaultPlan.Fault, _ verdict: RateBudget.Verdict) -> Answer {
        switch verdict {
        case .limited(let seconds), .banned(let seconds):
            return faultAnswer(fault, retryAfter: seconds)
        case .granted: return faultAnswer(fault, retryAfter: 1)
        }
    }

    func faultAnswer(_ fault: FaultPlan.Fault, retryAfter: Int64) -> Answer {
        switch fault {
        case .rateLimit:
            return Answer(
                429, ["code": 42_910_000, "message": "rate limit exceeded"],
                headers: [("Retry-After", String(retryAfter))])
        case .ban: return Answer(403, ["message": "forbidden."])
        case .unauthorized: return AlpacaError(401, 40_110_000, "request is not authorized").answer
        case .maintenance, .restOutage, .errorBeforeAccept, .timestamp:
            return Answer(503, ["code": 50_310_000, "message": "service unavailable"])
        case .timeoutAfterAccept:
            return Answer(504, ["code": 50_410_000, "message": "gateway timeout"])
        default:
            return Answer(500, ["code": 50_010_000, "message": "internal server error occurred"])
        }
    }

    private func route(_ request: Request) throws -> Answer {
        do throws(AlpacaError) {
            let parts = request.parts
            switch parts.first {
            case "v2" where parts.count > 1 && parts[1] == "stocks":
                return try data(request, Array(parts.dropFirst(2)), isCrypto: false)
            case "v1beta3" where parts.count > 3 && parts[1] == "crypto":
                return try data(request, Array(parts.dropFirst(3)), isCrypto: true)
            case "v2": return try trading(request, Array(parts.dropFirst()))
            default: throw AlpacaError(404, 40_410_000, "endpoint not found")
            }
        } catch { return error.answer }
    }

    // MARK: Streams

    private static let stockStreams = ["/v2/iex", "/v2/sip", "/v2/test", "/v2/delayed_sip"]

    func isStream(_ request: Request) -> Bool {
        request.path == "/stream" || Self.stockStreams.contains(request.path)
            || request.path == "/v1beta3/crypto/us"
    }

    func stream(_ request: Request, _ link: any StreamLink) -> (any StreamSession)? {
        if request.path == "/stream" {
            let session = AlpacaOrderStream(self, link)
            orderStreams.append(session)
            return session
        }
        guard isStream(request) else { return nil }
        let isStocks = Self.stockStreams.contains(request.path)
        let session = AlpacaDataStream(
            self, link, isCrypto: !isStocks,
            isPacked: request.headers["content-type"] == "application/msgpack")
        dataStreams.append(session)
        return session
    }

    func closed(_ session: any StreamSession) {
        orderStreams.removeAll { $0 === session }
        dataStreams.removeAll { $0 === session }
    }

    func isKey(_ key: String?, secret: String?) -> Bool {
        key == options.key && secret == options.secret
    }

    func tell(_ notice: ExchangeLedger.Notice) {
        switch notice {
        case .order(let change):
            noteCorrection(change)
            guard orderStreams.contains(where: \.isListening) else { return }
            for update in updates(change) {
                let message: WireValue = ["stream": "trade_updates", "data": update]
                let bytes = WireJSON.encode(message)
                for session in orderStreams where session.isListening { session.send(bytes) }
            }
        case .quote(let quote, let time):
            tell(quote.instrument, .quotes) { self.quote(quote, time, $0) }
        case .trade(let trade, let time):
            tell(trade.instrument, .trades) { self.trade(trade, time, $0) }
        case .bar(let bar, let time):
            tell(bar.instrument, .bars) { _ in self.bar(bar, time) }
        case .depth: break
        }
    }

    func say(_ message: WireValue) {
        let bytes = WireJSON.encode(message)
        for session in orderStreams where session.isListening { session.send(bytes) }
    }

    private func tell(
        _ id: InstrumentID, _ channel: AlpacaChannel, _ value: (Bool) -> WireValue
    ) {
        guard !dataStreams.isEmpty, let instrument = ledger.instrument(id) else { return }
        let isCrypto = instrument.kind == .crypto
        let listening = dataStreams.filter {
            $0.isCrypto == isCrypto && $0.listens(channel, instrument.symbol)
        }
        guard !listening.isEmpty else { return }
        var members: [WireValue.Member] = [
            .init("T", .text(channel.letter)), .init("S", .text(instrument.symbol)),
        ]
        members += value(isCrypto).members
        let message = WireValue.array([.object(members)])
        for session in listening { session.send(message) }
    }
}

/// A refusal with Alpaca's own code.
struct AlpacaError: Error {
    var status: Int
    var body: WireValue

    init(_ status: Int, _ code: Int64, _ message: String) {
        self.status = status
        body = ["code": .integer(code), "message": .text(message)]
    }

    init(_ status: Int, body: WireValue) { (self.status, self.body) = (status, body) }

    static func invalid(_ message: String) -> AlpacaError { AlpacaError(422, 42_210_000, message) }
    static func missing(_ what: String) -> AlpacaError { AlpacaError(404, 40_410_000, what) }

    /// An internal error of the exchange.
    init(_ error: any Error) { self.init(500, 50_010_000, "internal server error: \(error)") }

    var answer: Answer { Answer(status, body) }
}
