import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerRunning

/// Where the history of a file ends and a venue's goes on.
@Suite struct HistorySeamTests {
    private func bar(endingAtHour hour: Int64) throws -> BarRecalled {
        let price = try Price("10")
        return BarRecalled(
            instrument: InstrumentID(1), interval: 86_400, open: price, high: price, low: price,
            close: price, volume: try Quantity("5"),
            ended: Timestamp(nanoseconds: hour * 3_600_000_000_000))
    }

    @Test func `a bar of the venue that overlaps the last one of a file is left out and named`()
        throws
    {
        var history = HistoryBars(
            Instrument(
                id: InstrumentID(1), symbol: "A", venue: "", currency: "USD", kind: .equity,
                tick: try Price("0.01"), lot: try Quantity("1"), priceScale: 2, quantityScale: 0))
        // The file has no zone, so that its days end at midnight in UTC; the venue's end at 4.
        try history.add(bar(endingAtHour: 24), of: "file", at: "file:2")
        history.extend(
            with: try [bar(endingAtHour: 28), bar(endingAtHour: 52)], of: "venue")
        #expect(try history.bars == [bar(endingAtHour: 24), bar(endingAtHour: 52)])
        #expect(history.problems.count == 1 && history.problems[0].contains("overlaps"))
    }
}
