import BinanceWire
import LedgerConfiguration
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Market data in Binance's JSON.
extension BinanceVenue {
    func exchangeInfo(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let found: WireValue
        if parameters["symbol"] != nil {
            found = [try symbol(parameters).0.value]
        } else if let text = parameters["symbols"] {
            let names = (try? WireJSON.decode(Array(text.utf8)))?.elements.compactMap(\.string)
            let chosen = symbols.filter { names?.contains($0.name) == true }
            guard chosen.count == names?.count else { throw .badSymbol }
            found = .array(chosen.map(\.value))
        } else {
            found = .array(symbols.map(\.value))
        }
        let limit = Int64(options.configuration[BinanceKeys.exchangeLimit])
        return [
            "timezone": "UTC", "serverTime": .integer(now.milliseconds),
            "rateLimits": [
                [
                    "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1,
                    "limit": .integer(limit == 0 ? 1_000_000 : limit),
                ],
                [
                    "rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10,
                    "limit": 100,
                ],
            ], "exchangeFilters": [], "symbols": found,
        ]
    }

    func depth(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        let limit = try limit(parameters, most: 5000, default: 100)
        if let book = ledger.depth[instrument.symbol] {
            return [
                "lastUpdateId": .integer(book.last), "bids": levels(book.bids.prefix(limit)),
                "asks": levels(book.asks.prefix(limit)),
            ]
        }
        guard let quote = ledger.market[instrument.id].quote?.value else {
            return ["lastUpdateId": 0, "bids": [], "asks": []]
        }
        func side(_ price: Price, _ size: Quantity) -> WireValue {
            price.raw == 0 ? [] : levels([.init(price: price, quantity: size)][...])
        }
        return [
            "lastUpdateId": .integer(Int64(ledger.head.number)),
            "bids": side(quote.bid, quote.bidSize), "asks": side(quote.ask, quote.askSize),
        ]
    }

    private func levels(_ levels: ArraySlice<DepthUpdate.Level>) -> WireValue {
        .array(levels.map { [.eight($0.price), .eight($0.quantity)] })
    }

    func trades(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        let limit = try limit(parameters, most: 1000, default: 500)
        let found = ledger.market[instrument.id].trades.suffix(limit)
        return .array(
            found.map { trade in
                let value = (try? Money.notional(trade.value.price, trade.value.size)) ?? .zero
                return [
                    "id": .integer(Int64(clamping: trade.value.tradeId)),
                    "price": .eight(trade.value.price), "qty": .eight(trade.value.size),
                    "quoteQty": .eight(value), "time": .integer(trade.time.milliseconds),
                    "isBuyerMaker": .bool(trade.value.aggressor == .sell), "isBestMatch": true,
                ]
            })
    }

    /// `1m`, `4h`, `1d` in seconds.
    static func seconds(_ text: some StringProtocol) -> Int64? {
        guard let unit = text.last, let count = Int64(text.dropLast()), count > 0, count < 60 else {
            return nil
        }
        switch unit {
        case "s": return count
        case "m": return count * 60
        case "h": return count * 3600
        case "d": return count * 86_400
        case "w": return count * 604_800
        default: return nil
        }
    }

    func klines(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        guard let text = parameters["interval"] else { throw .missing("interval") }
        guard let seconds = Self.seconds(text) else {
            throw BinanceError(-1120, "Invalid interval.")
        }
        let limit = try limit(parameters, most: 1000, default: 500)
        let start = Int64(parameters["startTime"] ?? "") ?? .min
        let end = Int64(parameters["endTime"] ?? "") ?? .max
        var found = ledger.market[instrument.id].bars(seconds: seconds).filter { bar in
            let opened = bar.time.milliseconds - seconds * 1000
            return opened >= start && opened <= end
        }
        found = start == .min ? found.suffix(limit) : Array(found.prefix(limit))
        return .array(
            found.map { bar in
                let value = (try? Money.notional(bar.value.close, bar.value.volume)) ?? .zero
                return [
                    .integer(bar.time.milliseconds - seconds * 1000), .eight(bar.value.open),
                    .eight(bar.value.high), .eight(bar.value.low), .eight(bar.value.close),
                    .eight(bar.value.volume), .integer(bar.time.milliseconds - 1), .eight(value), 1,
                    "0.00000000", "0.00000000", "0",
                ]
            })
    }

    /// The mean of the closes of the last five minutes, or the last price.
    func averagePrice(_ instrument: Instrument) -> Price {
        let market = ledger.market[instrument.id]
        let closes =
            (market.minutes.suffix(4).map(\.value) + [market.forming?.value].compactMap { $0 })
            .map { Int128($0.close.raw) }
        guard !closes.isEmpty else { return market.lastPrice }
        let sum = closes.reduce(0, +)
        return Price(
            raw: Int64(clamping: FixedPoint.dividedHalfEven(sum, by: Int128(closes.count))))
    }

    func average(_ parameters: Parameters) throws(BinanceError) -> WireValue {
        let (_, instrument) = try symbol(parameters)
        return [
            "mins": 5, "price": .eight(averagePrice(instrument)),
            "closeTime": .integer(now.milliseconds),
        ]
    }

    func lastPrice(_ instrument: Instrument) -> WireValue {
        [
            "symbol": .text(instrument.symbol),
            "price": .eight(ledger.market[instrument.id].lastPrice),
        ]
    }

    func bookTicker(_ instrument: Instrument) -> WireValue {
        let quote = ledger.market[instrument.id].quote?.value
        return [
            "symbol": .text(instrument.symbol), "bidPrice": .eight(quote?.bid ?? .zero),
            "bidQty": .eight(quote?.bidSize ?? .zero), "askPrice": .eight(quote?.ask ?? .zero),
            "askQty": .eight(quote?.askSize ?? .zero),
        ]
    }

    func dayTicker(_ instrument: Instrument) -> WireValue {
        let market = ledger.market[instrument.id]
        let bars = market.minutes + [market.forming].compactMap { $0 }
        let open = market.firstPrice
        let last = market.lastPrice
        let volume = bars.reduce(Quantity.zero) { $0 + $1.value.volume }
        let change = Price(raw: last.raw - open.raw)
        let share =
            open.raw == 0
            ? 0
            : (try? FixedPoint.scaled(
                Int128(change.raw), by: 100_000_000_000, over: Int128(open.raw))) ?? 0
        let quote = market.quote?.value
        return [
            "symbol": .text(instrument.symbol), "priceChange": .eight(change),
            "priceChangePercent": .eight(share),
            "weightedAvgPrice": .eight(averagePrice(instrument)),
            "prevClosePrice": .eight(open), "lastPrice": .eight(last),
            "lastQty": .eight(market.trade?.value.size ?? .zero),
            "bidPrice": .eight(quote?.bid ?? .zero), "bidQty": .eight(quote?.bidSize ?? .zero),
            "askPrice": .eight(quote?.ask ?? .zero), "askQty": .eight(quote?.askSize ?? .zero),
            "openPrice": .eight(open),
            "highPrice": .eight(bars.map(\.value.high).max() ?? last),
            "lowPrice": .eight(bars.map(\.value.low).min() ?? last), "volume": .eight(volume),
            "quoteVolume": .eight((try? Money.notional(last, volume)) ?? .zero),
            "openTime": .integer(now.milliseconds - 86_400_000),
            "closeTime": .integer(now.milliseconds),
            "firstId": .integer(Int64(clamping: market.trades.first?.value.tradeId ?? 0)),
            "lastId": .integer(Int64(clamping: market.trade?.value.tradeId ?? 0)),
            "count": .integer(Int64(market.trades.count)),
        ]
    }

    // MARK: Streams

    func bookTicker(_ symbol: String, _ quote: Quote) -> WireValue {
        [
            "u": .integer(Int64(ledger.head.number)), "s": .text(symbol), "b": .eight(quote.bid),
            "B": .eight(quote.bidSize), "a": .eight(quote.ask), "A": .eight(quote.askSize),
        ]
    }

    func tradeEvent(_ symbol: String, _ trade: Trade, _ time: Timestamp) -> WireValue {
        [
            "e": "trade", "E": .integer(time.milliseconds), "s": .text(symbol),
            "t": .integer(Int64(clamping: trade.tradeId)), "p": .eight(trade.price),
            "q": .eight(trade.size), "T": .integer(time.milliseconds),
            "m": .bool(trade.aggressor == .sell), "M": true,
        ]
    }

    func miniTicker(_ symbol: String, _ id: InstrumentID, _ time: Timestamp) -> WireValue {
        let market = ledger.market[id]
        let bar = market.forming?.value
        let last = market.lastPrice
        return [
            "e": "24hrMiniTicker", "E": .integer(time.milliseconds), "s": .text(symbol),
            "c": .eight(last), "o": .eight(market.firstPrice), "h": .eight(bar?.high ?? last),
            "l": .eight(bar?.low ?? last), "v": .eight(bar?.volume ?? .zero),
            "q": .eight((try? Money.notional(last, bar?.volume ?? .zero)) ?? .zero),
        ]
    }

    func depthEvent(_ update: DepthUpdate, _ time: Timestamp) -> WireValue {
        [
            "e": "depthUpdate", "E": .integer(time.milliseconds), "s": .text(update.symbol),
            "U": .integer(update.first), "u": .integer(update.last),
            "b": levels(update.bids[...]), "a": levels(update.asks[...]),
        ]
    }

    /// The interval that ended with `closed`, or the current one; nil if neither belongs to this
    /// stream.
    func kline(
        _ symbol: String, _ id: InstrumentID, _ interval: some StringProtocol, _ time: Timestamp,
        _ closed: Bar?
    ) -> WireValue? {
        guard let seconds = Self.seconds(interval), seconds >= 60 else { return nil }
        let market = ledger.market[id]
        let bar: Timed<Bar>
        if let closed {
            guard Int64(closed.interval) == seconds else { return nil }
            bar = Timed(value: closed, time: time)
        } else {
            guard let last = market.bars(seconds: seconds).last else { return nil }
            bar = last
        }
        let value = (try? Money.notional(bar.value.close, bar.value.volume)) ?? .zero
        return [
            "e": "kline", "E": .integer(time.milliseconds), "s": .text(symbol),
            "k": [
                "t": .integer(bar.time.milliseconds - seconds * 1000),
                "T": .integer(bar.time.milliseconds - 1), "s": .text(symbol),
                "i": .text(String(interval)), "f": 0, "L": 0, "o": .eight(bar.value.open),
                "c": .eight(bar.value.close), "h": .eight(bar.value.high),
                "l": .eight(bar.value.low), "v": .eight(bar.value.volume), "n": 1,
                "x": .bool(closed != nil), "q": .eight(value), "V": "0.00000000",
                "Q": "0.00000000", "B": "0",
            ],
        ]
    }
}
