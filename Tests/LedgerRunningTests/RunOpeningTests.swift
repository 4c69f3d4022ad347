import TestSupport
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import Testing

/// The inputs that a run begins with, and instruments whose definition changed since the last run.
@Suite struct RunOpeningTests {
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)
    private let journal = MemoryJournal()

    private func configuration(
        _ data: String = "tick: 0.01, lot: 1"
    ) throws -> Configuration {
        try Configuration(
            path: "run.yaml",
            text: """
                account: {cash: 10000}
                strategies:
                  - {name: hold, kind: buy_and_hold, symbols: X, quantity: 7}
                data:
                  - {path: venue, symbol: X, \(data)}
                """, environment: [:])
    }

    private func opening(_ configuration: Configuration) throws -> RunOpening {
        var opening = RunOpening(configuration, kind: .paper, name: "test")
        opening.instruments = try DataSettings.fromVenue(configuration.settings)
            .map { InstrumentSource($0) }
        opening.depositsCash = true
        opening.run = RunOpening.Run(mode: "paper", name: "test")
        return opening
    }

    /// Opens a run and leaves it without an end, as a crash does.
    private func run(
        _ configuration: Configuration, bars: Int = 0
    ) throws {
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: .max)
        defer { try? sequencer.close() }
        try opening(configuration).submit(
            into: &sequencer, at: max(noon, sequencer.engine.lastTime))
        for _ in 0..<bars {
            let time = sequencer.engine.lastTime.advanced(by: .minute)
            let price = try Price("10")
            try sequencer.append(
                Bar(
                    instrument: InstrumentID(1), interval: 60, open: price, high: price,
                    low: price, close: price, volume: try Quantity("100")), at: time)
        }
        try sequencer.commit()
    }

    private func types() throws -> [EventType] {
        var found: [EventType] = []
        try journal.forEachRecord(from: .first) { record in
            if record.isInput, let type = record.type { found.append(type) }
            return true
        }
        return found
    }

    private func definition() throws -> Instrument? {
        let names: NameBook = try ProjectionReader.fold(of: journal)
        return names.instrument(symbol: "X")
    }

    private func refusal(_ data: String) throws -> String {
        let head = try journal.head
        var text = ""
        do { try run(configuration(data)) } catch { text = "\(error)" }
        #expect(try journal.head == head)
        return text
    }

    @Test func `a new journal and a known one get what they lack, in this order`() throws {
        try run(configuration())
        let first: [EventType] = [
            .journalOpened, .rulesDeclared, .configurationLoaded, .instrumentDefined,
            .cashDeposited, .runStarted,
        ]
        #expect(try types() == first)
        try run(configuration())
        // Neither run has an end, so each failed once the next one begins.
        #expect(try types() == first + [.runFailed, .runStarted])
        try run(configuration("tick: 0.5, lot: 1"))
        #expect(
            try types() == first + [
                .runFailed, .runStarted, .runFailed, .configurationLoaded, .instrumentDefined,
                .runStarted,
            ])
        #expect(try definition()?.tick == Price("0.5"))
        #expect(try definition()?.id == InstrumentID(1))
    }

    /// A run of a program that declared no rules.
    private func runUndeclared(_ prices: [String]) throws {
        let settings = try configuration().settings
        let instrument = try #require(opening(configuration()).instruments.first?.instrument)
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: .max)
        defer { try? sequencer.close() }
        let opened = JournalOpened(kind: .paper, name: "test", build: Build.identity)
        try sequencer.append(opened, Envelope(time: noon))
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: Build.identity, settings: settings.text),
            Envelope(time: noon))
        try sequencer.append(InstrumentDefined(instrument), Envelope(time: noon))
        try sequencer.append(
            CashDeposited(amount: Money(raw: 1_000_000_000_000)),
            Envelope(account: sequencer.engine.account, time: noon))
        for text in prices {
            let time = sequencer.engine.lastTime.advanced(by: .minute)
            let price = try Price(text)
            try sequencer.append(
                Bar(
                    instrument: InstrumentID(1), interval: 60, open: price, high: price,
                    low: price, close: price, volume: try Quantity("100")), at: time)
        }
        try sequencer.commit()
    }

    @Test func `a run goes on with the newest rules, and older events replay under their own`()
        throws
    {
        try runUndeclared(["10", "10", "4", "1"])
        let old = try journal.head.lastSequence
        #expect(try Replay(journal).run(from: .first).recordedRules == .first)
        try run(configuration(), bars: 2)
        #expect(try types().suffix(4) == [.rulesDeclared, .runStarted, .bar, .bar])
        for start in [SequenceNumber.first, SequenceNumber(old.number - 2), old.next] {
            let result = try Replay(journal).run(from: start)
            #expect(result.divergence == nil)
            #expect(result.recordedRules == (start > old ? .newest : .first))
        }
        // The third price is held under both rules, and the newest say so with a latch.
        let newest = try Replay(journal).run(from: .first, under: .newest)
        #expect(newest.recordedRules == .first)
        #expect(newest.divergence?.derived?.contains("PRICE_OUTLIER") == true)
        #expect(try Replay(journal).run(from: old.next, under: .newest).divergence == nil)
        // Once declared, they are not declared again.
        try run(configuration())
        #expect(try types().count { $0 == .rulesDeclared } == 1)
    }

    @Test func `without a position everything may change`() throws {
        try run(configuration())
        try run(configuration("tick: 0.5, lot: 0.1, kind: crypto, currency: EUR, venue: Z"))
        let now = try definition()
        #expect(try now?.lot == Quantity("0.1"))
        #expect(now?.kind == .crypto && now?.currency == "EUR" && now?.venue == "Z")
    }

    @Test(arguments: [
        ("tick: 0.01, lot: 2", "lot '2' cannot follow '1': 7 X are held, which is no whole number"),
        ("tick: 0.01, lot: 1, currency: EUR", "currency 'EUR' cannot follow 'USD': 7 X are held"),
        ("tick: 0.01, lot: 1, kind: crypto", "kind 'crypto' cannot follow 'equity': 7 X are held"),
    ])
    func `with a position a change that it cannot survive is refused`(
        data: String, problem: String
    ) throws {
        try run(configuration(), bars: 3)
        let text = try refusal(data)
        #expect(text.hasPrefix("run.yaml:5: data.0.\(problem)"), "\(text)")
    }

    @Test(arguments: ["tick: 0.5, lot: 1", "tick: 0.01, lot: 3.5", "tick: 0.01, lot: 1, venue: Z"])
    func `with a position a change that it survives is journaled`(data: String) throws {
        try run(configuration(), bars: 3)
        try run(configuration(data), bars: 3)
        #expect(try types().count { $0 == .instrumentDefined } == 2)
        let result = try Replay(journal).run(from: .first)
        #expect(result.divergence == nil)
    }

    @Test func `an open order keeps the definition unless the new settings end it`() throws {
        try run(configuration())
        // Settings that changed while an older program ignored the definition.
        let changed = try configuration("tick: 0.5, lot: 1")
        var sequencer = try Sequencer(journal, holder: "test")
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: Build.identity, settings: changed.settings.text),
            Envelope(time: noon))
        let price = try Price("10")
        try sequencer.append(
            Bar(
                instrument: InstrumentID(1), interval: 60, open: price, high: price, low: price,
                close: price, volume: try Quantity("100")), at: noon)
        let order = try #require(sequencer.engine.orders.open.first)
        try sequencer.close()
        #expect(
            try refusal("tick: 0.5, lot: 1")
                == "run.yaml:5: data.0.tick '0.5' cannot follow '0.01': order \(order.id.number) of X "
                + "is open")
        try run(configuration("tick: 0.25, lot: 1"))
        #expect(try definition()?.tick == Price("0.25"))
        let orders: OrderRegister = try ProjectionReader.fold(of: journal)
        #expect(orders.openCount == 0)
    }

    @Test func `two inputs that define a symbol in two ways are refused`() throws {
        var opening = try opening(configuration())
        var other = opening.instruments[0]
        other.instrument.tick = try Price("0.5")
        opening.instruments.append(other)
        var sequencer = try Sequencer(journal, holder: "test")
        defer { try? sequencer.close() }
        let problem = InputError(
            "X has different definitions in two inputs: tick is 0.01 in one and 0.5 in the other; "
                + "give both inputs the same")
        #expect(throws: problem) {
            try opening.submit(into: &sequencer, at: noon)
        }
        #expect(try journal.head == .empty)
    }

    /// Two accounts, or three.
    private func desk(_ more: String = "") throws -> Configuration {
        try Configuration(
            path: "desk.yaml",
            text: """
                accounts:
                  - {name: one, kind: simulated, cash: 100}
                  - {name: two, kind: simulated, cash: 200}
                \(more)
                strategies:
                  - {name: hold, kind: buy_and_hold, symbols: X, quantity: 7, accounts: one}
                data:
                  - {path: venue, symbol: X, tick: 0.01, lot: 1}
                """, environment: [:])
    }

    private func deposits() throws -> [String] {
        var found: [String] = []
        try journal.forEachRecord(from: .first, filter: EventFilter([.cashDeposited])) { record in
            found.append("\(record.account.index) \(try CashDeposited(record).amount)")
            return true
        }
        return found
    }

    @Test func `each account gets its cash once, one that was applied beside a run with the next`()
        throws
    {
        try run(desk())
        #expect(try deposits() == ["1 100", "2 200"])
        let more = try desk("  - {name: three, kind: simulated, cash: 300}")
        let applied = try OperatorDesk(
            journal, actor: "ann", holder: "desk", now: noon, timeout: 0
        ).submit(
            ConfigurationLoaded(seed: 0, build: Build.identity, settings: more.settings.text))
        #expect(applied.event != .none)
        #expect(try deposits().count == 2)
        try run(more)
        try run(more)
        #expect(try deposits() == ["1 100", "2 200", "3 300"])
    }
}
