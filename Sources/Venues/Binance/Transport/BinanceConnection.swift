import BinanceWire
import LedgerDomain
import LedgerSettings
import LedgerTransport
import LedgerVenues

extension VenueConnection {
    public static let binance = VenueConnection(
        venue: .binance,
        pairing: GatewayPairing.Rules(
            live: [
                "api.binance.com", "api-gcp.binance.com", "api1.binance.com", "api2.binance.com",
                "api3.binance.com", "api4.binance.com", "ws-api.binance.com",
            ],
            paper: [
                "testnet.binance.vision", "ws-api.testnet.binance.vision", "demo-api.binance.com",
                "demo-ws-api.binance.com",
            ]),
        requests: { .binance($0, receiveWindow: $1) },
        settings: { .binance($0, $1) },
        gateway: { (settings) throws(GatewaySettingsError) in try BinanceGateway(settings) },
        questions: VenueQuestions(
            hasPublicClock: true,
            addresses: { settings in
                .init(trading: settings[BinanceKeys.restURL], data: settings[BinanceKeys.restURL])
            },
            receiveWindow: { $0[BinanceKeys.receiveWindow] },
            account: BinanceRequests.account,
            permissions: { client, _ in
                let answer = try? client.ask(KeyPermissions.binanceRequest)
                return answer.flatMap { try? KeyPermissions(binance: $0.body) }
            },
            catalogue: { try exchangeInfo($0, now: $1) }, fees: { try fees($0, of: $1) },
            bars: BarQuestions(
                intervals: [
                    (60, "1m"), (300, "5m"), (900, "15m"), (1800, "30m"), (3600, "1h"),
                    (14_400, "4h"), (86_400, "1d"),
                ], hasTokens: false, read: { try bars($0, $1) }),
            statement: { client, _, currency in try statement(client, currency) }))

    private static func exchangeInfo(
        _ client: VenueClient, now: Timestamp
    ) throws -> VenueCatalogue {
        let info = try BinanceExchangeInfo(client.ask(BinanceRequests.exchangeInfo()).body)
        return VenueCatalogue(
            venue: "binance", source: client.settings.addresses.data,
            madeAt: info.serverTime ?? now, instruments: info.instruments)
    }

    private static func fees(_ client: VenueClient, of symbols: [String]) throws -> [VenueFee] {
        try symbols.flatMap { symbol in
            try BinanceFees.read(client.ask(BinanceRequests.commission(symbol)).body)
        }
    }

    private static func bars(_ client: VenueClient, _ page: BarQuestions.Page) throws -> VenueBars {
        let answer = try client.ask(
            BinanceRequests.klines(
                page.symbol, interval: page.interval, from: page.from,
                to: Timestamp(nanoseconds: page.end.nanoseconds - 1)))
        // The interval decides which of them are closed.
        let far = Timestamp(nanoseconds: .max)
        return VenueBars(try BinanceAnswers.klines(answer.body, symbol: page.symbol, now: far))
    }

    private static func statement(
        _ client: VenueClient, _ currency: String
    ) throws -> VenueAccount {
        let balances = try BinanceAnswers.balances(client.ask(BinanceRequests.account).body)
        var account = try BinanceAnswers.account(balances, quoteAsset: currency)
        let orders = try BinanceAnswers.orders(client.ask(BinanceRequests.openOrders("")).body)
        account.openOrders += orders.elements.map(\.order)
        account.unread += orders.unread
        return account
    }
}

extension GatewaySettings {
    /// Binance's own or test-net addresses and limits: a weight of 6000 per minute.
    public static func binance(_ keys: VenueKeys, isPaper: Bool) -> GatewaySettings {
        let budget = RequestBudget.Rules(perMinute: 5400, burst: 600, reserve: 50)
        guard isPaper else {
            return GatewaySettings(
                restURL: "https://api.binance.com",
                orderStreamURL: "wss://ws-api.binance.com:443/ws-api/v3",
                marketStreamURL: "wss://stream.binance.com:9443", keys: keys, isPaper: false,
                budget: budget)
        }
        return GatewaySettings(
            restURL: "https://testnet.binance.vision",
            orderStreamURL: "wss://ws-api.testnet.binance.vision/ws-api/v3",
            marketStreamURL: "wss://stream.testnet.binance.vision", keys: keys, isPaper: true,
            budget: budget)
    }

    /// From the configuration's settings.
    static func binance(_ checked: CheckedSettings, _ terms: GatewayTerms) -> GatewaySettings {
        var settings = GatewaySettings.binance(terms.keys, isPaper: terms.isPaper)
        settings.restURL = checked[BinanceKeys.restURL]
        settings.marketStreamURL = checked[BinanceKeys.streamURL]
        settings.orderStreamURL = checked[BinanceKeys.orderStreamURL]
        settings.budget = budget(perMinute: checked[BinanceKeys.weightPerMinute])
        settings.receiveWindow = checked[BinanceKeys.receiveWindow]
        settings.quoteAsset = terms.currency
        return settings
    }
}
