import AlpacaWire
import LedgerTransport
import LedgerVenues

extension RequestDialect {
    /// Both halves of the key are sent with every request.
    public static func alpaca(_ keys: VenueKeys) -> RequestDialect {
        let headers = [
            "APCA-API-KEY-ID: \(keys.key.reveal())", "APCA-API-SECRET-KEY: \(keys.secret.reveal())",
        ]
        return RequestDialect(
            prove: { request, _ in Proof(query: request.query, headers: headers) },
            fault: { AlpacaErrors.fault($0, isOrder: $1) },
            probe: AlpacaRequests.account, clock: AlpacaRequests.clock,
            readClock: { (body) throws(JSONFault) in try AlpacaAnswers.clock(body) })
    }
}
