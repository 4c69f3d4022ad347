import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Orders of the spot API.
extension BinanceVenue {
    // MARK: New

    /// The order that the parameters describe, after all filters.
    func order(
        _ parameters: Parameters
    ) throws(BinanceError) -> (OrderRequested, responds: String) {
        let (symbol, instrument) = try symbol(parameters)
        guard let sideName = parameters["side"] else { throw .missing("side") }
        guard let side = Side.allCases.first(where: { "\($0)".uppercased() == sideName }) else {
            throw BinanceError(-1117, "Invalid side.")
        }
        guard let typeName = parameters["type"] else { throw .missing("type") }
        let type: OrderType
        switch typeName {
        case "LIMIT", "LIMIT_MAKER": type = .limit
        case "MARKET": type = .market
        case "STOP_LOSS": type = .stop
        case "STOP_LOSS_LIMIT": type = .stopLimit
        default: throw BinanceError(-1116, "Invalid orderType.")
        }
        let hasLimit = type == .limit || type == .stopLimit
        let limit = try price(parameters, "price", isNeeded: hasLimit)
        let stop = try price(parameters, "stopPrice", isNeeded: type == .stop || type == .stopLimit)
        let client = parameters["newClientOrderId"] ?? newClientOrder()
        guard Self.isName(client) else {
            throw BinanceError(-1100, "Illegal characters found in parameter 'newClientOrderId'.")
        }
        var request = OrderRequested(
            instrument: instrument.id, side: side, orderType: type, quantity: .zero,
            limitPrice: limit, stopPrice: stop,
            timeInForce: try timeInForce(
                parameters, isNeeded: hasLimit && typeName != "LIMIT_MAKER"),
            clientOrder: client, actor: "binance", reason: typeName)
        if let amount = parameters["quoteOrderQty"], type == .market {
            request.reason += " quote=\(amount)"
        }
        request.quantity = try quantity(parameters, request, symbol, instrument)
        let open = ledger.book.openOrders(instrument.id)
        let stops = open.count { ledger.book[$0].current.stopPrice.raw > 0 }
        try symbol.filters.check(
            request, average: averagePrice(instrument), open: (open.count, stops))
        let isPlain = typeName == "MARKET" || typeName == "LIMIT"
        return (request, parameters["newOrderRespType"] ?? (isPlain ? "FULL" : "ACK"))
    }

    static func isName(_ text: String) -> Bool {
        (1...36).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...58).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || [45, 46, 47, 95].contains(byte)
            }
    }

    private func newClientOrder() -> String { "x" + ledger.head.next.number.hex }

    private func price(
        _ parameters: Parameters, _ name: String, isNeeded: Bool
    ) throws(BinanceError) -> Price {
        guard let text = parameters[name] else {
            if isNeeded { throw .missing(name) }
            return .zero
        }
        guard isNeeded else {
            throw BinanceError(-1106, "Parameter '\(name)' sent when not required.")
        }
        return Price(raw: Int64(clamping: try number(text, of: name)))
    }

    private func number(_ text: String, of name: String) throws(BinanceError) -> Int128 {
        let decimals = text.split(separator: ".").dropFirst().first?.utf8.count ?? 0
        guard let raw = try? FixedPoint.parse(Array(text.utf8)), raw > 0 else {
            throw BinanceError(-1100, "Illegal characters found in parameter '\(name)'.")
        }
        guard decimals <= 8 else {
            throw BinanceError(-1111, "Parameter '\(name)' has too much precision.")
        }
        return raw
    }

    private func timeInForce(
        _ parameters: Parameters, isNeeded: Bool
    ) throws(BinanceError) -> TimeInForce {
        switch parameters["timeInForce"] {
        case "GTC": return .goodTillCancelled
        case "IOC": return .immediateOrCancel
        case "FOK": return .fillOrKill
        case nil where !isNeeded: return .goodTillCancelled
        case nil: throw .missing("timeInForce")
        default: throw BinanceError(-1115, "Invalid timeInForce.")
        }
    }

    private func quantity(
        _ parameters: Parameters, _ order: OrderRequested, _ symbol: BinanceSymbol,
        _ instrument: Instrument
    ) throws(BinanceError) -> Quantity {
        if let text = parameters["quantity"] {
            return Quantity(raw: try number(text, of: "quantity"))
        }
        guard order.orderType == .market, let text = parameters["quoteOrderQty"] else {
            throw .missing("quantity")
        }
        let amount = try number(text, of: "quoteOrderQty")
        let quote = ledger.market[instrument.id].quote?.value
        let side = order.side == .buy ? quote?.ask : quote?.bid
        let price = side.flatMap { $0.raw > 0 ? $0 : nil } ?? ledger.market[instrument.id].lastPrice
        guard price.raw > 0,
            let raw = try? FixedPoint.scaled(
                amount, by: Int128(FixedPoint.one), over: Int128(price.raw))
        else { throw .filter("MARKET_LOT_SIZE") }
        return Quantity(raw: raw).truncated(to: symbol.lot)
    }

    /// What the matching engine refuses, after all filters.
    private func check(_ order: OrderRequested) throws(BinanceError) {
        if let other = ledger.book.find(client: order.clientOrder),
            ledger.book[other].state == .open
        {
            throw BinanceError(-2010, "Duplicate order sent.")
        }
        guard let quote = ledger.market[order.instrument].quote?.value else { return }
        let price = order.side == .buy ? quote.ask : quote.bid
        guard price.raw > 0 else { return }
        let crosses =
            order.side == .buy ? order.limitPrice >= price : order.limitPrice <= price
        if order.reason == "LIMIT_MAKER", crosses {
            throw BinanceError(-2010, "Order would immediately match and take.")
        }
        let isTriggered = order.side == .buy ? order.stopPrice <= price : order.stopPrice >= price
        if order.stopPrice.raw > 0, isTriggered {
            throw BinanceError(-2010, "Order would trigger immediately.")
        }
    }

    func newOrder(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (request, responds) = try order(parameters)
        return try place(request, responds)
    }

    private func place(
        _ request: OrderRequested, _ responds: String
    ) throws(BinanceError) -> WireValue {
        try check(request)
        guard !faults.happens(.reject) else {
            throw BinanceError(-2010, "This order was rejected by the exchange.")
        }
        if request.side == .sell, faults.happens(.refuseExit) { throw .filter("NOTIONAL") }
        var request = request
        if request.orderType == .market, faults.happens(.emptyMarket),
            let instrument = ledger.instrument(request.instrument)
        {
            request = request.emptied(
                last: ledger.market[instrument.id].lastPrice, tick: instrument.tick)
        }
        let outcome: ExchangeLedger.Outcome
        do { outcome = try ledger.place(request) } catch { throw BinanceError(error) }
        switch outcome {
        case .taken(let place): return response(ledger.book[place], responds)
        case .refused(let refusal): throw BinanceError(refusal)
        }
    }

    // MARK: Find

    /// Finds the order by number or by name.
    private func find(
        _ parameters: Parameters, id: String = "orderId", name: String = "origClientOrderId"
    ) throws(BinanceError) -> Int? {
        let (_, instrument) = try symbol(parameters)
        var found: Int?
        if let text = parameters[id] {
            guard let number = UInt64(text) else {
                throw BinanceError(-1100, "Illegal characters found in parameter '\(id)'.")
            }
            found = ledger.book.find(sequence: number)?.order
            if let place = found, let client = parameters[name],
                ledger.book[place].current.clientOrder != client
            {
                throw BinanceError(-2039, "Client order ID is not correct for this order ID.")
            }
        } else if let client = parameters[name] {
            found = ledger.book.find(client: client)
        } else {
            throw BinanceError(
                -1102, "Param '\(name)' or '\(id)' must be sent, but both were empty/null!")
        }
        return found.flatMap { ledger.book[$0].instrument == instrument.id ? $0 : nil }
    }

    func queryOrder(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        guard let place = try find(parameters) else { throw .noOrder }
        return value(of: ledger.book[place])
    }

    // MARK: Cancel

    func cancelOrder(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        guard let place = try find(parameters), ledger.book[place].state == .open else {
            throw .unknownOrder
        }
        try checkRestrictions(place, parameters)
        return try cancel(place, name: parameters["newClientOrderId"])
    }

    /// A cancel may be restricted to orders without fills, or to orders with fills.
    private func checkRestrictions(
        _ place: Int, _ parameters: Parameters
    ) throws(BinanceError) {
        let isNew = ledger.book[place].filled.raw == 0
        switch parameters["cancelRestrictions"] {
        case nil: return
        case "ONLY_NEW" where isNew, "ONLY_PARTIALLY_FILLED" where !isNew: return
        case "ONLY_NEW", "ONLY_PARTIALLY_FILLED":
            throw BinanceError(-2011, "Order was not canceled due to cancel restrictions.")
        default:
            throw BinanceError(-1130, "Data sent for parameter 'cancelRestrictions' is not valid.")
        }
    }

    private func cancel(_ place: Int, name: String?) throws(BinanceError) -> WireValue {
        let name = name ?? newClientOrder()
        guard !faults.hangs(cancelOf: ledger.book[place].id) else {
            var value = cancelResponse(ledger.book[place], name)
            value.set("status", "PENDING_CANCEL")
            return value
        }
        do { try ledger.cancel(place, actor: "binance", reason: name) } catch {
            throw BinanceError(error)
        }
        return cancelResponse(ledger.book[place], name)
    }

    func cancelAll(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        let open = ledger.book.openOrders(instrument.id)
        guard !open.isEmpty else { throw .unknownOrder }
        var results: [WireValue] = []
        for place in open { results.append(try cancel(place, name: nil)) }
        return .array(results)
    }

    // MARK: Replace

    func replaceOrder(_ parameters: Parameters) throws(BinanceError) -> Done {
        guard let mode = parameters["cancelReplaceMode"] else {
            throw .missing("cancelReplaceMode")
        }
        guard mode == "STOP_ON_FAILURE" || mode == "ALLOW_FAILURE" else {
            throw BinanceError(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
        }
        // The new order's form and filters are checked before anything is cancelled.
        let (request, responds) = try order(parameters)
        var cancelled: WireValue = nil
        var cancelError: BinanceError?
        do throws(BinanceError) {
            let place = try find(
                parameters, id: "cancelOrderId", name: "cancelOrigClientOrderId")
            guard let place, ledger.book[place].state == .open else { throw .unknownOrder }
            try checkRestrictions(place, parameters)
            cancelled = try cancel(place, name: parameters["cancelNewClientOrderId"])
        } catch { cancelError = error }
        if let cancelError, mode == "STOP_ON_FAILURE" {
            return (
                400,
                Self.replacement(
                    -2022, message: "Order cancel-replace failed.", cancel: "FAILURE",
                    new: "NOT_ATTEMPTED",
                    cancelled: cancelError.value, placed: nil)
            )
        }
        let cancelResult = cancelError == nil ? "SUCCESS" : "FAILURE"
        let cancelValue = cancelError?.value ?? cancelled
        do throws(BinanceError) {
            let placed = try place(request, responds)
            if cancelError != nil {
                return (
                    409,
                    Self.replacement(
                        -2021, message: "Order cancel-replace partially failed.",
                        cancel: cancelResult, new: "SUCCESS",
                        cancelled: cancelValue, placed: placed)
                )
            }
            return (
                200,
                [
                    "cancelResult": "SUCCESS", "newOrderResult": "SUCCESS",
                    "cancelResponse": cancelValue, "newOrderResponse": placed,
                ]
            )
        } catch {
            let isPartial = cancelError == nil
            return (
                isPartial ? 409 : 400,
                Self.replacement(
                    isPartial ? -2021 : -2022,
                    message: isPartial
                        ? "Order cancel-replace partially failed." : "Order cancel-replace failed.",
                    cancel: cancelResult, new: "FAILURE", cancelled: cancelValue,
                    placed: error.value)
            )
        }
    }

    private static func replacement(
        _ code: Int64, message: String, cancel: String, new: String,
        cancelled cancelValue: WireValue,
        placed newValue: WireValue
    ) -> WireValue {
        [
            "code": .integer(code), "msg": .text(message),
            "data": [
                "cancelResult": .text(cancel), "newOrderResult": .text(new),
                "cancelResponse": cancelValue, "newOrderResponse": newValue,
            ],
        ]
    }

    /// Reduces an order; it keeps its number and, if requested, its name.
    func amendOrder(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        guard let place = try find(parameters), ledger.book[place].state == .open else {
            throw .unknownOrder
        }
        let order = ledger.book[place]
        guard let text = parameters["newQty"] else { throw .missing("newQty") }
        let quantity = Quantity(raw: try number(text, of: "newQty"))
        guard quantity != order.current.quantity else {
            throw BinanceError(
                -2038, "The requested action would change no state; rejecting.")
        }
        guard quantity < order.current.quantity else {
            throw BinanceError(-2038, "Order amend (quantity increase) is not supported.")
        }
        // Binance ends such an order; here the request is refused.
        guard quantity > order.filled else {
            throw BinanceError(-2038, "Order amend below what has filled is not offered here.")
        }
        let name = parameters["newClientOrderId"] ?? newClientOrder()
        guard Self.isName(name) else {
            throw BinanceError(-1100, "Illegal characters found in parameter 'newClientOrderId'.")
        }
        let request = OrderReplaceRequested(
            instrument: order.instrument, order: order.id, quantity: quantity, clientOrder: name,
            actor: "binance")
        let refusal: Refusal?
        do { refusal = try ledger.replace(place, request) } catch { throw BinanceError(error) }
        if let refusal { throw BinanceError(refusal) }
        return amended(ledger.book[place], from: order.current.clientOrder)
    }

    // MARK: Lists

    func openOrders(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let others = faults.extras[.orders]
        guard let name = parameters["symbol"] else {
            return .array(ledger.book.open.map { value(of: ledger.book[$0]) } + others)
        }
        let (_, instrument) = try symbol(parameters)
        return .array(
            ledger.book.openOrders(instrument.id).map { value(of: ledger.book[$0]) }
                + others.filter { $0["symbol"]?.string == name })
    }

    func allOrders(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        let limit = try limit(parameters, most: 1000, default: 500)
        var found = ledger.book.orders.filter { $0.instrument == instrument.id }
        let start = Int64(parameters["startTime"] ?? "") ?? .min
        let end = Int64(parameters["endTime"] ?? "") ?? .max
        found.removeAll { $0.createdAt.milliseconds < start || $0.createdAt.milliseconds > end }
        if let text = parameters["orderId"] {
            found.removeAll { $0.id.number < UInt64(text) ?? 0 }
            return .array(found.prefix(limit).map(value))
        }
        return .array(found.suffix(limit).map(value))
    }

    func myTrades(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (symbol, instrument) = try symbol(parameters)
        let limit = try limit(parameters, most: 1000, default: 500)
        let start = Int64(parameters["startTime"] ?? "") ?? .min
        let end = Int64(parameters["endTime"] ?? "") ?? .max
        let wanted = parameters["orderId"].flatMap { UInt64($0) }
        let from = parameters["fromId"].flatMap { UInt64($0) }
        try checkSpan(parameters, alone: from != nil || wanted != nil)
        var found: [WireValue] = []
        for entry in ledger.book.fills {
            let order = ledger.book[entry.order]
            let fill = order.fills[entry.fill]
            guard order.instrument == instrument.id, wanted.map({ $0 == order.id.number }) ?? true,
                from.map({ fill.sequence.number >= $0 }) ?? true,
                (start...max(start, end)).contains(fill.time.milliseconds)
            else { continue }
            found.append(trade(fill, order, symbol))
        }
        let isForward = from != nil || start != .min
        return .array(isForward ? Array(found.prefix(limit)) : found.suffix(limit))
    }

    /// - Parameter alone: whether a parameter is given that cannot be combined with times.
    private func checkSpan(_ parameters: Parameters, alone: Bool) throws(BinanceError) {
        let start = parameters["startTime"].flatMap { Int64($0) }
        let end = parameters["endTime"].flatMap { Int64($0) }
        if alone, start != nil || end != nil {
            throw BinanceError(-1128, "Combination of optional parameters invalid.")
        }
        guard let start, let end else { return }
        guard end.subtractingReportingOverflow(start).partialValue <= 86_400_000 else {
            throw BinanceError(-1127, "More than 24 hours between startTime and endTime.")
        }
    }
}
