import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import TestSupport
import Testing

/// Files for operators, made of golden journals.
@Suite struct ArtifactTests {
    @Test func `event lines are filed by the account's day`() throws {
        let folder = try GoldenJournal.copy("v2-backtest")
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        var days = try AccountDays(of: journal)
        var (lines, others) = (0, 0)
        try Artifacts.build(journal) { file in
            guard file.path.hasPrefix("logs/events/events_") else { return }
            let name = file.path.suffix(14).prefix(8)
            for line in String(decoding: file.bytes, as: UTF8.self).split(separator: "\n") {
                let text = line.dropFirst(#"{"timestamp": ""#.count).prefix { $0 != "\"" }
                let time = try #require(Timestamp(String(text)), "\(line)")
                let date = CivilDate(daysSinceEpoch: days.day(of: time).number)
                #expect(date.description.filter { $0 != "-" } == name)
                lines += 1
                if text.prefix(10).filter({ $0 != "-" }) != name { others += 1 }
            }
        }
        #expect(lines > 50)
        #expect(others > 50, "bars of a day are known at the midnight after it")
    }

    /// A strategy that is refused at six prices until its process is killed, and at two after that.
    private func killed() throws -> MemoryJournal {
        let journal = MemoryJournal()
        var sequencer = try Sequencer(journal, holder: "test")
        let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)
        var prices = 0
        func price(_ count: Int) throws {
            let value = try Price("10")
            for _ in 0..<count {
                prices += 1
                let time = noon.advanced(by: Nanoseconds(Int64(prices) * 1_000_000_000))
                try sequencer.append(
                    Bar(
                        instrument: InstrumentID(1), interval: 1, open: value, high: value,
                        low: value, close: value, volume: Quantity("1")), Envelope(time: time))
            }
        }
        func start() throws {
            try sequencer.append(
                RunStarted(mode: "test", name: "r"),
                Envelope(time: max(noon, sequencer.engine.lastTime)))
        }
        let settings = try Configuration(
            path: nil, text: nil, environment: [:],
            overrides: [
                ("strategies.0.kind", "buy_and_hold"), ("strategies.0.name", "hold"),
                ("strategies.0.symbols", "A"), ("strategies.0.quantity", "1"),
            ].map { (key: $0.0, value: $0.1) }
        ).settings
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: "", settings: settings.text), Envelope(time: noon))
        try sequencer.append(RulesDeclared(rules: 3), Envelope(time: noon))
        try sequencer.append(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(1), symbol: "A", venue: "", currency: "USD", kind: .crypto,
                    tick: Price("0.01"), lot: Quantity("1"), priceScale: 2, quantityScale: 0)),
            Envelope(time: noon))
        try start()
        try sequencer.append(
            OperatorCommanded(.engage(.blockEntries, .global), actor: "kim", reason: "stop"),
            Envelope(time: noon))
        try price(6)
        try start()
        try price(2)
        try sequencer.append(
            RunEnded(inputs: 0, reason: "end"), Envelope(time: sequencer.engine.lastTime))
        try sequencer.commit()
        try sequencer.close()
        return journal
    }

    @Test func `the files of a killed run hold what its successor sums up`() throws {
        var files: [String: String] = [:]
        try Artifacts.build(try killed()) { file in
            guard file.path.hasPrefix("artifacts/funnel/signal_funnel_") else { return }
            files[file.path] = String(decoding: file.bytes, as: UTF8.self)
        }
        let counts = files.sorted { $0.key < $1.key }.map { _, text in
            text.split(separator: "\n").first { $0.contains("raw") }.map { $0.filter(\.isNumber) }
        }
        #expect(counts.sorted { ($0 ?? "") < ($1 ?? "") } == ["2", "6"])
    }
}
