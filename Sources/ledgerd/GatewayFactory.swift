import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerLive
import LedgerTransport
import LedgerVenues

/// The gateway that a configuration asks for.
enum GatewayFactory {
    /// - Parameter recording: a recorded web socket instead of a venue.
    static func make(
        _ configuration: Configuration, recording: String? = nil, ordersLeave: Bool = true,
        times: OrderTimes? = nil
    ) throws -> any VenueGateway {
        if let recording {
            guard !ordersLeave || configuration["venue.kind"] == "simulated" else {
                throw CommandError("a recording fills no orders: venue.kind must be simulated")
            }
            let seconds = Int64(configuration["clock_sync.refresh_sec"]) ?? 300
            return try RecordedGateway(path: recording, refresh: .milliseconds(seconds * 1000))
        }
        let kind = configuration["venue.kind"]
        let venue = kind == "simulated" ? configuration["feed.venue"] : kind
        switch venue {
        case "alpaca": return try AlpacaGateway(settings(venue, configuration, times))
        case "binance":
            let settings = try settings(venue, configuration, times)
            // What is beyond it, the venue leaves out without a word.
            let symbols = try DataSettings.fromVenue(configuration.settings).count
            let most = BinanceGateway.mostSymbols(settings)
            guard symbols <= most else {
                throw CommandError(
                    "binance brings market data of \(most) symbols over one connection, and the "
                        + "configuration names \(symbols): name fewer, or run them apart")
            }
            return try BinanceGateway(settings)
        default:
            throw CommandError(
                "data come from a venue and none is named: set feed.venue, or venue.kind")
        }
    }

    static func settings(
        _ venue: String, _ configuration: Configuration, _ times: OrderTimes? = nil
    ) throws -> GatewaySettings {
        func number(_ key: String) -> Int64 { Int64(configuration[key]) ?? 0 }
        func seconds(_ key: String) throws -> Nanoseconds {
            Nanoseconds(try Price(configuration[key]).raw)
        }
        let address = configuration[venue == "alpaca" ? "alpaca.trading_url" : "binance.rest_url"]
        var keys = try KeyFile.keys(of: venue, configuration)
        if !keys.areComplete, isLoopback(address) {
            // What the local exchange asks for unless it is told otherwise.
            keys = VenueKeys(key: Secret("local-key"), secret: Secret("local-secret"))
        }
        let isPaper = configuration["paper"] != "false"
        var settings: GatewaySettings
        if venue == "alpaca" {
            settings = .alpaca(keys, isPaper: isPaper && configuration["alpaca.paper"] != "false")
            settings.restURL = configuration["alpaca.trading_url"]
            settings.dataURL = configuration["alpaca.data_url"]
            settings.marketStreamURL = configuration["alpaca.stream_url"]
            let stream = configuration["alpaca.order_stream_url"]
            settings.budget = budget(number("alpaca.requests_per_minute"))
            // It refuses a second order of one client order id: nothing worse than a refusal can come late.
            settings.receiveWindow = max(1, number("latency.timeout_ms"))
            settings.orderStreamURL =
                stream.isEmpty ? socket(settings.restURL) + "/stream" : stream
        } else {
            settings = .binance(keys, isPaper: isPaper)
            settings.restURL = configuration["binance.rest_url"]
            settings.marketStreamURL = configuration["binance.stream_url"]
            settings.orderStreamURL = configuration["binance.order_stream_url"]
            settings.budget = budget(number("binance.weight_per_minute"))
            settings.receiveWindow = number("binance.recv_window_ms")
            settings.quoteAsset = configuration["account.currency"]
        }
        settings.authorityFile = configuration["network.ca_file"]
        settings.http.timeout = .milliseconds(number("latency.timeout_ms"))
        settings.retries = Int(number("latency.retries"))
        settings.processingLimit = .milliseconds(number("network.processing_limit_ms"))
        settings.backoff = Backoff.Rules(
            base: try seconds("backoff_base_s"), cap: try seconds("max_backoff_s"))
        settings.socket.backoff = settings.backoff
        settings.clock.refresh = .milliseconds(number("clock_sync.refresh_sec") * 1000)
        if let times { settings.onOrderWritten = { times.written($0, at: $1) } }
        settings.seed = UInt64(configuration["seed"]) ?? 0
        return settings
    }

    /// A ninth of a minute's requests at once, and some that questions leave to orders.
    private static func budget(_ perMinute: Int64) -> RequestBudget.Rules {
        let count = Int(perMinute)
        return RequestBudget.Rules(
            perMinute: count, burst: max(1, count / 9), reserve: max(1, count / 100))
    }

    private static func isLoopback(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "https://localhost:"].contains {
            url.hasPrefix($0)
        }
    }

    /// The web socket's address of a server.
    private static func socket(_ url: String) -> String {
        url.hasPrefix("http") ? "ws" + url.dropFirst(4) : url
    }
}
