import LedgerDomain
import LedgerExchange
import LedgerVenues

/// The requests, available by REST and by the web-socket API.
enum BinanceMethod: CaseIterable {
    case ping, time, exchangeInfo, depth, trades, klines, averagePrice, price, bookTicker, dayTicker
    case account, newOrder, testOrder, cancelOrder, queryOrder, replaceOrder, amendOrder
    case openOrders, cancelAll, allOrders, myTrades, commission
    case newListenKey, keepListenKey, closeListenKey

    /// HTTP method, path after the version, and the web-socket API's name.
    private var names: (method: String, path: String, socket: String) {
        switch self {
        case .ping: ("GET", "ping", "ping")
        case .time: ("GET", "time", "time")
        case .exchangeInfo: ("GET", "exchangeInfo", "exchangeInfo")
        case .depth: ("GET", "depth", "depth")
        case .trades: ("GET", "trades", "trades.recent")
        case .klines: ("GET", "klines", "klines")
        case .averagePrice: ("GET", "avgPrice", "avgPrice")
        case .price: ("GET", "ticker/price", "ticker.price")
        case .bookTicker: ("GET", "ticker/bookTicker", "ticker.book")
        case .dayTicker: ("GET", "ticker/24hr", "ticker.24hr")
        case .account: ("GET", "account", "account.status")
        case .newOrder: ("POST", "order", "order.place")
        case .testOrder: ("POST", "order/test", "order.test")
        case .cancelOrder: ("DELETE", "order", "order.cancel")
        case .queryOrder: ("GET", "order", "order.status")
        case .replaceOrder: ("POST", "order/cancelReplace", "order.cancelReplace")
        case .amendOrder: ("PUT", "order/amend/keepPriority", "order.amend.keepPriority")
        case .openOrders: ("GET", "openOrders", "openOrders.status")
        case .cancelAll: ("DELETE", "openOrders", "openOrders.cancelAll")
        case .allOrders: ("GET", "allOrders", "allOrders")
        case .myTrades: ("GET", "myTrades", "myTrades")
        case .commission: ("GET", "account/commission", "account.commission")
        case .newListenKey: ("POST", "userDataStream", "userDataStream.start")
        case .keepListenKey: ("PUT", "userDataStream", "userDataStream.ping")
        case .closeListenKey: ("DELETE", "userDataStream", "userDataStream.stop")
        }
    }

    init?(_ method: String, path: String) {
        let found = Self.allCases.first { $0.names.method == method && $0.names.path == path }
        guard let found else { return nil }
        self = found
    }

    init?(socket name: String) {
        guard let found = Self.allCases.first(where: { $0.names.socket == name }) else {
            return nil
        }
        self = found
    }

    var needsKey: Bool {
        switch self {
        case .newListenKey, .keepListenKey, .closeListenKey: true
        default: isSigned
        }
    }

    var isSigned: Bool {
        switch self {
        case .account, .newOrder, .testOrder, .cancelOrder, .queryOrder, .replaceOrder,
            .amendOrder, .openOrders, .cancelAll, .allOrders, .myTrades, .commission:
            true
        default: false
        }
    }
}

extension BinanceVenue {
    typealias Done = (status: Int, value: WireValue)

    func run(_ method: BinanceMethod, _ parameters: Parameters) throws(BinanceError) -> Done {
        switch method {
        case .ping, .keepListenKey, .closeListenKey: return (200, [:])
        case .newListenKey: return (200, ["listenKey": .text(newListenKey())])
        case .time: return (200, ["serverTime": .integer(now.milliseconds)])
        case .exchangeInfo: return (200, try exchangeInfo(parameters))
        case .depth: return (200, try depth(parameters))
        case .trades: return (200, try trades(parameters))
        case .klines: return (200, try klines(parameters))
        case .averagePrice: return (200, try average(parameters))
        case .price: return (200, try perSymbol(parameters) { self.lastPrice($0) })
        case .bookTicker: return (200, try perSymbol(parameters) { self.bookTicker($0) })
        case .dayTicker: return (200, try perSymbol(parameters) { self.dayTicker($0) })
        case .account: return (200, account())
        case .commission: return (200, try commission(parameters))
        case .newOrder: return (200, try newOrder(parameters))
        case .testOrder:
            _ = try order(parameters)
            return (200, [:])
        case .cancelOrder: return (200, try cancelOrder(parameters))
        case .queryOrder: return (200, try queryOrder(parameters))
        case .replaceOrder: return try replaceOrder(parameters)
        case .amendOrder: return (200, try amendOrder(parameters))
        case .openOrders: return (200, try openOrders(parameters))
        case .cancelAll: return (200, try cancelAll(parameters))
        case .allOrders: return (200, try allOrders(parameters))
        case .myTrades: return (200, try myTrades(parameters))
        }
    }

    func symbol(_ parameters: Parameters) throws(BinanceError) -> (BinanceSymbol, Instrument) {
        guard let name = parameters["symbol"] else { throw .missing("symbol") }
        guard let symbol = symbols.first(where: { $0.name == name }),
            let instrument = ledger.instrument(symbol: name)
        else { throw .badSymbol }
        return (symbol, instrument)
    }

    func symbol(of id: InstrumentID) -> String { ledger.instrument(id)?.symbol ?? "" }

    /// One object for the requested symbol, otherwise an array of all.
    private func perSymbol(
        _ parameters: Parameters, _ value: (Instrument) -> WireValue
    ) throws(BinanceError) -> WireValue {
        if parameters["symbol"] != nil { return value(try symbol(parameters).1) }
        var wanted: [String]?
        if let text = parameters["symbols"] {
            let list = try? WireJSON.decode(Array(text.utf8))
            wanted = list?.elements.compactMap(\.string) ?? []
        }
        return .array(
            ledger.instruments.filter { wanted?.contains($0.symbol) ?? true }.map(value))
    }
}
