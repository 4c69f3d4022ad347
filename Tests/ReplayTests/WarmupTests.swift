import Foundation
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

/// Back-tests whose decisions begin in the middle of their data.
@Suite struct WarmupTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Days from 2024-01-01 that fall until day 60 and rise then.
    private static func rows(_ days: Range<Int> = 0..<120, halvedFrom split: Int = .max) -> String {
        var text = "time,open,high,low,close,volume\n"
        for day in days {
            let whole = day < 60 ? 400 - 2 * day : 280 + 3 * (day - 60)
            let price = day >= split ? whole / 2 : whole
            text += "\(date(day)),\(price),\(price + 1),\(price - 1),\(price),1000\n"
        }
        return text
    }

    private static func date(_ day: Int) -> String {
        "\(CivilDate(daysSinceEpoch: Int64(19_723 + day)))"
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    }

    private func configuration(
        _ data: [String], _ more: [(key: String, value: String)] = []
    ) throws -> Configuration {
        let entries = data.map { name in
            let isActions = name.hasPrefix("actions")
            return JournalHome.isJournal(folder.path(name))
                ? "  - {path: \(folder.path(name))}"
                : "  - {path: \(folder.path(name)), symbol: A, kind: crypto, tick: 0.01, lot: 1, "
                    + (isActions ? "format: actions, zone: UTC}" : "interval: 86400}")
        }
        return try Configuration(
            path: "run.yaml",
            text: """
                data:
                \(entries.joined(separator: "\n"))
                strategies:
                  - {kind: sma_crossover, symbols: A, fast: 5, slow: 20, quantity: 3, arithmetic: exact}
                """, environment: [:], overrides: more)
    }

    private func run(
        _ data: [String], until: String? = nil, days: Int = 400
    ) throws -> (MemoryJournal, BacktestResult) {
        let journal = MemoryJournal()
        let more = until.map { [("warmup.until", $0), ("warmup.days", "\(days)")] } ?? []
        let result = try Backtest(configuration(data, more)).run(into: journal, named: "run")
        return (journal, result)
    }

    /// What was compared for the first entry, and when.
    private func entry(_ journal: any Journal) throws -> (time: Timestamp, signal: SignalGenerated)
    {
        var found: (Timestamp, SignalGenerated)?
        try journal.forEachRecord(from: .first, filter: EventFilter([.signalGenerated])) { record in
            found = (record.time, try SignalGenerated(record))
            return false
        }
        return try #require(found)
    }

    private func recalled(_ journal: any Journal) throws -> [BarRecalled] {
        var found: [BarRecalled] = []
        try journal.forEachRecord(from: .first, filter: EventFilter([.barRecalled])) { record in
            let bar = try BarRecalled(record)
            #expect(bar.ended < record.time)
            found.append(bar)
            return true
        }
        return found
    }

    @Test func `the first decision sees what it sees with the long data`() throws {
        try write(Self.rows(), "a.csv")
        let (long, _) = try run(["a.csv"])
        let (warm, result) = try run(["a.csv"], until: Self.date(60))
        let (whole, part) = (try entry(long), try entry(warm))
        #expect(whole.time == part.time && whole.signal == part.signal)
        // The bar of day 59 ends with the first moment of day 60 and is the first that decides.
        #expect(try recalled(warm).count == 59)
        #expect(result.first == Timestamp(Self.date(60)))
        #expect(
            result.warmup?.lines == [
                "warmed up with 59 bars of 1 symbol from 2024-01-02T00:00:00Z to "
                    + "2024-02-29T00:00:00Z, source \(folder.path("a.csv"))"
            ])
        // Too short a history is filled by what comes.
        let (short, _) = try run(["a.csv"], until: Self.date(60), days: 10)
        #expect(try recalled(short).count == 9)
        let replay = try Replay(warm).run(from: .first)
        #expect(replay.divergence == nil && replay.compared > 0)
    }

    private func makeTape() throws {
        let tape = try LMDBJournal.create(directory: folder.path("tape"))
        let data = try DataSettings(configuration(["a.csv"]).settings.entry(.data, 0))
        _ = try TapeImport(tape, name: "tape", instrument: data.instrument)
            .append([folder.path("a.csv")], format: data.format)
    }

    @Test func `a tape warms up as its file does`() throws {
        try write(Self.rows(), "a.csv")
        try makeTape()
        let (file, _) = try run(["a.csv"], until: Self.date(60))
        let (warm, _) = try run(["tape"], until: Self.date(60))
        #expect(try entry(warm).signal == entry(file).signal)
        #expect(try recalled(warm) == recalled(file))
    }

    @Test func `history before a split is in the units after it`() throws {
        try write(Self.rows(halvedFrom: 50), "a.csv")
        try write(
            "Symbol,Date,Action,Value\nA,\(Self.date(50)),split,2:1\n", "actions.csv")
        let (long, _) = try run(["a.csv", "actions.csv"])
        let (warm, _) = try run(["a.csv", "actions.csv"], until: Self.date(60))
        #expect(try entry(warm).signal == entry(long).signal)
        let bars = try recalled(warm)
        #expect(bars.prefix(2).map { "\($0.close)" } == ["200", "199"])
        #expect(bars.first.map { "\($0.volume)" } == "2000")
    }

    @Test func `bars of two files may overlap, but not contradict each other`() throws {
        try write(Self.rows(0..<40), "a.csv")
        try write(Self.rows(30..<120), "b.csv")
        let (both, _) = try run(["a.csv", "b.csv"], until: Self.date(60))
        #expect(try recalled(both).count == 59)
        let other = Self.rows(30..<120).replacingOccurrences(of: "338,1000", with: "339,1000")
        try write(other, "b.csv")
        let error = #expect(throws: InputError.self) {
            try run(["a.csv", "b.csv"], until: Self.date(60))
        }
        #expect(
            error?.description
                == "\(folder.path("b.csv")):3: the bar of A that ends at 2024-02-02T00:00:00Z has close "
                + "339, not 338, as \(folder.path("a.csv")):33 has it; remove one of the two")
    }

    @Test func `a jump and a hole in the history are named`() throws {
        try write(
            Self.rows(0..<40) + Self.rows(50..<120, halvedFrom: 55).drop(header: true), "a.csv")
        let (_, result) = try run(["a.csv"], until: Self.date(60))
        #expect(
            result.warmup?.lines.last
                == "history of A: a close differs by more than 0.5 from the one before, first at "
                + "2024-02-26T00:00:00Z; check splits and bad prices")
        try write(Self.rows(0..<40) + Self.rows(70..<120).drop(header: true), "a.csv")
        let (_, late) = try run(["a.csv"], until: Self.date(60))
        #expect(
            late.warmup?.lines.last
                == "history of A: 30 sessions between 2024-02-10T00:00:00Z and the start have no data"
        )
    }

    @Test func `rows that are no bars are counted`() throws {
        try write(Self.rows(), "a.csv")
        try write(
            "time,bid,ask,bidSize,askSize\n\(Self.date(3))T12:00:00Z,390,391,1,1\n", "quotes.csv")
        let settings = try configuration(
            ["a.csv"],
            [
                ("warmup.until", Self.date(60)), ("data.1.path", folder.path("quotes.csv")),
                ("data.1.symbol", "A"), ("data.1.kind", "crypto"), ("data.1.tick", "0.01"),
                ("data.1.lot", "1"),
            ])
        let result = try Backtest(settings).run(into: MemoryJournal(), named: "run")
        #expect(
            result.warmup?.notes == [
                "\(folder.path("quotes.csv")): 1 rows before 2024-03-01T00:00:00Z are no bars and were "
                    + "left out of the history"
            ])
    }

    @Test(
        arguments: [
            (["warmup.until": "yesterday"], "warmup.until 'yesterday' is not a UTC time"),
            (["warmup.until": "2024-03-01", "warmup.source": "none"], "warmup.source is none"),
            (["warmup.source": "venue"], "needs the trading daemon"),
            (["warmup.until": "2030-01-01"], "no rows from 2030-01-01T00:00:00Z on"),
        ])
    func `a start that cannot be is refused by name`(
        settings: [String: String], words: String
    ) throws {
        try write(Self.rows(), "a.csv")
        let more = settings.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
        let configuration = try configuration(["a.csv"], more)
        let error = #expect(throws: (any Error).self) {
            try Backtest(configuration).run(into: MemoryJournal(), named: "run")
        }
        #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }
}

extension String {
    /// The rows without their header.
    fileprivate func drop(header: Bool) -> String {
        header ? split(separator: "\n").dropFirst().map { $0 + "\n" }.joined() : self
    }
}
