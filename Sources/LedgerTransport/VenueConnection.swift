import LedgerDomain
import LedgerSettings
import LedgerVenues

/// How to reach a venue over the network: the other half of its descriptor. Each venue declares
/// one; the list of connected venues contains it.
public struct VenueConnection: Sendable {
    public var venue: VenueDescriptor
    /// Which addresses and keys are live and which are paper (K23).
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

/// What a gateway receives in addition to the venue's own settings.
public struct GatewayTerms: Sendable {
    public var keys: VenueKeys
    /// Whether the configuration selects the paper account.
    public var isPaper: Bool
    /// How long a request may take.
    public var timeout: Nanoseconds
    /// The account's currency.
    public var currency: String

    public init(keys: VenueKeys, isPaper: Bool, timeout: Nanoseconds, currency: String) {
        (self.keys, self.isPaper) = (keys, isPaper)
        (self.timeout, self.currency) = (timeout, currency)
    }
}

extension GatewaySettings {
    /// The budget for this many requests, or this much weight, per minute: a ninth of it at once, of
    /// which a quarter is reserved for orders and an eighth for those that reduce risk.
    public static func budget(perMinute count: Int) -> RequestBudget.Rules {
        let burst = max(1, count / 9)
        return RequestBudget.Rules(
            perMinute: count, burst: burst, reserve: max(1, burst / 4), exitReserve: burst / 8)
    }
}
