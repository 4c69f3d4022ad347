import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerLive
import LedgerTransport
import LedgerVenues
import VenueNetwork
import VenueRegister

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
            return try recorded(
                recording, feed: configuration["feed.venue"],
                refresh: Nanoseconds.milliseconds(seconds * 1000))
        }
        let kind = configuration["venue.kind"]
        let name = kind == "simulated" ? configuration["feed.venue"] : kind
        guard let connection = ConnectedVenues.named(name) else {
            throw CommandError(
                "data come from a venue and none is named: set feed.venue, or venue.kind")
        }
        let symbols = try DataSettings.fromVenue(configuration.settings).count
        if let most = connection.venue.capabilities.symbolsPerConnection, symbols > most {
            throw CommandError(
                "\(name) brings market data of \(most) symbols over one connection, and the "
                    + "configuration names \(symbols): name fewer, or run them apart")
        }
        return try connection.gateway(settings(connection, configuration, times))
    }

    /// A recording is of the venue that `feed.venue` names, or else of the first that has any.
    private static func recorded(
        _ path: String, feed: String, refresh: Nanoseconds
    ) throws -> RecordedGateway {
        let venues = [KnownVenues.named(feed)].compactMap { $0 } + KnownVenues.all
        guard let venue = venues.first(where: { $0.recording != nil }),
            let reader = venue.recording
        else { throw CommandError("no venue has recordings that can be read") }
        return try RecordedGateway(path: path, of: venue, reader: reader, refresh: refresh)
    }

    static func settings(
        _ connection: VenueConnection, _ configuration: Configuration, _ times: OrderTimes? = nil
    ) throws -> GatewaySettings {
        func number(_ key: String) -> Int64 { Int64(configuration[key]) ?? 0 }
        func seconds(_ key: String) throws -> Nanoseconds {
            Nanoseconds(try Price(configuration[key]).raw)
        }
        let value = { (key: String) in configuration[key] }
        var keys = try KeyFile.keys(of: connection.name, configuration)
        if !keys.areComplete, isLoopback(connection.questions.addresses(value).trading) {
            // What the local exchange asks for unless it is told otherwise.
            keys = VenueKeys(key: Secret("local-key"), secret: Secret("local-secret"))
        }
        var settings = connection.settings(value, keys)
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

    private static func isLoopback(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "https://localhost:"].contains {
            url.hasPrefix($0)
        }
    }
}
