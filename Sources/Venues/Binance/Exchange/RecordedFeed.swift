import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerImport
import LedgerReading
import LedgerVenues

/// A recorded Binance web socket: lines of `nanoseconds json`, with the receiver's time and the
/// message. Best quotes and trades become events, depth changes go to clients; other streams are
/// skipped.
struct RecordedFeed: MarketFeed {
    private var lines: SourceLines
    private let instruments: [Instrument]
    /// The venue's last time, because best quotes have none.
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
            guard let recorded = RecordedLine(line),
                let message = try? WireJSON.decode(recorded.message),
                let symbol = (message["data"] ?? message)["s"]?.string, !found.contains(symbol)
            else { continue }
            found.append(symbol)
        }
        return found
    }

    mutating func next() throws -> FeedItem? {
        while let line = try lines.next() {
            guard let recorded = RecordedLine(line) else { throw unreadable }
            // Its clock may have been set back.
            received = max(received, recorded.received)
            if let item = try market(recorded) ?? depth(recorded) { return item }
        }
        return nil
    }

    private var unreadable: InputError {
        InputError("line \(lines.count) of the recording is not a `nanoseconds json` pair")
    }

    /// A trade or best quote, read as a gateway reads it.
    private mutating func market(_ line: RecordedLine) throws -> FeedItem? {
        var reports: [GatewayReport] = []
        do throws(JSONFault) {
            _ = try BinanceMarketStream.read(
                line.message, received: line.received, into: &reports)
        } catch { throw unreadable }
        let (event, time): (MarketEvent, Timestamp)
        switch reports.first {
        case .trade(let symbol, let price, let size, let aggressor, let id, let at):
            guard let instrument = instrument(symbol) else { return nil }
            venueTime = max(venueTime, at)
            let trade = Trade(
                instrument: instrument, aggressor: aggressor, price: price, size: size, tradeId: id)
            (event, time) = (.trade(trade, venueTime), at)
        case .quote(let symbol, let bid, let bidSize, let ask, let askSize, _):
            guard let instrument = instrument(symbol) else { return nil }
            let quote = Quote(
                instrument: instrument, bid: bid, ask: ask, bidSize: bidSize, askSize: askSize)
            (event, time) = (.quote(quote, venueTime), venueTime == .zero ? received : venueTime)
        default: return nil
        }
        return FeedItem(content: .event(event), time: time, received: received)
    }

    private func instrument(_ symbol: String) -> InstrumentID? {
        instruments.first { $0.symbol == symbol }?.id
    }

    /// A change of the order book, or the whole book.
    private mutating func depth(_ line: RecordedLine) throws -> FeedItem? {
        guard let message = try? WireJSON.decode(line.message) else { throw unreadable }
        let data = message["data"] ?? message
        // A whole book names no symbol: the recorder requested only one.
        let isWhole = data["lastUpdateId"] != nil
        guard isWhole || data["e"]?.string == "depthUpdate",
            let symbol = data["s"]?.string ?? (isWhole ? instruments.first?.symbol : nil)
        else { return nil }
        let last = venueTime == .zero ? received : venueTime
        let own = Self.ownTime(data)
        if let own { venueTime = max(venueTime, own) }
        // Its own time if it has one: messages of the same moment may arrive out of order.
        return FeedItem(
            content: .depth(try depth(data, symbol)), time: own ?? last, received: received)
    }

    private static func ownTime(_ data: WireValue) -> Timestamp? {
        guard case .integer(let time)? = data["T"] ?? data["E"], (0..<1 << 43).contains(time) else {
            return nil
        }
        return Timestamp(nanoseconds: time * 1_000_000)
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
}
