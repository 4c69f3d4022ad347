import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Orders of the trading API.
extension AlpacaVenue {
    func orders(_ request: Request) throws(AlpacaError) -> Answer {
        switch request.method {
        case "GET": return try list(request)
        case "POST": return Answer(200, try create(try body(of: request)))
        case "DELETE": return Answer(207, .array(try cancelAll()))
        default: throw AlpacaError(405, 40_510_000, "method not allowed")
        }
    }

    func order(byClient request: Request) throws(AlpacaError) -> Answer {
        let name = request.query["client_order_id"] ?? ""
        guard let place = ledger.book.find(client: name) else {
            throw .missing("order not found for \(name)")
        }
        let generation = ledger.book[place].generations.lastIndex { $0.clientOrder == name }
        return Answer(200, value(of: ledger.book[place], generation ?? 0))
    }

    func order(_ request: Request, _ id: String) throws(AlpacaError) -> Answer {
        guard let number = OrderID.number(uuid: id, Kind.order),
            let found = ledger.book.find(sequence: number)
        else { throw .missing("order not found for \(id)") }
        switch request.method {
        case "GET": return Answer(200, value(of: ledger.book[found.order], found.generation))
        case "PATCH":
            return Answer(
                200, try replace(found.order, generation: found.generation, try body(of: request)))
        case "DELETE":
            try cancel(found.order, generation: found.generation)
            return Answer(204)
        default: throw AlpacaError(405, 40_510_000, "method not allowed")
        }
    }

    private func body(of request: Request) throws(AlpacaError) -> WireValue {
        do throws(WireError) { return try WireJSON.decode(request.body) } catch {
            throw AlpacaError(400, 40_010_000, "request body format is invalid")
        }
    }

    // MARK: List

    private func list(_ request: Request) throws(AlpacaError) -> Answer {
        let query = request.query
        let limit = min(500, Int(query["limit"] ?? "50") ?? 50)
        let after = try moment(query["after"])
        let until = try moment(query["until"])
        let wanted = query["symbols"]?.split(separator: ",").map(String.init)
        let status = query["status"] ?? "open"
        var found: [WireValue] = []
        // Newest first unless requested otherwise.
        let isRising = query["direction"] == "asc"
        let orders = ledger.book.orders
        let places = isRising ? Array(orders.indices) : orders.indices.reversed()
        outer: for place in places {
            let order = orders[place]
            let generations = Array(order.generations.indices)
            for generation in isRising ? generations : generations.reversed() {
                let isOpen = order.state == .open && generation == generations.count - 1
                guard status == "all" || (status == "open") == isOpen else { continue }
                let at = order.generations[generation].at
                guard after.map({ at > $0 }) ?? true, until.map({ at < $0 }) ?? true,
                    matches(order, wanted), query["side"].map({ $0 == "\(order.side)" }) ?? true
                else { continue }
                found.append(value(of: order, generation))
                if found.count >= limit { break outer }
            }
        }
        let others = status == "open" && after == nil ? faults.extras[.orders] : []
        return Answer(200, .array(found + others))
    }

    private func matches(_ order: ExchangeOrder, _ wanted: [String]?) -> Bool {
        guard let wanted, !wanted.isEmpty else { return true }
        let symbol = ledger.instrument(order.instrument)?.symbol ?? ""
        return wanted.contains(symbol) || wanted.contains(symbol.filter { $0 != "/" })
    }

    // MARK: Create

    /// A name for an order to which the client gave none.
    func newClientOrder() -> String { ledger.head.next.uuid(0xC11E) }

    private func create(_ body: WireValue) throws(AlpacaError) -> WireValue {
        let symbol = body["symbol"]?.string ?? ""
        guard let instrument = instrument(named: symbol) else {
            throw .invalid("asset \"\(symbol)\" not found")
        }
        guard let side = Side.allCases.first(where: { "\($0)" == body["side"]?.string }) else {
            throw .invalid("side is required")
        }
        switch body["order_class"]?.string ?? "" {
        case "", "simple": break
        case let other: throw .invalid("order_class \(other) is not offered by this exchange")
        }
        let type = try orderType(body)
        let client = body["client_order_id"]?.string ?? newClientOrder()
        guard client.utf8.count <= 128 else {
            throw .invalid("client_order_id must be no more than 128 characters")
        }
        guard ledger.book.find(client: client) == nil else {
            throw AlpacaError(422, 40_010_001, "client_order_id must be unique")
        }
        var words: [String] = []
        if body["extended_hours"]?.flag == true { words.append("extended_hours") }
        if let notional = body["notional"]?.string { words.append("notional=\(notional)") }
        let limit = try price(body, "limit_price", isNeeded: type == .limit || type == .stopLimit)
        let stop = try price(body, "stop_price", isNeeded: type == .stop || type == .stopLimit)
        try check(limit, "limit_price", instrument)
        try check(stop, "stop_price", instrument)
        let order = OrderRequested(
            instrument: instrument.id, side: side, orderType: type,
            quantity: try quantity(body, instrument), limitPrice: limit, stopPrice: stop,
            timeInForce: try timeInForce(body, instrument), clientOrder: client, actor: "alpaca",
            reason: words.joined(separator: " "))
        try check(order, words, instrument)
        return try submit(order, instrument)
    }

    private func orderType(_ body: WireValue) throws(AlpacaError) -> OrderType {
        switch body["type"]?.string ?? body["order_type"]?.string {
        case "market": return .market
        case "limit": return .limit
        case "stop": return .stop
        case "stop_limit": return .stopLimit
        case let other: throw .invalid("order type \(other ?? "") is not offered by this exchange")
        }
    }

    private func timeInForce(
        _ body: WireValue, _ instrument: Instrument
    ) throws(AlpacaError) -> TimeInForce {
        switch body["time_in_force"]?.string {
        case "day" where instrument.kind != .crypto: return .day
        case "gtc": return .goodTillCancelled
        case "ioc": return .immediateOrCancel
        case "fok" where instrument.kind != .crypto: return .fillOrKill
        case "day", "fok": throw .invalid("invalid crypto time_in_force")
        case let other: throw .invalid("time_in_force \(other ?? "") is not offered")
        }
    }

    private func price(
        _ body: WireValue, _ name: String, isNeeded: Bool
    ) throws(AlpacaError) -> Price {
        guard let text = body[name]?.string else {
            if isNeeded { throw .invalid("\(name) is required") }
            return .zero
        }
        guard isNeeded else { throw .invalid("this order type takes no \(name)") }
        guard let price = try? Price(text), price.raw > 0 else { throw .invalid("invalid \(name)") }
        return price
    }

    private func check(
        _ price: Price, _ name: String, _ instrument: Instrument
    ) throws(AlpacaError) {
        guard price.raw % instrument.tick.raw == 0 else {
            throw .invalid(
                "invalid \(name) \(price). sub-penny increment does not fulfill minimum pricing "
                    + "criteria")
        }
    }

    /// What Alpaca accepts in no order of its kind.
    private func check(
        _ order: OrderRequested, _ words: [String], _ instrument: Instrument
    ) throws(AlpacaError) {
        let isCrypto = instrument.kind == .crypto
        if isCrypto, order.side == .sell, coinFee.raw > 0 {
            let held = ledger.position(instrument.id)?.quantity ?? .zero
            let available = held - coinFees(instrument.id)
            guard order.quantity <= available else {
                throw AlpacaError(
                    403, 40_310_000,
                    "insufficient balance for \(instrument.symbol) (requested: \(order.quantity), "
                        + "available: \(available))")
            }
        }
        if words.contains("extended_hours"),
            order.orderType != .limit || order.timeInForce != .day
        {
            throw .invalid("extended hours order must be DAY limit orders")
        }
        let isPart = !Self.isWhole(order.quantity) || words.contains { $0.hasPrefix("notional=") }
        if !isCrypto, isPart, order.timeInForce != .day {
            throw .invalid("fractional orders must be DAY orders")
        }
        let isStop = order.orderType == .stop || order.orderType == .stopLimit
        let isAtOnce =
            order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
        if isCrypto, order.orderType == .stop {
            throw .invalid("invalid order type for crypto order")
        }
        if isStop, isAtOnce, !isCrypto {
            throw .invalid("time_in_force \(Self.name(order.timeInForce)) is not for stop orders")
        }
    }

    private static func isWhole(_ quantity: Quantity) -> Bool {
        quantity.raw % Int128(FixedPoint.one) == 0
    }

    private func quantity(
        _ body: WireValue, _ instrument: Instrument
    ) throws(AlpacaError) -> Quantity {
        if let text = body["notional"]?.string {
            let price = ledger.market[instrument.id].lastPrice
            guard body["qty"]?.string == nil, let amount = try? Money(text), amount.raw > 0,
                price.raw > 0,
                let raw = try? FixedPoint.scaled(
                    amount.raw, by: Int128(FixedPoint.one), over: Int128(price.raw))
            else { throw .invalid("invalid notional") }
            return Quantity(raw: raw).truncated(to: instrument.lot)
        }
        guard let text = body["qty"]?.string, let quantity = try? Quantity(text), quantity.raw > 0,
            quantity <= Quantity.limit
        else { throw .invalid("qty must be > 0") }
        guard quantity.truncated(to: instrument.lot) == quantity else {
            throw .invalid("qty increment must be \(instrument.lot)")
        }
        return quantity
    }

    /// Places an order and returns it as accepted; its fills are reported on the stream.
    func submit(_ order: OrderRequested, _ instrument: Instrument) throws(AlpacaError) -> WireValue
    {
        guard !faults.happens(.reject) else {
            throw AlpacaError(403, 40_310_000, "order rejected by the exchange")
        }
        if order.side == .sell, faults.happens(.refuseExit) {
            throw AlpacaError(403, 40_310_000, "asset \(instrument.symbol) is not tradable")
        }
        var order = order
        if order.orderType == .market, faults.happens(.emptyMarket) {
            order = order.emptied(
                last: ledger.market[instrument.id].lastPrice, tick: instrument.tick)
            order.reason += order.reason.isEmpty ? Self.emptied : " " + Self.emptied
        }
        let outcome: ExchangeLedger.Outcome
        do { outcome = try ledger.place(order) } catch { throw AlpacaError(error) }
        switch outcome {
        case .taken(let place):
            var taken = ledger.book[place]
            (taken.state, taken.fills, taken.updatedAt) = (.open, [], taken.createdAt)
            var value = value(of: taken, 0)
            value.set("status", "accepted")
            return value
        case .refused(let refusal): throw refused(refusal, order, instrument)
        }
    }

    private func refused(
        _ refusal: Refusal, _ order: OrderRequested, _ instrument: Instrument
    ) -> AlpacaError {
        switch refusal.reason {
        case .insufficientCash:
            return AlpacaError(
                403,
                body: [
                    "buying_power": .text(refusal.limit), "code": 40_310_000,
                    "cost_basis": .text(refusal.value), "message": "insufficient buying power",
                ])
        case .noPosition:
            let held = ledger.position(instrument.id)?.quantity ?? .zero
            let sells = ledger.book.heldBySells(instrument.id)
            let free = max(held - sells, .zero)
            guard held.raw > 0 else {
                return AlpacaError(403, 40_310_000, "account is not allowed to short")
            }
            return AlpacaError(
                403,
                body: [
                    "available": .text(free), "code": 40_310_000, "existing_qty": .text(held),
                    "held_for_orders": .text(sells),
                    "message": .text(
                        "insufficient qty available for order (requested: \(order.quantity), "
                            + "available: \(free))"), "symbol": .text(instrument.symbol),
                ])
        case let reason: return .invalid("order refused: \(reason)")
        }
    }

    // MARK: Cancel and replace

    func cancel(_ place: Int, generation: Int) throws(AlpacaError) {
        let order = ledger.book[place]
        guard order.state == .open, generation == order.generations.count - 1 else {
            let state = status(order, generation)
            throw .invalid("order is already in \"\(state)\" state")
        }
        guard !faults.hangs(cancelOf: order.id) else { return }
        do { try ledger.cancel(place, actor: "alpaca") } catch { throw AlpacaError(error) }
    }

    func cancelAll() throws(AlpacaError) -> [WireValue] {
        var results: [WireValue] = []
        for place in ledger.book.open {
            let id = ledger.book[place].current.sequence.uuid(Kind.order)
            try cancel(place, generation: ledger.book[place].generations.count - 1)
            results.append(["id": .text(id), "status": 200])
        }
        return results
    }

    /// The terms of the new order by itself: unless stated otherwise, those with which the old
    /// order was created, whatever has filled.
    private func newQuantity(
        _ order: ExchangeOrder, _ body: WireValue, _ instrument: Instrument
    ) throws(AlpacaError) -> Quantity {
        guard !order.words.contains("notional=") else {
            throw .invalid("notional orders cannot be replaced")
        }
        let own = order.own(order.generations.count - 1).quantity
        guard let text = body["qty"]?.string else { return own }
        guard let read = try? Quantity(text), read.raw > 0, read <= Quantity.limit else {
            throw .invalid("qty must be > 0")
        }
        guard instrument.kind == .crypto || (Self.isWhole(read) && Self.isWhole(own)) else {
            throw .invalid("qty of fractional orders cannot be changed")
        }
        return read
    }

    private func replace(
        _ place: Int, generation: Int, _ body: WireValue
    ) throws(AlpacaError) -> WireValue {
        let order = ledger.book[place]
        guard order.state == .open, generation == order.generations.count - 1,
            let instrument = ledger.instrument(order.instrument)
        else { throw .invalid("order is not open") }
        let client = body["client_order_id"]?.string ?? newClientOrder()
        guard ledger.book.find(client: client) == nil else {
            throw AlpacaError(422, 40_010_001, "client_order_id must be unique")
        }
        func level(_ name: String) throws(AlpacaError) -> Price {
            guard let text = body[name]?.string else { return .zero }
            guard let price = try? Price(text), price.raw > 0 else {
                throw .invalid("invalid \(name)")
            }
            try check(price, name, instrument)
            return price
        }
        let quantity = order.filled + (try newQuantity(order, body, instrument))
        let request = OrderReplaceRequested(
            instrument: order.instrument, order: order.id, quantity: quantity,
            limitPrice: try level("limit_price"), stopPrice: try level("stop_price"),
            clientOrder: client, actor: "alpaca")
        let refusal: Refusal?
        do { refusal = try ledger.replace(place, request) } catch { throw AlpacaError(error) }
        if let refusal {
            let asked = OrderRequested(
                instrument: order.instrument, side: order.side, orderType: order.orderType,
                quantity: quantity, timeInForce: order.timeInForce, clientOrder: client,
                actor: "alpaca")
            throw refused(refusal, asked, instrument)
        }
        var taken = ledger.book[place]
        taken.state = .open
        taken.fills.removeAll { $0.generation > generation }
        var value = value(of: taken, generation + 1)
        value.set("status", "accepted")
        return value
    }
}
