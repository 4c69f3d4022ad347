import BinanceWire
import LedgerTransport
import LedgerVenues

extension BinanceOrder: OrderAnswer {}

extension BinanceSigning {
    init(_ keys: VenueKeys, receiveWindow: Int64) {
        if let seed = BinancePrivateKey.seed(of: keys.secret) {
            let key = SignatureKey(seed: seed)
            self.init(receiveWindow: receiveWindow, signature: { key($0) })
        } else {
            let hash = KeyedHash(key: Array(keys.secret.reveal().utf8))
            self.init(receiveWindow: receiveWindow, hash: { hash($0) })
        }
    }
}

extension RequestDialect {
    /// The key is sent with every request; requests about the account also have a time and a
    /// signature.
    public static func binance(_ keys: VenueKeys, receiveWindow: Int64) -> RequestDialect {
        binance(keys, BinanceSigning(keys, receiveWindow: receiveWindow))
    }

    static func binance(_ keys: VenueKeys, _ signing: BinanceSigning) -> RequestDialect {
        let header = "X-MBX-APIKEY: \(keys.key.reveal())"
        return RequestDialect(
            prove: { request, now in
                let isSigned = request.security == .signed
                return Proof(
                    query: isSigned ? signing.signed(request.query, now: now) : request.query,
                    headers: [header])
            }, fault: { BinanceErrors.fault($0, isOrder: $1) },
            probe: BinanceRequests.account, clock: BinanceRequests.time,
            readClock: { (body) throws(JSONFault) in try BinanceAnswers.time(body) })
    }
}
