import LedgerDomain
import LedgerDrivers
import LedgerEvents
import LedgerImport
import LedgerVenues

/// A recorded Binance web socket: lines of `nanoseconds json`, the receiver's time and the message. Best
/// quotes and trades become events, changes of depth go to clients; other streams are passed over.
struct RecordedFeed: MarketFeed {
    private var lines: SourceLines
    private let instruments: [Instrument]
    /// The venue's last time: best quotes bear none.
    private var venueTime = Timestamp.zero
    private var received = Timestamp.zero

    init(path: String, instruments: [Instrument]) throws {
        lines = SourceLines(try ByteSource(path: path))
        self.instruments = instruments
    }

    /// The symbols in the first `count` lines.
    static func symbols(path: String, lines count: Int = 500) throws -> [String] {
        var lines = SourceLines(try ByteSource(path: path))
        var found: [String] = []
        for _ in 0..<count {
            guard let line = try lines.next() else { break }
            guard let (_, message) = split(line),
                let symbol = (message["data"] ?? message)["s"]?.string, !found.contains(symbol)
            else { continue }
            found.append(symbol)
        }
        return found
    }

    mutating func next() throws -> FeedItem? {
        while let line = try lines.next() {
            guard let (time, message) = Self.split(line) else {
                throw InputError(
                    "line \(lines.count) of the recording is no `nanoseconds json` pair")
            }
            // Its clock may have been set back.
            received = max(received, time)
            let data = message["data"] ?? message
            // A whole book names no symbol: the recorder asked for the only one.
            let isWhole = data["lastUpdateId"] != nil
            guard let symbol = data["s"]?.string ?? (isWhole ? instruments.first?.symbol : nil),
                let content = try content(data, symbol)
            else { continue }
            // Its own time where it has one: messages of one moment may come out of order.
            let last = venueTime == .zero ? received : venueTime
            return FeedItem(
                content: content, time: Self.ownTime(data) ?? last, received: received)
        }
        return nil
    }

    private static func ownTime(_ data: WireValue) -> Timestamp? {
        guard case .integer(let time)? = data["T"] ?? data["E"], (0..<1 << 43).contains(time) else {
            return nil
        }
        return Timestamp(nanoseconds: time * 1_000_000)
    }

    private static func split(_ line: [UInt8]) -> (Timestamp, WireValue)? {
        guard let space = line.firstIndex(of: 32),
            let time = Int64(String(decoding: line[..<space], as: UTF8.self)),
            let message = try? WireJSON.decode(Array(line[(space + 1)...]))
        else { return nil }
        return (Timestamp(nanoseconds: time), message)
    }

    private mutating func content(
        _ data: WireValue, _ symbol: String
    ) throws -> FeedItem.Content? {
        if let time = Self.ownTime(data) { venueTime = max(venueTime, time) }
        if data["e"]?.string == "depthUpdate" || data["lastUpdateId"] != nil {
            return .depth(try depth(data, symbol))
        }
        guard let instrument = instruments.first(where: { $0.symbol == symbol })?.id else {
            return nil
        }
        if data["e"]?.string == "trade" {
            let isSell = data["m"]?.flag ?? false
            guard case .integer(let id)? = data["t"] else { return nil }
            let trade = Trade(
                instrument: instrument, aggressor: isSell ? .sell : .buy,
                price: try price(data, "p"), size: try quantity(data, "q"),
                tradeId: UInt64(clamping: id))
            return .event(.trade(trade, venueTime))
        }
        guard data["e"] == nil, data["b"]?.string != nil, data["a"]?.string != nil else {
            return nil
        }
        let quote = Quote(
            instrument: instrument, bid: try price(data, "b"), ask: try price(data, "a"),
            bidSize: try quantity(data, "B"), askSize: try quantity(data, "A"))
        return .event(.quote(quote, venueTime))
    }

    private func depth(_ data: WireValue, _ symbol: String) throws -> DepthUpdate {
        func side(_ name: String) throws -> [DepthUpdate.Level] {
            try (data[name]?.elements ?? []).compactMap { level in
                let pair = level.elements
                guard pair.count >= 2, let price = pair[0].string, let size = pair[1].string else {
                    return nil
                }
                return .init(price: try Price(price), quantity: try Quantity(size))
            }
        }
        if case .integer(let last)? = data["lastUpdateId"] {
            return DepthUpdate(
                symbol: symbol, first: last, last: last, bids: try side("bids"),
                asks: try side("asks"), isWhole: true)
        }
        guard case .integer(let first)? = data["U"], case .integer(let last)? = data["u"] else {
            throw InputError("line \(lines.count) of the recording: a depth without numbers")
        }
        return DepthUpdate(
            symbol: symbol, first: first, last: last, bids: try side("b"), asks: try side("a"))
    }

    private func price(_ data: WireValue, _ name: String) throws -> Price {
        try Price(data[name]?.string ?? "")
    }

    private func quantity(_ data: WireValue, _ name: String) throws -> Quantity {
        try Quantity(data[name]?.string ?? "")
    }
}
