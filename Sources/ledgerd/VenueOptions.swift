import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerTransport
import LedgerVenues
import VenueNetwork
import VenueRegister

/// A venue, by name.
struct VenueChoice: ExpressibleByArgument {
    let connection: VenueConnection

    init?(argument: String) {
        guard let found = ConnectedVenues.named(argument) else { return nil }
        connection = found
    }

    static var allValueStrings: [String] { KnownVenues.names }
    static var help: ArgumentHelp { "Venue: \(KnownVenues.names.joined(separator: ", "))." }
}

/// The venue that a command asks by default.
struct VenueNameOptions: ParsableArguments {
    @Option(name: .customLong("venue"), help: VenueChoice.help)
    var choice: VenueChoice?

    func connection(_ usual: VenueConnection?) throws -> VenueConnection {
        guard let found = choice?.connection ?? usual else {
            throw ValidationError("give --venue")
        }
        return found
    }
}

extension ConnectedVenues {
    /// The venue whose filters a command fetches by default.
    static func fetching(by command: String) -> VenueConnection? {
        all.first { $0.venue.filters.fetchCommand == command }
    }

    static func title(fetching command: String) -> String {
        fetching(by: command).map { "\($0.venue.title)'s" } ?? "a venue's"
    }

    /// The venue whose fees are fetched by default.
    static var withFees: VenueConnection? { all.first { $0.questions.fees != nil } }
}

/// The address of a venue.
struct VenueOptions: ParsableArguments {
    @OptionGroup var configurations: ConfigurationOptions
    @Option(
        help: "Address of the venue (default: from the settings), such as http://127.0.0.1:8421.")
    var url: String?

    func client(_ venue: VenueConnection) throws -> VenueClient {
        try Self.client(venue, configurations.load(), url: url)
    }

    static func client(
        _ venue: VenueConnection, _ configuration: Configuration, url: String? = nil,
        keys: VenueKeys? = nil
    ) throws -> VenueClient {
        let addresses =
            url.map { VenueClient.Addresses(trading: $0, data: $0) }
            ?? venue.questions.addresses(configuration.checked)
        var settings = VenueClient.Settings(
            addresses: addresses, keys: try keys ?? KeyFile.keys(of: venue.name, configuration))
        settings.http.authorityFile = configuration[NetworkKeys.caFile]
        settings.receiveWindow = venue.questions.receiveWindow(configuration.checked)
        return VenueClient(venue, settings)
    }
}

/// A venue's refusal or a failed request, in words.
struct VenueTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ venue: VenueConnection, _ fault: VenueFault) {
        description = "\(venue.name): " + Self.text(fault)
    }

    static func text(_ fault: VenueFault) -> String {
        switch fault {
        case .authentication(let why): "the venue does not accept the key: \(why)"
        case .refused(let code, let why): "refused with code \(code): \(why)"
        case .rateLimited(let after, let why):
            "too many requests, wait \(after.count / 1_000_000_000) s: \(why)"
        case .timestamp(let why): "the clock is wrong: \(why)"
        case .unknownOutcome(let why), .unreachable(let why): "cannot be reached: \(why)"
        case .closed(let why): "closed: \(why)"
        case .malformed(let why): why
        }
    }
}
