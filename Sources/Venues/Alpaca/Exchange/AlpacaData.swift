import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Historical and latest market data, as far back as the exchange keeps them.
extension AlpacaVenue {
    func quote(_ quote: Quote, _ time: Timestamp, _ isCrypto: Bool) -> WireValue {
        if isCrypto {
            return [
                "t": .instant(time), "bp": .number(quote.bid), "bs": .number(quote.bidSize),
                "ap": .number(quote.ask), "as": .number(quote.askSize),
            ]
        }
        return [
            "t": .instant(time), "ax": "V", "ap": .number(quote.ask), "as": .number(quote.askSize),
            "bx": "V", "bp": .number(quote.bid), "bs": .number(quote.bidSize), "c": ["R"],
            "z": "C",
        ]
    }

    func trade(_ trade: Trade, _ time: Timestamp, _ isCrypto: Bool) -> WireValue {
        let id = WireValue.integer(Int64(clamping: trade.tradeId))
        if isCrypto {
            return [
                "t": .instant(time), "p": .number(trade.price), "s": .number(trade.size),
                "tks": trade.aggressor == .sell ? "S" : "B", "i": id,
            ]
        }
        return [
            "t": .instant(time), "x": "V", "p": .number(trade.price), "s": .number(trade.size),
            "c": ["@"], "i": id, "z": "C",
        ]
    }

    /// Alpaca stamps a bar with its start.
    func bar(_ bar: Bar, _ end: Timestamp) -> WireValue {
        let start = end.advanced(by: Nanoseconds(-Int64(bar.interval) * 1_000_000_000))
        let sum = Int128(bar.high.raw) + Int128(bar.low.raw) + Int128(bar.close.raw)
        return [
            "t": .instant(start), "o": .number(bar.open), "h": .number(bar.high),
            "l": .number(bar.low), "c": .number(bar.close), "v": .number(bar.volume), "n": 1,
            "vw": .decimal(FixedPoint.dividedHalfEven(sum, by: 3)),
        ]
    }

    func data(
        _ request: Request, _ parts: [String], isCrypto: Bool
    ) throws(AlpacaError) -> Answer {
        guard request.method == "GET" else { throw AlpacaError(405, 40_510_000, "use GET") }
        var parts = parts
        var single: String?
        // Crypto uses latest/bars, stocks use bars/latest.
        if parts.first == "latest" { parts = Array(parts.dropFirst()) + ["latest"] }
        let kinds = ["bars", "quotes", "trades", "snapshots", "snapshot"]
        if let first = parts.first, !kinds.contains(first) {
            single = first
            parts.removeFirst()
        }
        guard let kind = parts.first else { throw .missing("endpoint not found") }
        let symbols =
            single.map { [$0] }
            ?? (request.query["symbols"] ?? "").split(separator: ",").map(String.init)
        guard !symbols.isEmpty else {
            throw AlpacaError(400, body: ["message": "symbols is required"])
        }
        var known: [Instrument] = []
        for symbol in symbols.sorted() {
            guard let instrument = ledger.instrument(symbol: symbol),
                (instrument.kind == .crypto) == isCrypto
            else { continue }
            known.append(instrument)
        }
        if kind.hasPrefix("snapshot") {
            return snapshots(known, isCrypto: isCrypto, isSingle: single != nil)
        }
        if parts.last == "latest" { return try latest(kind, known, isCrypto, single) }
        return try history(kind, request, known, isCrypto, single)
    }

    private func latest(
        _ kind: String, _ known: [Instrument], _ isCrypto: Bool, _ single: String?
    ) throws(AlpacaError) -> Answer {
        var members: [WireValue.Member] = []
        for instrument in known {
            let market = ledger.market[instrument.id]
            let value: WireValue?
            switch kind {
            case "bars":
                value = (market.minutes.last ?? market.longer.last).map { bar($0.value, $0.time) }
            case "quotes": value = market.quote.map { quote($0.value, $0.time, isCrypto) }
            case "trades": value = market.trade.map { trade($0.value, $0.time, isCrypto) }
            default: throw .missing("endpoint not found")
            }
            if let value { members.append(.init(instrument.symbol, value)) }
        }
        guard let single else { return Answer(200, .object([.init(kind, .object(members))])) }
        let name = String(kind.dropLast())
        return Answer(
            200, ["symbol": .text(single), name: members.first?.value ?? nil])
    }

    private func snapshots(
        _ known: [Instrument], isCrypto: Bool, isSingle: Bool
    ) -> Answer {
        var members: [WireValue.Member] = []
        for instrument in known {
            let market = ledger.market[instrument.id]
            let days = market.bars(seconds: 86_400)
            var parts: [WireValue.Member] = []
            if let last = market.trade {
                parts.append(.init("latestTrade", trade(last.value, last.time, isCrypto)))
            }
            if let last = market.quote {
                parts.append(.init("latestQuote", quote(last.value, last.time, isCrypto)))
            }
            if let last = market.minutes.last ?? market.forming {
                parts.append(.init("minuteBar", bar(last.value, last.time)))
            }
            if let last = days.last { parts.append(.init("dailyBar", bar(last.value, last.time))) }
            if let last = days.dropLast().last {
                parts.append(.init("prevDailyBar", bar(last.value, last.time)))
            }
            if !parts.isEmpty { members.append(.init(instrument.symbol, .object(parts))) }
        }
        if isSingle, let first = members.first { return Answer(200, first.value) }
        return Answer(
            200, isCrypto ? ["snapshots": .object(members)] : .object(members))
    }

    private struct Row {
        var symbol: String
        var time: Timestamp
        var value: WireValue
    }

    private func history(
        _ kind: String, _ request: Request, _ known: [Instrument], _ isCrypto: Bool,
        _ single: String?
    ) throws(AlpacaError) -> Answer {
        let limit = Int(request.query["limit"] ?? "1000") ?? 0
        guard (1...10_000).contains(limit) else {
            throw AlpacaError(400, body: ["message": "limit must be in range [1,10000]"])
        }
        let start = try moment(request.query["start"]) ?? Timestamp(nanoseconds: .min)
        let end = try moment(request.query["end"]) ?? Timestamp(nanoseconds: .max)
        var rows: [Row] = []
        for instrument in known {
            var found = try self.rows(kind, instrument, isCrypto, request.query["timeframe"])
            found.removeAll { $0.time < start || $0.time > end }
            if request.query["sort"] == "desc" { found.reverse() }
            rows += found
        }
        var first = 0
        if let token = request.query["page_token"] {
            guard let place = place(after: token, rows) else {
                throw AlpacaError(400, body: ["message": "invalid page_token"])
            }
            first = place
        }
        let page = rows[min(first, rows.count)...].prefix(limit)
        let isMore = first + page.count < rows.count
        var members: [WireValue.Member] = []
        for instrument in known {
            let values = page.filter { $0.symbol == instrument.symbol }.map(\.value)
            if !values.isEmpty { members.append(.init(instrument.symbol, .array(values))) }
        }
        let token: WireValue = isMore ? .text(self.token(of: first + page.count - 1, rows)) : nil
        guard let single else {
            return Answer(200, [kind: .object(members), "next_page_token": token])
        }
        return Answer(
            200,
            [
                kind: members.first?.value ?? nil, "symbol": .text(single),
                "next_page_token": token,
            ])
    }

    private func rows(
        _ kind: String, _ instrument: Instrument, _ isCrypto: Bool, _ timeframe: String?
    ) throws(AlpacaError) -> [Row] {
        let market = ledger.market[instrument.id]
        let symbol = instrument.symbol
        switch kind {
        case "bars":
            guard let seconds = Self.seconds(timeframe ?? "1Min") else {
                throw AlpacaError(400, body: ["message": "invalid timeframe"])
            }
            let formingEnd = market.forming?.time ?? Timestamp(nanoseconds: .max)
            return market.bars(seconds: seconds).filter {
                seconds > 60 || $0.time != formingEnd
            }.map { found in
                let start = found.time.advanced(
                    by: Nanoseconds(-Int64(found.value.interval) * 1_000_000_000))
                return Row(symbol: symbol, time: start, value: bar(found.value, found.time))
            }
        case "quotes":
            return market.quotes.map {
                Row(symbol: symbol, time: $0.time, value: quote($0.value, $0.time, isCrypto))
            }
        case "trades":
            return market.trades.map {
                Row(symbol: symbol, time: $0.time, value: trade($0.value, $0.time, isCrypto))
            }
        default: throw .missing("endpoint not found")
        }
    }

    /// `5Min`, `1Hour`, `1Day` in seconds.
    private static func seconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isNumber }
        guard let count = Int64(digits), (1...59).contains(count) else { return nil }
        switch text.dropFirst(digits.count) {
        case "Min", "T": return count * 60
        case "Hour", "H": return count * 3600
        case "Day", "D": return count * 86_400
        case "Week", "W": return count * 604_800
        default: return nil
        }
    }

    func moment(_ text: String?) throws(AlpacaError) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(text) else {
            throw AlpacaError(400, body: ["message": .text("invalid time \(text)")])
        }
        return time
    }

    // A token names the last row returned, so that new rows do not shift pages.

    private func token(of place: Int, _ rows: [Row]) -> String {
        let row = rows[place]
        let same = rows[..<place].count { $0.symbol == row.symbol && $0.time == row.time }
        let text = "\(row.symbol)|\(row.time.nanoseconds)|\(same)"
        return text.utf8.map { String(UInt64($0).hex.suffix(2)) }.joined()
    }

    private func place(after token: String, _ rows: [Row]) -> Int? {
        var bytes: [UInt8] = []
        var rest = token[...]
        while rest.count >= 2 {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "|")
        guard parts.count == 3, let time = Int64(parts[1]), var same = Int(parts[2]),
            same >= 0
        else { return nil }
        for (place, row) in rows.enumerated()
        where row.symbol == parts[0] && row.time.nanoseconds == time {
            if same == 0 { return place + 1 }
            same -= 1
        }
        return nil
    }
}
