import LedgerDomain
import LedgerEvents
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerVenues

extension VenueHistory {
    /// The history that a venue's client is asked for, adjusted for splits.
    ///
    /// A venue that cannot be reached is asked once.
    public init(_ client: VenueClient) {
        var failure: VenueFault?
        self.init(name: client.connection.name) { question in
            if let failure { throw InputError(failure.text) }
            do { return try Self.bars(client, question) } catch let fault as VenueFault {
                if fault.isPassing { failure = fault }
                throw InputError(fault.text)
            }
        }
    }

    private static func bars(
        _ client: VenueClient, _ question: Question
    ) throws -> [BarRecalled] {
        guard
            let history = BarHistory(
                client, symbol: question.instrument.venueSymbol, interval: question.interval,
                adjustsSplits: true)
        else {
            let known = client.connection.questions.bars.intervals.map { "\($0.seconds)" }
            throw InputError(
                "it has no bars of \(question.interval) seconds; set warmup.interval to one of "
                    + known.joined(separator: ", "))
        }
        let length = Nanoseconds(Int64(question.interval) * 1_000_000_000)
        var bars: [BarRecalled] = []
        // Only bars that are over by then; venues accept milliseconds at most.
        let end = question.to.advanced(by: Nanoseconds(1_000_000 - length.count))
        let start = Timestamp(
            nanoseconds: question.from.nanoseconds.floorDivided(by: 1_000_000) * 1_000_000)
        try history.read(from: start, to: end, now: question.to) { page in
            bars += page.map { bar in
                BarRecalled(
                    instrument: question.instrument.id, interval: question.interval,
                    open: bar.open, high: bar.high, low: bar.low, close: bar.close,
                    volume: bar.volume, ended: bar.start.advanced(by: length))
            }
            return true
        }
        return bars
    }
}
