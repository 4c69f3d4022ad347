import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerLive
import LedgerSafety
import LedgerTransport
import LedgerVenues
import VenueNetwork
import VenueRegister

/// The gateway that the configuration describes.
enum GatewayFactory {
    /// - Parameter recording: a recorded web socket to use instead of a venue.
    static func make(
        _ configuration: Configuration, symbols: Int, recording: String? = nil,
        ordersLeave: Bool = true, times: OrderTimes? = nil
    ) throws -> any VenueGateway {
        if let recording {
            guard !ordersLeave || configuration[ModeKeys.venue] == ModeKeys.simulated else {
                throw CommandError("a recording cannot fill orders; set venue.kind to simulated")
            }
            return try recorded(
                recording, feed: configuration[FeedKeys.venue],
                refresh: configuration[ClockKeys.refresh])
        }
        let kind = configuration[ModeKeys.venue]
        let name = kind == ModeKeys.simulated ? configuration[FeedKeys.venue] : kind
        guard let connection = ConnectedVenues.named(name) else {
            throw CommandError(
                "data come from a venue but none is named; set feed.venue or venue.kind")
        }
        if let most = connection.venue.capabilities.symbolsPerConnection, symbols > most {
            throw CommandError(
                "\(name) provides market data for at most \(most) symbols per connection, but the "
                    + "configuration has \(symbols); use fewer, or run several processes")
        }
        return try connection.gateway(settings(connection, configuration, times))
    }

    /// A recording comes from the venue in `feed.venue`, or from the first venue that has
    /// recordings.
    private static func recorded(
        _ path: String, feed: String, refresh: Nanoseconds
    ) throws -> RecordedGateway {
        let venues = [KnownVenues.named(feed)].compactMap { $0 } + KnownVenues.all
        guard let venue = venues.first(where: { $0.recording != nil }),
            let reader = venue.recording
        else { throw CommandError("no venue supports recordings") }
        return try RecordedGateway(path: path, of: venue, reader: reader, refresh: refresh)
    }

    static func settings(
        _ connection: VenueConnection, _ configuration: Configuration, _ times: OrderTimes? = nil
    ) throws -> GatewaySettings {
        let terms = GatewayTerms(
            keys: try keys(connection, configuration), isPaper: configuration[ExecutionKeys.paper],
            timeout: configuration[LatencyKeys.timeout],
            currency: configuration[AccountKeys.currency])
        var settings = connection.settings(configuration.checked, terms)
        settings.authorityFile = configuration[NetworkKeys.caFile]
        settings.http.timeout = configuration[LatencyKeys.timeout]
        settings.retries = configuration[LatencyKeys.retries]
        settings.processingLimit = configuration[NetworkKeys.processingLimit]
        settings.backoff = Backoff.Rules(
            base: configuration[NetworkKeys.backoffBase], cap: configuration[NetworkKeys.maxBackoff]
        )
        settings.socket.backoff = settings.backoff
        settings.clock.refresh = configuration[ClockKeys.refresh]
        if let times { settings.onOrderWritten = { times.written($0, at: $1) } }
        settings.seed = configuration[RunKeys.seed]
        return settings
    }

    /// The keys of the configuration; those that the local exchange expects by default where none
    /// are given and the venue is on this machine.
    static func keys(
        _ connection: VenueConnection, _ configuration: Configuration
    ) throws -> VenueKeys {
        let keys = try KeyFile.keys(of: connection.name, configuration)
        let address = connection.questions.addresses(configuration.checked).trading
        guard !keys.areComplete, isLoopback(address) else { return keys }
        return VenueKeys(key: Secret("local-key"), secret: Secret("local-secret"))
    }

    private static func isLoopback(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "https://localhost:"].contains {
            url.hasPrefix($0)
        }
    }
}
