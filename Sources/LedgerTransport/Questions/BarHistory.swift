import LedgerDomain
import LedgerVenues

/// Bars of one symbol from a venue's history, page by page.
public struct BarHistory {
    public let symbol: String
    /// Seconds.
    public let interval: UInt32
    private let client: VenueClient
    private let questions: BarQuestions
    private let name: String
    private let adjustsSplits: Bool

    /// Nil if the venue does not have this interval.
    ///
    /// - Parameter adjustsSplits: prices before a split are in the units after it.
    public init?(
        _ client: VenueClient, symbol: String, interval: UInt32, adjustsSplits: Bool = false
    ) {
        let questions = client.connection.questions.bars
        guard let entry = questions.intervals.first(where: { $0.seconds == interval }) else {
            return nil
        }
        (self.client, self.questions, self.symbol) = (client, questions, symbol)
        (self.interval, name, self.adjustsSplits) = (interval, entry.name, adjustsSplits)
    }

    /// Why bars are in no order; nil if none starts before the one above it. Of bars that run backwards a
    /// reader would keep the first one alone.
    package static func problem(with bars: [VenueBar]) -> String? {
        zip(bars, bars.dropFirst()).first { $1.start < $0.start }.map { before, bar in
            "its bars run backwards in time: \(bar.start) after \(before.start); fetch them from another "
                + "source, or give them as a file with the oldest row first"
        }
    }

    /// Returns the closed bars that start at or after `from` and before `to`, in order, page by
    /// page.
    ///
    /// - Parameters:
    ///   - now: bars that end later are not closed.
    ///   - page: return false to stop.
    public func read(
        from: Timestamp, to: Timestamp, now: Timestamp,
        page: ([VenueBar]) throws -> Bool
    ) throws {
        var start = from
        var token = ""
        while start < to {
            // A token continues the query that returned it.
            let bars = try questions.read(
                client,
                BarQuestions.Page(
                    symbol: symbol, interval: name, from: token.isEmpty ? start : from, end: to,
                    token: token, adjustsSplits: adjustsSplits))
            if let problem = Self.problem(with: bars.bars) { throw VenueFault.malformed(problem) }
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
            // If a page makes no progress, stop, or the query would repeat forever.
            guard last.start >= start else { return }
            start = last.start.advanced(by: Nanoseconds(1_000_000))
            if questions.hasTokens, token.isEmpty { return }
        }
    }
}
