import LedgerDomain
import LedgerEvents
import LedgerVenues

/// The bodies of Binance's answers.
public enum BinanceAnswers {
    public static func order(_ body: [UInt8]) throws(JSONFault) -> BinanceOrder {
        var json = JSONReader(body)
        let order = try BinanceOrder(&json)
        try json.finish()
        return order
    }

    public static func orders(_ body: [UInt8]) throws(JSONFault) -> VenueList<BinanceOrder> {
        try JSONReader.readable(body, .order) { (json) throws(JSONFault) in
            try BinanceOrder(&json)
        }
    }

    /// One without id, order, symbol, side, price, quantity or time cannot be read.
    public static func fills(_ body: [UInt8]) throws(JSONFault) -> VenueList<BinanceTrade> {
        try JSONReader.readable(body, .activity) { (json) throws(JSONFault) in
            var trade = BinanceTrade()
            try trade.read(&json)
            let fill = trade.fill
            let isNamed = !fill.execution.isEmpty && !fill.venueOrder.isEmpty && trade.hasSide
            guard isNamed, !fill.symbol.isEmpty, fill.quantity > .zero, fill.price > .zero,
                fill.time > .zero
            else {
                throw JSONFault(.missing, at: json.position)
            }
            return trade
        }
    }

    public struct Balance: Hashable, Sendable {
        public var asset: String
        public var free: Quantity
        public var locked: Quantity
        public var total: Quantity { free + locked }
    }

    public static func balances(_ body: [UInt8]) throws(JSONFault) -> VenueList<Balance> {
        var json = JSONReader(body)
        var balances: VenueList<Balance>?
        try json.beginObject()
        while try json.nextField() {
            guard json.isField("balances") else {
                try json.skip()
                continue
            }
            balances = try json.readableList(.position) { (json) throws(JSONFault) in
                try balance(&json)
            }
        }
        try json.finish()
        guard let balances else { throw JSONFault(.missing, at: body.count) }
        return balances
    }

    private static func balance(_ json: inout JSONReader) throws(JSONFault) -> Balance {
        var balance = Balance(asset: "", free: .zero, locked: .zero)
        var seen = 0
        try json.beginObject()
        while try json.nextField() {
            if json.isField("asset") {
                balance.asset = try json.name()
            } else if json.isField("free") {
                (balance.free, seen) = (try json.signedQuantity(), seen + 1)
            } else if json.isField("locked") {
                (balance.locked, seen) = (try json.signedQuantity(), seen + 1)
            } else {
                try json.skip()
            }
        }
        guard !balance.asset.isEmpty, seen == 2 else {
            throw JSONFault(.missing, at: json.position)
        }
        return balance
    }

    /// The balances in the ledger's terms: the quote asset is cash, every other asset a position in
    /// its pair with it. Binance does not value assets, so there is no portfolio value.
    public static func account(
        _ balances: VenueList<Balance>, quoteAsset: String
    ) throws(JSONFault) -> VenueAccount {
        var account = VenueAccount(cash: .zero)
        for var unread in balances.unread {
            // Without its cash an account cannot be compared.
            guard !unread.symbols.contains(quoteAsset) else { throw JSONFault(.outOfRange, at: 0) }
            unread.symbols = unread.symbols.map { $0 + quoteAsset }
            account.unread.append(unread)
        }
        for balance in balances.elements {
            if balance.asset == quoteAsset {
                account.cash = Money(units: balance.total)
                account.buyingPower = Money(units: balance.free)
            } else if balance.total.raw != 0 {
                account.positions.append(
                    VenuePosition(
                        symbol: balance.asset + quoteAsset, quantity: balance.total))
            }
        }
        return account
    }

    public static func time(_ body: [UInt8]) throws(JSONFault) -> Timestamp {
        var json = JSONReader(body)
        var time: Timestamp?
        try json.beginObject()
        while try json.nextField() {
            if json.isField("serverTime") {
                time = try json.milliseconds()
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard let time else { throw JSONFault(.missing, at: body.count) }
        return time
    }

    public static func listenKey(_ body: [UInt8]) throws(JSONFault) -> String {
        var json = JSONReader(body)
        var key = ""
        try json.beginObject()
        while try json.nextField() {
            if json.isField("listenKey") { key = try json.name() } else { try json.skip() }
        }
        try json.finish()
        guard !key.isEmpty else { throw JSONFault(.missing, at: body.count) }
        // It becomes part of an address.
        guard key.utf8.allSatisfy({ $0.isAlphanumeric }) else {
            throw JSONFault(.badText, at: body.count)
        }
        return key
    }

    /// `[[open time, open, high, low, close, volume, close time, …], …]` for one symbol. The last
    /// one on a page may not be closed yet; its close time tells.
    ///
    /// - Parameter now: leaves out bars that close later.
    public static func klines(
        _ body: [UInt8], symbol: String, now: Timestamp
    ) throws(JSONFault) -> [VenueBar] {
        var json = JSONReader(body)
        var bars: [VenueBar] = []
        try json.beginArray()
        while try json.nextElement() {
            var (numbers, times): ([Int128], [Timestamp]) = ([], [])
            var place = 0
            try json.beginArray()
            while try json.nextElement() {
                switch place {
                case 0, 6: times.append(try json.milliseconds())
                case 1...4: numbers.append(Int128(try json.price().raw))
                case 5: numbers.append(try json.quantity().raw)
                default: try json.skip()
                }
                place += 1
            }
            guard times.count == 2, numbers.count == 5 else {
                throw JSONFault(.missing, at: json.position)
            }
            guard times[1] < now else { continue }
            let prices = numbers.map { Price(raw: Int64(clamping: $0)) }
            bars.append(
                VenueBar(
                    symbol: symbol, start: times[0], open: prices[0], high: prices[1],
                    low: prices[2], close: prices[3], volume: Quantity(raw: numbers[4])))
        }
        try json.finish()
        return bars
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
