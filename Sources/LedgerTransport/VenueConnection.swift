import LedgerDomain
import LedgerSettings
import LedgerVenues

/// How a venue is reached over the network: the other half of its descriptor. Each venue declares one, and
/// the list of connected venues names it.
public struct VenueConnection: Sendable {
    public var venue: VenueDescriptor
    /// Which addresses and keys belong to money and which do not (K23).
    public var pairing: GatewayPairing.Rules
    /// How requests are made.
    public var requests: @Sendable (_ keys: VenueKeys, _ receiveWindow: Int64) -> RequestDialect
    /// The venue's own part of a gateway's settings.
    public var settings: @Sendable (CheckedSettings, GatewayTerms) -> GatewaySettings
    public var gateway: @Sendable (GatewaySettings) throws(GatewaySettingsError) -> any VenueGateway
    public var questions: VenueQuestions

    public init(
        venue: VenueDescriptor, pairing: GatewayPairing.Rules,
        requests: @escaping @Sendable (_ keys: VenueKeys, _ receiveWindow: Int64) -> RequestDialect,
        settings: @escaping @Sendable (CheckedSettings, GatewayTerms) -> GatewaySettings,
        gateway:
            @escaping @Sendable (GatewaySettings) throws(GatewaySettingsError) -> any VenueGateway,
        questions: VenueQuestions
    ) {
        (self.venue, self.pairing, self.requests) = (venue, pairing, requests)
        (self.settings, self.gateway, self.questions) = (settings, gateway, questions)
    }

    public var name: String { venue.name }
}

/// What a gateway is told that no setting of its venue says.
public struct GatewayTerms: Sendable {
    public var keys: VenueKeys
    /// Whether the configuration asks for the paper side.
    public var isPaper: Bool
    /// How long a request may take.
    public var timeout: Nanoseconds
    /// The account's.
    public var currency: String

    public init(keys: VenueKeys, isPaper: Bool, timeout: Nanoseconds, currency: String) {
        (self.keys, self.isPaper) = (keys, isPaper)
        (self.timeout, self.currency) = (timeout, currency)
    }
}

extension GatewaySettings {
    /// The budget for so many requests, or so much weight, a minute: a ninth of it at once, and a hundredth
    /// that questions leave to orders.
    public static func budget(perMinute count: Int) -> RequestBudget.Rules {
        RequestBudget.Rules(
            perMinute: count, burst: max(1, count / 9), reserve: max(1, count / 100))
    }
}
