import LedgerDomain
import LedgerVenues

/// Bars of one symbol from a venue's history, page by page.
public struct BarHistory {
    public let symbol: String
    /// Seconds.
    public let interval: UInt32
    private let client: VenueClient
    private let name: String

    private static let names: [(seconds: UInt32, binance: String, alpaca: String)] = [
        (60, "1m", "1Min"), (300, "5m", "5Min"), (900, "15m", "15Min"), (1800, "30m", "30Min"),
        (3600, "1h", "1Hour"), (14_400, "4h", "4Hour"), (86_400, "1d", "1Day"),
    ]

    public static var intervals: [UInt32] { names.map(\.seconds) }

    /// Nil for an interval that venues do not have.
    public init?(_ client: VenueClient, symbol: String, interval: UInt32) {
        guard let entry = Self.names.first(where: { $0.seconds == interval }) else { return nil }
        (self.client, self.symbol, self.interval) = (client, symbol, interval)
        name = client.settings.venue == .binance ? entry.binance : entry.alpaca
    }

    /// Gives every closed bar that begins at or after `from` and before `to`, in order, a page at a time.
    ///
    /// - Parameters:
    ///   - now: bars that end after it are not closed.
    ///   - page: returns false to stop.
    public func read(
        from: Timestamp, to: Timestamp, now: Timestamp,
        page: ([VenueBar]) throws -> Bool
    ) throws {
        var start = from
        var token = ""
        while start < to {
            let bars: VenueBars
            switch client.settings.venue {
            case .binance: bars = try binance(from: start, to: to)
            // A token goes on with the question that it came of.
            case .alpaca: bars = try alpaca(from: token.isEmpty ? start : from, to: to, token)
            }
            let length = Nanoseconds(Int64(interval) * 1_000_000_000)
            let new = bars.bars.filter { bar in
                bar.start >= start && bar.start < to && bar.start.advanced(by: length) <= now
            }
            if !new.isEmpty, try !page(new) { return }
            token = bars.nextPage
            guard let last = bars.bars.last else {
                if token.isEmpty { return }
                continue
            }
            // A venue whose page does not go on would be asked for ever.
            guard last.start >= start else { return }
            start = last.start.advanced(by: Nanoseconds(1_000_000))
            if client.settings.venue == .alpaca, token.isEmpty { return }
        }
    }

    private func binance(from: Timestamp, to: Timestamp) throws -> VenueBars {
        let answer = try client.ask(
            BinanceRequests.klines(
                symbol, interval: name, from: from,
                to: Timestamp(nanoseconds: to.nanoseconds - 1)))
        // Which of them are closed is judged by the interval.
        let far = Timestamp(nanoseconds: .max)
        return VenueBars(try BinanceAnswers.klines(answer.body, symbol: symbol, now: far))
    }

    private func alpaca(from: Timestamp, to: Timestamp, _ token: String) throws -> VenueBars {
        let answer = try client.ask(
            AlpacaRequests.bars(
                symbol, timeframe: name, from: from, to: to, page: token))
        var bars = try AlpacaAnswers.bars(answer.body)
        bars.bars.removeAll { $0.symbol != symbol }
        return bars
    }
}
