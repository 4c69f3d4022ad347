import LedgerDomain
import LedgerImport

/// One message of a feed.
public struct FeedItem {
    public enum Content {
        case event(MarketEvent)
        /// A change in the order book below the best prices: sent to clients, but not used for
        /// matching.
        case depth(DepthUpdate)
    }

    public var content: Content
    /// When it happened, on the venue's clock.
    public var time: Timestamp
    /// When it was received; determines the pace.
    public var received: Timestamp
    /// What clients are told; set when it is sent.
    public var told = Timestamp.zero

    public init(
        content: Content, time: Timestamp, received: Timestamp, told: Timestamp = .zero
    ) {
        (self.content, self.time) = (content, time)
        (self.received, self.told) = (received, told)
    }
}

/// The source of an exchange's prices, in order of `received`.
public protocol MarketFeed {
    /// - Returns: nil at the end.
    mutating func next() throws -> FeedItem?
}

/// Prices posted to the exchange, or none.
public struct SilentFeed: MarketFeed {
    public func next() -> FeedItem? { nil }
}

/// Merges several feeds by time; at equal times, the first one goes first.
public struct MergedFeed: MarketFeed {
    private var feeds: [any MarketFeed]
    private var heads: [FeedItem?] = []

    public init(_ feeds: [any MarketFeed]) { self.feeds = feeds }

    public mutating func next() throws -> FeedItem? {
        if heads.isEmpty {
            for place in feeds.indices { heads.append(try feeds[place].next()) }
        }
        var best: (place: Int, item: FeedItem)?
        for (place, head) in heads.enumerated() {
            guard let head, best.map({ head.received < $0.item.received }) ?? true else { continue }
            best = (place, head)
        }
        guard let best else { return nil }
        heads[best.place] = try feeds[best.place].next()
        return best.item
    }
}

/// A file of bars, quotes or trades, read as in a back-test.
public struct FileMarketFeed: MarketFeed {
    private let file: DataFile

    public init(path: String, format: ImportFormat, instrument: InstrumentID) throws {
        file = try DataFile(path: path, format: format, instrument: instrument)
    }

    public func next() throws -> FeedItem? {
        guard let event = try file.next() else { return nil }
        return FeedItem(content: .event(event), time: event.time, received: event.time)
    }
}
