import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// The trading API's paths.
extension AlpacaVenue {
    func trading(_ request: Request, _ parts: [String]) throws(AlpacaError) -> Answer {
        switch (request.method, parts.first, parts.count) {
        case ("GET", "account", 1): return account()
        case ("GET", "account", 2) where parts[1] == "configurations": return configurations()
        case ("PATCH", "account", 2) where parts[1] == "configurations": return configurations()
        case ("GET", "account", 2...3) where parts[1] == "activities":
            return try activities(request, parts.count > 2 ? parts[2] : nil)
        case ("GET", "account", 3) where parts[1] == "portfolio": return portfolio()
        case (_, "orders", 1): return try orders(request)
        case ("GET", "orders:by_client_order_id", 1): return try order(byClient: request)
        case (_, "orders", 2): return try order(request, parts[1])
        case ("GET", "positions", 1):
            return Answer(200, .array(positions().map(\.value) + faults.extras[.positions]))
        case ("DELETE", "positions", 1): return try closeAll(request)
        case ("GET", "positions", 2...3):
            return Answer(200, try position(parts[1...].joined(separator: "/")))
        case ("DELETE", "positions", 2...3):
            return try close(request, parts[1...].joined(separator: "/"))
        case ("GET", "assets", 1): return assets(request)
        case ("GET", "assets", 2...3):
            let name = parts[1...].joined(separator: "/")
            guard let found = instrument(named: name) else {
                throw .missing("asset not found for \(name)")
            }
            return Answer(200, asset(found))
        case ("GET", "clock", 1): return try clock()
        case ("GET", "calendar", 1): return try calendar(request)
        default: throw .missing("endpoint not found")
        }
    }

    // MARK: Account

    private func account() -> Answer {
        let long = ledger.equity - ledger.cash
        let power = ledger.cash - ledger.reservedCash
        var value: WireValue =
            [
                "id": .text(accountID), "account_number": "PA0LOCAL0001", "status": "ACTIVE",
                "crypto_status": "ACTIVE", "currency": "USD", "cash": .text(ledger.cash),
                "equity": .text(ledger.equity), "last_equity": .text(ledger.netDeposits),
                "portfolio_value": .text(ledger.equity), "buying_power": .text(power),
                "regt_buying_power": .text(power), "daytrading_buying_power": "0",
                "non_marginable_buying_power": .text(power), "options_buying_power": "0",
                "long_market_value": .text(max(long, .zero)),
                "short_market_value": .text(min(long, .zero)), "position_market_value": .text(long),
                "initial_margin": "0", "maintenance_margin": "0", "last_maintenance_margin": "0",
                "accrued_fees": "0", "sma": "0", "multiplier": "1", "daytrade_count": 0,
                "pattern_day_trader": false, "trading_blocked": false, "transfers_blocked": false,
                "account_blocked": false, "trade_suspended_by_user": false,
                "shorting_enabled": .bool(ledger.allowsShort), "options_approved_level": "0",
                "options_trading_level": "0", "created_at": .instant(startedAt),
            ]
        for field in faults.extras.fields { value.set(field.name, field.value) }
        return Answer(200, value)
    }

    /// When the account was opened: the journal's first event is older than every order.
    private var startedAt: Timestamp {
        ledger.book.orders.first?.createdAt ?? ledger.lastTime
    }

    private func configurations() -> Answer {
        Answer(
            200,
            [
                "dtbp_check": "entry", "no_shorting": .bool(!ledger.allowsShort),
                "suspend_trade": false, "fractional_trading": true, "max_margin_multiplier": "1",
                "pdt_check": "entry", "trade_confirm_email": "none",
                "ptp_no_exception_entry": false, "max_options_trading_level": 0,
            ])
    }

    private func portfolio() -> Answer {
        let gain = ledger.equity - ledger.netDeposits
        let time = ledger.lastTime.nanoseconds / 1_000_000_000
        return Answer(
            200,
            [
                "timestamp": [.integer(time)], "equity": [.decimal(ledger.equity.raw)],
                "profit_loss": [.decimal(gain.raw)], "profit_loss_pct": [nil],
                "base_value": .decimal(ledger.netDeposits.raw), "timeframe": "1D",
            ])
    }

    // MARK: Assets

    func instrument(named name: String) -> Instrument? {
        if let number = OrderID.number(uuid: name, Kind.asset) {
            return ledger.instrument(InstrumentID(UInt32(clamping: number)))
        }
        // Positions of BTC/USD are called BTCUSD.
        return ledger.instrument(symbol: name)
            ?? ledger.instruments.first { $0.symbol.filter { $0 != "/" } == name }
    }

    func assetID(_ instrument: Instrument) -> String {
        SequenceNumber(UInt64(instrument.id.number)).uuid(Kind.asset)
    }

    func exchange(_ instrument: Instrument) -> String {
        let known = ["AMEX", "ARCA", "BATS", "NYSE", "NASDAQ", "NYSEARCA", "OTC"]
        if instrument.kind == .crypto { return "CRYPTO" }
        return known.contains(instrument.venue) ? instrument.venue : "NASDAQ"
    }

    private func asset(_ instrument: Instrument) -> WireValue {
        let isCrypto = instrument.kind == .crypto
        var value: WireValue = [
            "id": .text(assetID(instrument)), "class": isCrypto ? "crypto" : "us_equity",
            "exchange": .text(exchange(instrument)), "symbol": .text(instrument.symbol),
            "name": .text(instrument.symbol), "status": "active", "tradable": true,
            "marginable": false, "shortable": .bool(ledger.allowsShort && !isCrypto),
            "easy_to_borrow": .bool(ledger.allowsShort && !isCrypto), "fractionable": true,
            "attributes": [],
        ]
        if isCrypto {
            value.set("min_order_size", .text(instrument.lot))
            value.set("min_trade_increment", .text(instrument.lot))
            value.set("price_increment", .text(instrument.tick))
        }
        return value
    }

    private func assets(_ request: Request) -> Answer {
        let kind = request.query["asset_class"]
        let status = request.query["status"] ?? "active"
        let found = ledger.instruments.filter { instrument in
            let name = instrument.kind == .crypto ? "crypto" : "us_equity"
            return status == "active" && (kind == nil || kind == name)
        }
        return Answer(200, .array(found.map(asset)))
    }

    // MARK: Clock

    private func clock() throws(AlpacaError) -> Answer {
        let now = options.keepsFeedTime ? ledger.lastTime : faults.clock.told
        do {
            let current = try TradingCalendar.nyse.session(closingAfter: now)
            let isOpen = current.opens <= now
            let after = try TradingCalendar.nyse.nextSession(opensAtOrAfter: now)
            return Answer(
                200,
                [
                    "timestamp": .instant(now), "is_open": .bool(isOpen || options.feed == .random),
                    "next_open": .instant(after.opens), "next_close": .instant(current.closes),
                ])
        } catch { throw AlpacaError(error) }
    }

    private func calendar(_ request: Request) throws(AlpacaError) -> Answer {
        let today = CivilDate(daysSinceEpoch: faults.clock.told.utcDay)
        let first = try moment(request.query["start"])?.utcDay ?? today.daysSinceEpoch
        let last = try moment(request.query["end"])?.utcDay ?? first + 30
        guard last - first < 20_000 else { throw .invalid("too many days") }
        var days: [WireValue] = []
        for number in first...max(first, last) {
            let day = CivilDate(daysSinceEpoch: number)
            guard let session = try? TradingCalendar.nyse.session(on: day) else { continue }
            days.append([
                "date": .text(day.description), "open": "09:30",
                "close": session.isEarlyClose ? "13:00" : "16:00", "session_open": "0400",
                "session_close": session.isEarlyClose ? "1700" : "2000",
                "settlement_date": .text(day.description),
            ])
        }
        return Answer(200, .array(days))
    }

    // MARK: Positions

    func positions() -> [(symbol: String, value: WireValue)] {
        ledger.instruments.compactMap { instrument in
            value(of: instrument).map { (instrument.symbol, $0) }
        }
    }

    private func position(_ name: String) throws(AlpacaError) -> WireValue {
        guard let instrument = instrument(named: name), let value = value(of: instrument) else {
            throw .missing("position does not exist")
        }
        return value
    }

    private func value(of instrument: Instrument) -> WireValue? {
        guard let position = ledger.position(instrument.id) else { return nil }
        let quantity = position.quantity - coinFees(instrument.id)
        guard quantity.raw != 0 else { return nil }
        let market = ledger.market[instrument.id]
        let price = market.lastPrice
        let worth = (try? Money.notional(price, quantity)) ?? .zero
        let gain = worth - position.cost
        let isLong = quantity.raw > 0
        let held = ledger.book.heldBySells(instrument.id)
        let share = Self.share(gain.raw, of: position.cost.raw)
        let day = market.firstPrice
        let change = Price(raw: price.raw - day.raw)
        let symbol =
            instrument.kind == .crypto ? instrument.symbol.filter { $0 != "/" } : instrument.symbol
        return [
            "asset_id": .text(assetID(instrument)), "symbol": .text(symbol),
            "exchange": .text(exchange(instrument)),
            "asset_class": instrument.kind == .crypto ? "crypto" : "us_equity",
            "asset_marginable": false, "qty": .text(quantity),
            "avg_entry_price": .text(position.averageCost ?? .zero),
            "side": isLong ? "long" : "short", "market_value": .text(worth),
            "cost_basis": .text(position.cost), "unrealized_pl": .text(gain),
            "unrealized_plpc": .text(share), "unrealized_intraday_pl": .text(gain),
            "unrealized_intraday_plpc": .text(share), "current_price": .text(price),
            "lastday_price": .text(day),
            "change_today": .text(
                Self.share(Int128(change.raw), of: Int128(day.raw))),
            "qty_available": .text(isLong ? quantity - held : quantity),
        ]
    }

    /// part / |whole| with nine decimals; 0 if the whole is 0.
    private static func share(_ part: Int128, of whole: Int128) -> Measure {
        .share(part, of: Int128(clamping: whole.magnitude), .halfEven) ?? .zero
    }

    private func closeAll(_ request: Request) throws(AlpacaError) -> Answer {
        if request.query["cancel_orders"] == "true" { _ = try cancelAll() }
        var results: [WireValue] = []
        for (symbol, _) in positions() {
            let name = symbol.filter { $0 != "/" }
            let (status, body): (Int64, WireValue)
            do throws(AlpacaError) {
                (status, body) = (200, try close(symbol, quantity: nil))
            } catch { (status, body) = (Int64(error.status), error.body) }
            results.append(["symbol": .text(name), "status": .integer(status), "body": body])
        }
        return Answer(207, .array(results))
    }

    private func close(_ request: Request, _ name: String) throws(AlpacaError) -> Answer {
        guard let instrument = instrument(named: name),
            let held = ledger.position(instrument.id)?.quantity.magnitude
        else { throw .missing("position does not exist") }
        var quantity: Quantity?
        if let text = request.query["qty"] {
            guard let read = try? Quantity(text), read.raw > 0, read <= held else {
                throw .invalid("qty is invalid")
            }
            quantity = read
        } else if let text = request.query["percentage"] {
            guard let share = try? Price(text), (1...100 * FixedPoint.one) ~= share.raw else {
                throw .invalid("percentage is invalid")
            }
            let part = held.raw * Int128(share.raw) / Int128(100 * FixedPoint.one)
            quantity = Quantity(raw: part).truncated(to: instrument.lot)
        }
        return Answer(200, try close(instrument.symbol, quantity: quantity))
    }

    private func close(_ symbol: String, quantity: Quantity?) throws(AlpacaError) -> WireValue {
        guard let instrument = ledger.instrument(symbol: symbol),
            let position = ledger.position(instrument.id)
        else { throw .missing("position does not exist") }
        let order = OrderRequested(
            instrument: instrument.id, side: position.quantity.raw > 0 ? .sell : .buy,
            orderType: .market, quantity: quantity ?? position.quantity.magnitude,
            timeInForce: instrument.kind == .crypto ? .goodTillCancelled : .day,
            clientOrder: newClientOrder(), actor: "alpaca", reason: "close")
        return try submit(order, instrument)
    }
}
