import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// What changes the account outside of orders: fees that are taken in units, and what `AccountExtras` adds.
extension AlpacaVenue {
    /// - Parameter types: empty for all.
    func otherActivities(
        _ request: Request, _ types: [String]
    ) throws(AlpacaError) -> Answer {
        let query = request.query
        let size = min(100, Int(query["page_size"] ?? "100") ?? 100)
        guard size > 0 else { throw .invalid("page_size is invalid") }
        let after = try moment(query["after"])
        var found: [(time: Timestamp, value: WireValue)] = []
        for value in coinFeeActivities() + faults.extras[.activities] {
            // One that nobody can read is told whatever is asked for.
            let read = try? AlpacaAnswers.activities(WireJSON.encode(.array([value])))
            let known = read?.elements.first?.activity
            let isWanted = known.map { types.isEmpty || types.contains($0.type) } ?? true
            guard isWanted, known.map({ $0.occurred > after ?? .zero }) ?? true else { continue }
            found.append((known?.occurred ?? .zero, value))
        }
        let isRising = query["direction"] == "asc"
        found.sort { isRising ? $0.time < $1.time : $0.time > $1.time }
        if let token = query["page_token"] {
            let place = found.firstIndex { $0.value["id"]?.string == token }
            guard let place else { throw .invalid("page_token is invalid") }
            found.removeFirst(place + 1)
        }
        return Answer(200, .array(found.prefix(size).map(\.value)))
    }

    // MARK: Fees in units

    /// What a buy pays in units.
    private func coinFee(of fill: ExchangeFill, _ order: ExchangeOrder) -> Quantity {
        guard coinFee.raw > 0, order.side == .buy,
            ledger.instrument(order.instrument)?.kind == .crypto
        else { return .zero }
        return Quantity(raw: fill.quantity.raw * Int128(coinFee.raw) / 10_000_000)
    }

    /// What the buys of an instrument have paid in units.
    func coinFees(_ instrument: InstrumentID) -> Quantity {
        var sum = Quantity.zero
        for entry in ledger.book.fills {
            let order = ledger.book[entry.order]
            guard order.instrument == instrument else { continue }
            sum = sum + coinFee(of: order.fills[entry.fill], order)
        }
        return sum
    }

    private func coinFeeActivities() -> [WireValue] {
        guard coinFee.raw > 0 else { return [] }
        return ledger.book.fills.compactMap { entry in
            let order = ledger.book[entry.order]
            let fill = order.fills[entry.fill]
            let fee = coinFee(of: fill, order)
            guard fee.raw > 0, let instrument = ledger.instrument(order.instrument) else {
                return nil
            }
            return [
                "id": .text(activityID(fill.time, fill.sequence.uuid(Kind.fee))),
                "activity_type": "CFEE", "date": .text(String(fill.time.description.prefix(10))),
                "net_amount": "0", "description": "Coin Pair Transaction Fee (Non USD)",
                "symbol": .text(instrument.symbol.filter { $0 != "/" }), "qty": .text(-fee),
                "price": .text(fill.price), "status": "executed",
            ]
        }
    }

    /// The time to the millisecond, and an id.
    func activityID(_ time: Timestamp, _ id: String) -> String {
        let digits = time.description.filter(\.isNumber).prefix(14)
        let part = (time.nanoseconds / 1_000_000) % 1000
        let padding = String(repeating: "0", count: 3 - String(part).count)
        return "\(digits)\(padding)\(part)::\(id)"
    }
}
