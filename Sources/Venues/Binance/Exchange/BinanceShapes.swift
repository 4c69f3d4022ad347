import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Orders, fills and balances in Binance's JSON.
extension BinanceVenue {
    static func status(_ order: ExchangeOrder) -> String {
        switch order.state {
        case .open: order.filled.raw == 0 ? "NEW" : "PARTIALLY_FILLED"
        case .filled: "FILLED"
        case .cancelled where isImmediate(order): "EXPIRED"
        case .cancelled: "CANCELED"
        case .expired: "EXPIRED"
        case .rejected: "REJECTED"
        }
    }

    /// At Binance, what an immediate order does not fill at once expires.
    static func isImmediate(_ order: ExchangeOrder) -> Bool {
        order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
    }

    static func type(_ order: ExchangeOrder) -> String {
        let first = order.words.split(separator: " ").first.map(String.init)
        if let first, !first.isEmpty { return first }
        switch order.orderType {
        case .market: return "MARKET"
        case .limit: return "LIMIT"
        case .stop: return "STOP_LOSS"
        case .stopLimit: return "STOP_LOSS_LIMIT"
        }
    }

    static func name(_ time: TimeInForce) -> String {
        switch time {
        case .day, .goodTillCancelled: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        }
    }

    static func quoteQuantity(_ order: ExchangeOrder) -> WireValue {
        let words = order.words.split(separator: " ")
        let text = words.first { $0.hasPrefix("quote=") }?.dropFirst(6) ?? "0"
        return .eight((try? FixedPoint.parse(Array(text.utf8))) ?? 0)
    }

    private func terms(_ order: ExchangeOrder) -> [WireValue.Member] {
        let current = order.current
        return [
            .init("price", .eight(current.limitPrice)), .init("origQty", .eight(current.quantity)),
            .init("executedQty", .eight(order.filled)),
            .init("origQuoteOrderQty", Self.quoteQuantity(order)),
            .init("cummulativeQuoteQty", .eight(order.value)),
            .init(
                "status",
                .text(
                    order.state == .open && faults.isHanging(order.id)
                        ? "PENDING_CANCEL" : Self.status(order))),
            .init("timeInForce", .text(Self.name(order.timeInForce))),
            .init("type", .text(Self.type(order))),
            .init("side", .text("\(order.side)".uppercased())),
        ]
    }

    private func named(_ order: ExchangeOrder) -> [WireValue.Member] {
        [
            .init("symbol", .text(symbol(of: order.instrument))),
            .init("orderId", .integer(Int64(order.id.number))), .init("orderListId", -1),
            .init("clientOrderId", .text(order.current.clientOrder)),
        ]
    }

    func value(of order: ExchangeOrder) -> WireValue {
        var members = named(order) + terms(order)
        members += [
            .init("stopPrice", .eight(order.current.stopPrice)), .init("icebergQty", "0.00000000"),
            .init("time", .integer(order.createdAt.milliseconds)),
            .init("updateTime", .integer(order.updatedAt.milliseconds)), .init("isWorking", true),
            .init("workingTime", .integer(order.createdAt.milliseconds)),
            .init("selfTradePreventionMode", "EXPIRE_MAKER"),
        ]
        return .object(members)
    }

    /// The answer to a new order: ACK, RESULT or FULL.
    func response(_ order: ExchangeOrder, _ kind: String) -> WireValue {
        var members = named(order)
        members.append(.init("transactTime", .integer(order.updatedAt.milliseconds)))
        guard kind != "ACK" else { return .object(members) }
        members += terms(order)
        if order.current.stopPrice.raw > 0 {
            members.append(.init("stopPrice", .eight(order.current.stopPrice)))
        }
        members += [
            .init("workingTime", .integer(order.createdAt.milliseconds)),
            .init("selfTradePreventionMode", "EXPIRE_MAKER"),
        ]
        guard kind == "FULL" else { return .object(members) }
        let fills = order.fills.map { fill -> WireValue in
            [
                "price": .eight(fill.price), "qty": .eight(fill.quantity),
                "commission": .eight(fill.fee), "commissionAsset": .text(ledger.currency),
                "tradeId": .integer(Int64(fill.sequence.number)),
            ]
        }
        members.append(.init("fills", .array(fills)))
        return .object(members)
    }

    /// The answer to an amendment, which has other names for the quantities.
    func amended(_ order: ExchangeOrder, from name: String) -> WireValue {
        var members = named(order)
        members.insert(.init("origClientOrderId", .text(name)), at: 3)
        let names = [
            "origQty": "qty", "origQuoteOrderQty": "quoteOrderQty",
            "cummulativeQuoteQty": "cumulativeQuoteQty",
        ]
        for member in terms(order) {
            members.append(.init(names[member.name] ?? member.name, member.value))
        }
        members += [
            .init("preventedQty", "0.00000000"),
            .init("workingTime", .integer(order.createdAt.milliseconds)),
            .init("selfTradePreventionMode", "EXPIRE_MAKER"),
        ]
        return [
            "transactTime": .integer(order.updatedAt.milliseconds),
            "executionId": .integer(Int64(order.current.sequence.number)),
            "amendedOrder": .object(members),
        ]
    }

    func cancelResponse(_ order: ExchangeOrder, _ name: String) -> WireValue {
        var value = WireValue.object(named(order))
        value.set("clientOrderId", .text(name))
        value.set("origClientOrderId", .text(order.current.clientOrder))
        value.set("transactTime", .integer(order.updatedAt.milliseconds))
        return .object(
            value.members + terms(order) + [.init("selfTradePreventionMode", "EXPIRE_MAKER")])
    }

    func trade(
        _ fill: ExchangeFill, _ order: ExchangeOrder, _ symbol: BinanceSymbol
    ) -> WireValue {
        [
            "symbol": .text(symbol.name), "id": .integer(Int64(fill.sequence.number)),
            "orderId": .integer(Int64(order.id.number)), "orderListId": -1,
            "price": .eight(fill.price), "qty": .eight(fill.quantity),
            "quoteQty": .eight((try? Money.notional(fill.price, fill.quantity)) ?? .zero),
            "commission": .eight(fill.fee), "commissionAsset": .text(ledger.currency),
            "time": .integer(fill.time.milliseconds), "isBuyer": .bool(order.side == .buy),
            "isMaker": .bool(fill.liquidity == .maker), "isBestMatch": true,
        ]
    }

    // MARK: Account

    /// Each asset with its free quantity and what open orders lock.
    private var balances: [(asset: String, free: Int128, locked: Int128)] {
        let reserved = ledger.reservedCash
        var found = [(ledger.currency, (ledger.cash - reserved).raw, reserved.raw)]
        for (symbol, instrument) in zip(symbols, ledger.instruments) {
            let held = ledger.position(instrument.id)?.quantity ?? .zero
            let locked = min(ledger.book.heldBySells(instrument.id), max(held, .zero))
            found.append((symbol.base, (held - locked).raw, locked.raw))
        }
        return found
    }

    func account() -> WireValue {
        let points = ledger.fee.raw
        // Thousandths of a basis point are 10^-7.
        let rate = WireValue.eight(Int128(points) * 100)
        return [
            "makerCommission": .integer(points / 1000), "takerCommission": .integer(points / 1000),
            "buyerCommission": 0, "sellerCommission": 0,
            "commissionRates": [
                "maker": rate, "taker": rate, "buyer": "0.00000000", "seller": "0.00000000",
            ], "canTrade": true, "canWithdraw": false, "canDeposit": false, "brokered": false,
            "requireSelfTradePrevention": false, "preventSor": false,
            "updateTime": .integer(ledger.lastTime.milliseconds), "accountType": "SPOT",
            "balances": .array(
                balances.map {
                    [
                        "asset": .text($0.asset), "free": .eight($0.free),
                        "locked": .eight($0.locked),
                    ]
                } + faults.extras[.balances]), "permissions": ["SPOT"], "uid": 1,
        ]
    }

    func commission(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (symbol, _) = try symbol(parameters)
        let points = ledger.fee.raw
        let rate = WireValue.eight(Int128(points) * 100)
        let none: WireValue = [
            "maker": "0.00000000", "taker": "0.00000000", "buyer": "0.00000000",
            "seller": "0.00000000",
        ]
        return [
            "symbol": .text(symbol.name),
            "standardCommission": [
                "maker": rate, "taker": rate, "buyer": "0.00000000", "seller": "0.00000000",
            ], "taxCommission": none,
            "discount": [
                "enabledForAccount": false, "enabledForSymbol": false, "discountAsset": "BNB",
                "discount": "0.00000000",
            ],
        ]
    }

    // MARK: User stream

    func accountPosition(_ change: BookChange) -> WireValue {
        let time = ledger.lastTime.milliseconds
        return [
            "e": "outboundAccountPosition", "E": .integer(time), "u": .integer(time),
            "B": .array(
                balances.map {
                    ["a": .text($0.asset), "f": .eight($0.free), "l": .eight($0.locked)]
                }),
        ]
    }

    func executionReport(_ change: BookChange) -> WireValue {
        switch change {
        case .accepted(let place): return report(ledger.book[place], "NEW", nil)
        case .cancelled(let place):
            let order = ledger.book[place]
            return report(order, Self.isImmediate(order) ? "EXPIRED" : "CANCELED", nil)
        case .expired(let place): return report(ledger.book[place], "EXPIRED", nil)
        case .rejected(let place): return report(ledger.book[place], "REJECTED", nil)
        case .replaced(let place): return report(ledger.book[place], "REPLACED", nil)
        case .filled(let place, let index):
            return report(ledger.book[place], "TRADE", index)
        }
    }

    private func report(_ order: ExchangeOrder, _ kind: String, _ index: Int?) -> WireValue {
        let fill = index.map { order.fills[$0] }
        // As it was then; the reports that follow tell what came after.
        let before = order.fills.prefix(
            index.map { $0 + 1 } ?? (kind == "NEW" ? 0 : order.fills.count))
        let filled = before.last?.cumulative ?? .zero
        let value = before.reduce(Money.zero) {
            $0 + ((try? Money.notional($1.price, $1.quantity)) ?? .zero)
        }
        let time = (fill?.time ?? (kind == "NEW" ? order.createdAt : order.updatedAt)).milliseconds
        let isCancel = kind == "CANCELED"
        let status: String
        switch kind {
        case "NEW": status = "NEW"
        case "TRADE": status = filled >= order.current.quantity ? "FILLED" : "PARTIALLY_FILLED"
        default: status = Self.status(order)
        }
        let last = fill.flatMap { try? Money.notional($0.price, $0.quantity) } ?? .zero
        var event: WireValue = [
            "e": "executionReport", "E": .integer(time),
            "s": .text(symbol(of: order.instrument)),
            "c": .text(isCancel ? order.cancelName : order.current.clientOrder),
            "S": .text("\(order.side)".uppercased()), "o": .text(Self.type(order)),
            "f": .text(Self.name(order.timeInForce)), "q": .eight(order.current.quantity),
            "p": .eight(order.current.limitPrice), "P": .eight(order.current.stopPrice),
            "F": "0.00000000", "g": -1, "C": .text(isCancel ? order.current.clientOrder : ""),
            "x": .text(kind), "X": .text(status), "r": "NONE",
            "i": .integer(Int64(order.id.number)), "l": .eight(fill?.quantity ?? .zero),
            "z": .eight(filled), "L": .eight(fill?.price ?? .zero),
            "n": .eight(fill?.fee ?? .zero), "N": fill == nil ? nil : .text(ledger.currency),
            "T": .integer(time), "t": .integer(fill.map { Int64($0.sequence.number) } ?? -1),
            "I": .integer(Int64(fill?.sequence.number ?? order.id.number)),
            "w": .bool(status == "NEW" || status == "PARTIALLY_FILLED"),
            "m": .bool(fill?.liquidity == .maker), "M": false,
            "O": .integer(order.createdAt.milliseconds), "Z": .eight(value), "Y": .eight(last),
            "Q": Self.quoteQuantity(order), "W": .integer(order.createdAt.milliseconds),
            "V": "EXPIRE_MAKER",
        ]
        if kind == "EXPIRED" { event.set("eR", .text(Self.expiryReason(order))) }
        return event
    }

    private static func expiryReason(_ order: ExchangeOrder) -> String {
        switch (order.timeInForce, order.orderType) {
        case (_, .market): "INSUFFICIENT_LIQUIDITY"
        case (.immediateOrCancel, _): "UNFILLED_IOC_QUANTITY_EXPIRED"
        case (.fillOrKill, _): "UNFILLED_FOK_ORDER_EXPIRED"
        default: "EXCHANGE_CANCELED"
        }
    }
}
