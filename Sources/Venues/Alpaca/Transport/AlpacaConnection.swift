import AlpacaWire
import LedgerDomain
import LedgerTransport
import LedgerVenues

extension VenueConnection {
    public static let alpaca = VenueConnection(
        venue: .alpaca,
        pairing: GatewayPairing.Rules(
            live: ["api.alpaca.markets"], paper: ["paper-api.alpaca.markets"], liveKey: "AK",
            paperKey: "PK"),
        requests: { keys, _ in .alpaca(keys) },
        settings: { .alpaca($0, keys: $1) },
        gateway: { (settings) throws(GatewaySettingsError) in try AlpacaGateway(settings) },
        questions: VenueQuestions(
            hasPublicClock: false,
            addresses: { value in
                .init(trading: value("alpaca.trading_url"), data: value("alpaca.data_url"))
            },
            account: AlpacaRequests.account,
            permissions: { _, account in try? KeyPermissions(alpaca: account.body) },
            catalogue: { try assets($0, now: $1) },
            bars: BarQuestions(
                intervals: [
                    (60, "1Min"), (300, "5Min"), (900, "15Min"), (1800, "30Min"),
                    (3600, "1Hour"), (14_400, "4Hour"), (86_400, "1Day"),
                ], hasTokens: true, read: { try bars($0, $1) })))

    private static func assets(_ client: VenueClient, now: Timestamp) throws -> VenueCatalogue {
        var instruments: [VenueInstrument] = []
        for isCrypto in [false, true] {
            let answer = try client.ask(AlpacaRequests.assets(isCrypto: isCrypto))
            for found in try AlpacaAssets(answer.body).instruments
            where !instruments.contains(where: { $0.symbol == found.symbol }) {
                instruments.append(found)
            }
        }
        return VenueCatalogue(
            venue: "alpaca", source: client.settings.addresses.trading, madeAt: now,
            instruments: instruments)
    }

    private static func bars(_ client: VenueClient, _ page: BarQuestions.Page) throws -> VenueBars {
        let answer = try client.ask(
            AlpacaRequests.bars(
                page.symbol, timeframe: page.interval, from: page.from, to: page.end,
                page: page.token))
        var bars = try AlpacaAnswers.bars(answer.body)
        bars.bars.removeAll { $0.symbol != page.symbol }
        return bars
    }
}

extension GatewaySettings {
    /// Alpaca's own addresses and limits: 200 requests a minute.
    ///
    /// - Parameter feed: of its data stream: `v2/iex`, `v2/sip`, `v1beta3/crypto/us`.
    public static func alpaca(
        _ keys: VenueKeys, isPaper: Bool, feed: String = "v2/iex"
    ) -> GatewaySettings {
        let host = isPaper ? "paper-api.alpaca.markets" : "api.alpaca.markets"
        var settings = GatewaySettings(
            restURL: "https://\(host)", orderStreamURL: "wss://\(host)/stream",
            marketStreamURL: "wss://stream.data.alpaca.markets/\(feed)", keys: keys,
            isPaper: isPaper, budget: RequestBudget.Rules(perMinute: 180, burst: 20, reserve: 5))
        settings.dataURL = "https://data.alpaca.markets"
        return settings
    }

    /// By the configuration's settings.
    static func alpaca(_ value: SettingValues, keys: VenueKeys) -> GatewaySettings {
        let isPaper = value("paper") != "false" && value("alpaca.paper") != "false"
        var settings = GatewaySettings.alpaca(keys, isPaper: isPaper)
        settings.restURL = value("alpaca.trading_url")
        settings.dataURL = value("alpaca.data_url")
        settings.marketStreamURL = value("alpaca.stream_url")
        let stream = value("alpaca.order_stream_url")
        settings.orderStreamURL =
            stream.isEmpty ? socketAddress(settings.restURL) + "/stream" : stream
        settings.budget = budget(perMinute: Int64(value("alpaca.requests_per_minute")) ?? 0)
        // Alpaca refuses a second order of one client order id, so a late order can only be refused.
        settings.receiveWindow = max(1, Int64(value("latency.timeout_ms")) ?? 0)
        return settings
    }

    /// The web socket's address of a server.
    private static func socketAddress(_ url: String) -> String {
        url.hasPrefix("http") ? "ws" + url.dropFirst(4) : url
    }
}
