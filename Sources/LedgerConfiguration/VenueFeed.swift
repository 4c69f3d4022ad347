import LedgerDomain
import LedgerEngine
import LedgerSettings

/// An account that needs a gateway: its orders go to a venue outside, or the engine fills them from a venue's
/// market data.
public struct VenueFeed: Sendable {
    /// Its name in `accounts`; nil where one account takes all data of venues.
    public var account: String?
    /// The configuration as it holds for the account.
    public var configuration: Configuration
    /// What the account can trade at its venue.
    public var instruments: [Instrument]
    /// Those whose prices reach the journal through its gateway: an earlier account's gateway at the same
    /// venue brings the others.
    public var brings: [String]

    public var sendsOrders: Bool { configuration[ModeKeys.venue] != ModeKeys.simulated }

    /// The venue's kind: where the orders go, or where the market data come from.
    public var kind: String {
        sendsOrders ? configuration[ModeKeys.venue] : configuration[FeedKeys.venue]
    }

    /// The accounts that need a gateway, in order; one without a name if no more than one does.
    ///
    /// - Throws: `SettingsError` where several venues provide data and an entry of `data` does not name one of
    ///   them, or a strategy trades an instrument in an account whose venue does not have it.
    public static func all(of configuration: Configuration) throws -> [VenueFeed] {
        let settings = configuration.settings
        let sources = try sources(settings)
        let listed = try DataSettings.fromVenue(settings)
        guard sources.count > 1 else {
            return [
                VenueFeed(
                    configuration: configuration, instruments: listed,
                    brings: listed.map(\.symbol))
            ]
        }
        let venues = sources.map(\.venue)
        for entry in settings.entries(.data)
        where try entry[DataKeys.path] == DataKeys.venuePath {
            guard try venues.contains(entry[DataKeys.venue]) else {
                throw entry.error(
                    DataKeys.venue,
                    "'\(try entry[DataKeys.venue])' brings no data; accounts trade at several venues, so "
                        + "name the entry of `venues` whose stream brings them: "
                        + distinct(venues).joined(separator: ", "))
            }
        }
        var feeds: [VenueFeed] = []
        for source in sources {
            var feed = VenueFeed(
                account: source.name, configuration: configuration.view(of: source.id),
                instruments: [], brings: [])
            let kinds = try kinds(of: sources, in: configuration)
            feed.instruments = listed.filter { instrument in
                kinds.contains { $0 == (instrument.venue, feed.kind) }
            }
            let isFirst = !feeds.contains { $0.account != nil && isSame($0, source, sources) }
            feed.brings =
                isFirst ? listed.filter { $0.venue == source.venue }.map(\.symbol) : []
            feeds.append(feed)
        }
        try checkStrategies(settings, feeds)
        return feeds
    }

    /// Accounts at venues outside, and the first account of each simulated venue that names a feed.
    private static func sources(_ settings: Settings) throws -> [Engine.AccountOutline] {
        let fed = try settings.entries(.venues).filter {
            let kind = try $0.given(FeedKeys.ofVenue) ?? FeedKeys.none
            return kind != FeedKeys.none
        }.map { try $0[DeskKeys.venue] }
        var found: [Engine.AccountOutline] = []
        for account in try Engine.accounts(of: settings) {
            let isFed =
                fed.contains(account.venue)
                && !found.contains { !$0.isRemote && $0.venue == account.venue }
            if account.isRemote || isFed { found.append(account) }
        }
        return found
    }

    /// The kind of each venue in the list that a source trades at.
    private static func kinds(
        of sources: [Engine.AccountOutline], in configuration: Configuration
    ) throws -> [(String, String)] {
        sources.map { source in
            let view = VenueFeed(
                configuration: configuration.view(of: source.id), instruments: [], brings: [])
            return (source.venue, view.kind)
        }
    }

    private static func isSame(
        _ feed: VenueFeed, _ source: Engine.AccountOutline, _ sources: [Engine.AccountOutline]
    ) -> Bool {
        sources.first { $0.name == feed.account }?.venue == source.venue
    }

    private static func distinct(_ names: [String]) -> [String] {
        names.indices.filter { !names[..<$0].contains(names[$0]) }.map { names[$0] }
    }

    private static func checkStrategies(_ settings: Settings, _ feeds: [VenueFeed]) throws {
        for entry in settings.entries(.strategies) {
            let named = try entry.accounts
            let symbols = try entry[StrategyKeys.symbols].split(separator: ",").map {
                String($0.trimmed)
            }
            for symbol in symbols {
                for feed in feeds where named.contains(feed.account ?? "") {
                    guard !feed.instruments.contains(where: { $0.isNamed(symbol) }) else {
                        continue
                    }
                    throw entry.error(
                        StrategyKeys.symbols,
                        "'\(symbol)' is not in the data of the venue of account "
                            + "'\(feed.account ?? "")', \(feed.kind)")
                }
            }
        }
    }
}
