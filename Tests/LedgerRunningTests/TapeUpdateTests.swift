import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

/// A tape that is kept current from a venue's history.
@Suite struct TapeUpdateTests {
    private let tape = MemoryJournal()

    /// A tape of two instruments with daily bars until day 9.
    init() throws {
        var batch = Batch(next: .first)
        let start = Envelope(time: Self.midnight(1))
        try batch.append(JournalOpened(kind: .tape, name: "tape", build: ""), start)
        try batch.append(RunStarted(mode: "import", name: "a.csv"), start)
        for number: UInt32 in [1, 2] {
            try batch.append(
                InstrumentDefined(
                    Instrument(
                        id: InstrumentID(number), symbol: number == 1 ? "A" : "B", venue: "",
                        currency: "USD", kind: .crypto, tick: Price(raw: 10_000_000),
                        lot: Quantity(raw: 1), priceScale: 2, quantityScale: 9)), start)
        }
        for day in 0..<9 {
            for number: UInt32 in [1, 2] {
                try Self.append(try Self.bar(day, of: number), to: &batch)
            }
        }
        try batch.append(
            RunEnded(inputs: 18, reason: "end of input"), Envelope(time: Self.midnight(9)))
        try tape.append(&batch)
    }

    private static func midnight(_ day: Int) -> Timestamp { .startOfDay(19_723 + Int64(day)) }

    private static func bar(
        _ day: Int, of number: UInt32 = 1, close: String? = nil
    ) throws -> BarRecalled {
        let price = try Price(close ?? "\(100 + day)")
        return BarRecalled(
            instrument: InstrumentID(number), interval: 86_400, open: price, high: price,
            low: price, close: price, volume: Quantity(raw: 1_000_000_000), ended: midnight(day + 1)
        )
    }

    private static func append(_ bar: BarRecalled, to batch: inout Batch) throws {
        try batch.append(
            Bar(
                instrument: bar.instrument, interval: bar.interval, open: bar.open, high: bar.high,
                low: bar.low, close: bar.close, volume: bar.volume), Envelope(time: bar.ended))
    }

    private static func venue(_ days: Range<Int>, _ numbers: [UInt32] = [1, 2]) throws
        -> [BarRecalled]
    {
        try numbers.flatMap { number in try days.map { try bar($0, of: number) } }
    }

    private func update(_ bars: [BarRecalled]) throws -> Int {
        try TapeUpdate(tape, name: "tape").append(bars, from: "venue")
    }

    @Test func `only what is missing is added, in order of time, and a second update adds nothing`()
        throws
    {
        let update = try TapeUpdate(tape, name: "tape")
        #expect(update.series.map(\.instrument.symbol) == ["A", "B"])
        #expect(update.series.map(\.newest.count) == [4, 4])
        #expect(try self.update(Self.venue(5..<12)) == 6)
        let head = try tape.head.lastSequence
        #expect(try self.update(Self.venue(5..<12)) == 0)
        #expect(try self.update(Self.venue(8..<12)) == 0)
        #expect(try tape.head.lastSequence == head)
        var times: [Timestamp] = []
        try tape.forEachRecord(from: .first, filter: EventFilter([.bar])) { record in
            times.append(record.time)
            return true
        }
        #expect(times == times.sorted() && times.count == 24)
        #expect(try TapeState(tape).unfinished == nil)
    }

    @Test func `a bar that differs is named, and nothing is added`() throws {
        let head = try tape.head.lastSequence
        var bars = try Self.venue(5..<12)
        bars[2] = try Self.bar(7, close: "50")
        let other = #expect(throws: BarDifference.self) { try update(bars) }
        #expect(
            other?.description.contains("the bar of A that ends at 2024-01-09T00:00:00Z") == true)
        #expect(other?.description.contains("tape has open 107") == true)
        let missing = #expect(throws: BarDifference.self) { try update(Self.venue(6..<12)) }
        #expect(missing?.description.contains("venue does not have it") == true)
        var more = try Self.venue(5..<12)
        more[3].ended = more[3].ended.advanced(by: Nanoseconds(-1))
        let extra = #expect(throws: BarDifference.self) { try update(more) }
        #expect(extra?.description.contains("only venue has it") == true)
        #expect(try tape.head.lastSequence == head)
    }

    @Test func `bars before the end of a tape cannot be inserted`() throws {
        #expect(try update(Self.venue(5..<12, [1]) + Self.venue(5..<9, [2])) == 3)
        let late = #expect(throws: InputError.self) {
            try update(Self.venue(8..<12, [1]) + Self.venue(5..<12, [2]))
        }
        #expect(late?.description.contains("the bar of B") == true)
    }
}
