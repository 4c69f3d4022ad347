import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerTransport
import LedgerVenues

extension VenueName: ExpressibleByArgument {}

/// Which venue is asked, and where it is.
struct VenueOptions: ParsableArguments {
    @OptionGroup var configurations: ConfigurationOptions
    @Option(help: "Address of the venue instead of the settings', such as http://127.0.0.1:8421.")
    var url: String?

    func client(_ venue: VenueName) throws -> VenueClient {
        let configuration = try configurations.load()
        return try Self.client(venue, configuration, url: url)
    }

    static func client(
        _ venue: VenueName, _ configuration: Configuration, url: String? = nil,
        keys: VenueKeys? = nil
    ) throws -> VenueClient {
        let (trading, data) = addresses(venue, configuration, url: url)
        var settings = VenueClient.Settings(
            venue: venue, trading: trading, data: data,
            keys: try keys ?? KeyFile.keys(of: venue.rawValue, configuration))
        settings.http.authorityFile = configuration["network.ca_file"]
        settings.receiveWindow = Int64(configuration["binance.recv_window_ms"]) ?? 5000
        return VenueClient(settings)
    }

    static func addresses(
        _ venue: VenueName, _ configuration: Configuration, url: String? = nil
    ) -> (trading: String, data: String) {
        func plain(_ text: String) -> String {
            text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        if let url { return (plain(url), plain(url)) }
        switch venue {
        case .alpaca:
            return (
                plain(configuration["alpaca.trading_url"]), plain(configuration["alpaca.data_url"])
            )
        case .binance:
            let address = plain(configuration["binance.rest_url"])
            return (address, address)
        }
    }
}

/// What a venue refused or could not be asked, for a person.
struct VenueTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ venue: VenueName, _ fault: VenueFault) {
        description = "\(venue): " + Self.text(fault)
    }

    static func text(_ fault: VenueFault) -> String {
        switch fault {
        case .authentication(let why): "the venue does not accept the key: \(why)"
        case .refused(let code, let why): "refused with \(code): \(why)"
        case .rateLimited(let after, let why):
            "too many requests, wait \(after.count / 1_000_000_000) s: \(why)"
        case .timestamp(let why): "the clock is off: \(why)"
        case .unknownOutcome(let why), .unreachable(let why): "cannot be reached: \(why)"
        case .closed(let why): "closed: \(why)"
        case .malformed(let why): why
        }
    }
}
