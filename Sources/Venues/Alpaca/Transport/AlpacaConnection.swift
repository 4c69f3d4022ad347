import AlpacaWire
import LedgerDomain
import LedgerSettings
import LedgerTransport
import LedgerVenues

extension VenueConnection {
    public static let alpaca = VenueConnection(
        venue: .alpaca,
        pairing: GatewayPairing.Rules(
            live: ["api.alpaca.markets"], paper: ["paper-api.alpaca.markets"], liveKey: "AK",
            paperKey: "PK"),
        requests: { keys, _ in .alpaca(keys) },
        settings: { .alpaca($0, $1) },
        gateway: { (settings) throws(GatewaySettingsError) in try AlpacaGateway(settings) },
        questions: VenueQuestions(
            hasPublicClock: false,
            addresses: { settings in
                .init(
                    trading: settings[AlpacaKeys.tradingURL], data: settings[AlpacaKeys.dataURL])
            },
            account: AlpacaRequests.account,
            permissions: { _, account in try? KeyPermissions(alpaca: account.body) },
            catalogue: { try assets($0, now: $1) },
            bars: BarQuestions(
                intervals: [
                    (60, "1Min"), (300, "5Min"), (900, "15Min"), (1800, "30Min"),
                    (3600, "1Hour"), (14_400, "4Hour"), (86_400, "1Day"),
                ], hasTokens: true, read: { try bars($0, $1) }),
            statement: { client, symbols, _ in try statement(client, symbols) }))

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
                page: page.token, adjustment: page.adjustsSplits ? .split : .raw))
        var bars = try AlpacaAnswers.bars(answer.body)
        bars.bars.removeAll { $0.symbol != page.symbol }
        return bars
    }

    private static func statement(
        _ client: VenueClient, _ symbols: [String]
    ) throws -> VenueAccount {
        var account = try AlpacaAnswers.account(client.ask(AlpacaRequests.account).body)
        let positions = try AlpacaAnswers.positions(client.ask(AlpacaRequests.positions).body)
        account.positions = positions.elements.map { $0.named(among: symbols) }
        account.unread += positions.unread
        var after = Timestamp.zero
        while true {
            let orders = try AlpacaAnswers.orders(
                client.ask(AlpacaRequests.openOrders(after: after)).body)
            guard let next = account.add(orders) else { return account }
            after = next
        }
    }
}

extension GatewaySettings {
    /// Alpaca's own addresses and limits: 200 requests per minute.
    ///
    /// - Parameter feed: of its stream of shares: `v2/iex`, `v2/sip`.
    public static func alpaca(
        _ keys: VenueKeys, isPaper: Bool, feed: String = "v2/iex"
    ) -> GatewaySettings {
        let host = isPaper ? "paper-api.alpaca.markets" : "api.alpaca.markets"
        var settings = GatewaySettings(
            restURL: "https://\(host)", orderStreamURL: "wss://\(host)/stream",
            marketStreamURL: "wss://stream.data.alpaca.markets/\(feed)", keys: keys,
            isPaper: isPaper, budget: RequestBudget.Rules(perMinute: 180, burst: 20, reserve: 5))
        settings.dataURL = "https://data.alpaca.markets"
        settings.coinStreamURL = "wss://stream.data.alpaca.markets" + AlpacaRequests.coinStream
        return settings
    }

    /// From the configuration's settings.
    static func alpaca(_ checked: CheckedSettings, _ terms: GatewayTerms) -> GatewaySettings {
        let isPaper = terms.isPaper && checked[AlpacaKeys.paper]
        var settings = GatewaySettings.alpaca(terms.keys, isPaper: isPaper)
        settings.restURL = checked[AlpacaKeys.tradingURL]
        settings.dataURL = checked[AlpacaKeys.dataURL]
        let streams = AlpacaRequests.marketStreams(
            shares: checked[AlpacaKeys.streamURL], coins: checked[AlpacaKeys.coinStreamURL])
        (settings.marketStreamURL, settings.coinStreamURL) = (streams.shares, streams.coins)
        let stream = checked[AlpacaKeys.orderStreamURL]
        settings.orderStreamURL =
            stream.isEmpty ? socketAddress(settings.restURL) + "/stream" : stream
        settings.budget = budget(perMinute: checked[AlpacaKeys.requestsPerMinute])
        // Alpaca refuses a second order with the same client order id, so a late order can only be
        // refused.
        settings.receiveWindow = max(1, terms.timeout.count / 1_000_000)
        return settings
    }

    /// A server's web-socket address.
    private static func socketAddress(_ url: String) -> String {
        url.hasPrefix("http") ? "ws" + url.dropFirst(4) : url
    }
}
