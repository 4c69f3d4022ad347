import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSettings
import LedgerSafety
import Testing

/// Orders that were refused for now: those that reduce risk are sent again, entries are not.
@Suite struct DeferralTests {
    private static let stop: WatchedRun.Pairs = [("strategies.0.stop_loss", "1000")]

    private func quote(_ desk: RemoteDesk, _ bid: String, _ ask: String) throws {
        try desk.watched.append(
            Quote(
                instrument: InstrumentID(3), bid: try Price(bid), ask: try Price(ask),
                bidSize: try Quantity("1"), askSize: try Quantity("1")))
    }

    /// A position and a stop that the venue has confirmed.
    private func protected() throws -> RemoteDesk {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.say(.accepted, of: try #require(desk.open.last))
        return desk
    }

    // MARK: Exits

    @Test(arguments: DeferralCause.allCases)
    func `flatten is sent again after every refusal that passes, until it fills`(
        cause: DeferralCause
    ) throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        let exit = try #require(desk.open.last)
        for attempt in 1...3 {
            try desk.putOff(try #require(desk.open.last), cause)
            #expect(desk.watched.engine.isHeldBack(exit.id))
            #expect(desk.open.map(\.generation) == [UInt32(attempt)], "another client order id")
            try desk.watched.restart()
            try desk.tick(after: 30)
            #expect(!desk.watched.engine.isHeldBack(exit.id))
            #expect(try desk.released.count == attempt)
        }
        #expect(try desk.watched.alerts(.unprotected).count == 1)
        try desk.fill("0.01234", at: "60000", fee: "0", "")
        #expect(desk.held(3) == .zero)
        #expect(desk.watched.engine.unprotected.isEmpty)
        try desk.tick(after: 600)
        #expect(desk.open.isEmpty)
        #expect(desk.watched.latches.isEmpty)
    }

    @Test func `attempts wait for the venue, or twice as long each time up to 30 seconds`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        var waits: [Int64] = []
        for _ in 0..<7 {
            try desk.putOff(try #require(desk.open.last), .unreachable)
            let due = try #require(desk.watched.engine.unprotected.first?.due)
            waits.append(due.nanoseconds(since: desk.watched.engine.lastTime) / 1_000_000_000)
            try desk.tick(after: waits[waits.count - 1] - 1)
            #expect(try desk.released.count == waits.count - 1)
            try desk.tick(after: 1)
            #expect(try desk.released.count == waits.count)
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30])
        for (told, wait) in [(Int64(120), Int64(120)), (9_223_372_036, 604_800)] {
            try desk.putOff(
                try #require(desk.open.last), wait: Nanoseconds(told * 1_000_000_000))
            let due = try #require(desk.watched.engine.unprotected.first?.due)
            #expect(due.nanoseconds(since: desk.watched.engine.lastTime) == wait * 1_000_000_000)
            try desk.tick(after: wait)
        }
    }

    @Test func `an exit whose stop made way is sent again without the stop beside it`() throws {
        var desk = try protected()
        try desk.watched.price("58990", of: 3)
        let stop = desk.open[0]
        try desk.say(.cancelled, of: stop)
        let exit = try #require(desk.open.last)
        #expect(desk.open.count == 1 && exit.intended.purpose == .exit)
        try desk.putOff(exit)
        #expect(desk.open.map(\.id) == [exit.id])
        // The strategy does not decide a second exit.
        try quote(desk, "58900", "58901")
        #expect(desk.open.map(\.id) == [exit.id])
        try desk.tick(after: 2)
        #expect(try desk.released.suffix(1) == [exit.id])
        // Refused for good, so the position is protected again.
        try desk.say(.rejected, of: try #require(desk.open.last))
        #expect(desk.open.map(\.intended.purpose) == [.stopLoss])
    }

    @Test func `a person's command does not wait for the back-off, and a hard block holds it`()
        throws
    {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        try desk.putOff(try #require(desk.open.last), wait: Nanoseconds(3_600_000_000_000))
        try desk.watched.command("engage", "blockAll global")
        try desk.watched.command("flatten", "global")
        try desk.tick(after: 1)
        #expect(try desk.released.isEmpty)
        try desk.watched.command("clear", "killSwitch global")
        try desk.watched.command("flatten", "global")
        try desk.tick(after: 1)
        #expect(try desk.released.count == 1)
        #expect(desk.open.count == 1)
    }

    @Test func `an exit that waits goes with its position`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        try desk.putOff(try #require(desk.open.last))
        for (snapshot, verb) in [(UInt64(9), "sync"), (10, "note")] {
            try desk.watched.append(
                VenueSnapshotBegan(
                    kind: .reconciliation, snapshot: snapshot, cash: try Money("10000"), origin: "")
            )
            try desk.watched.append(VenueSnapshotEnded(snapshot: snapshot, positions: 0, orders: 0))
            try desk.watched.command(verb, snapshot.hex)
        }
        try desk.tick(after: 60)
        #expect(desk.open.isEmpty)
        #expect(try desk.released.isEmpty)
    }

    @Test func `when the order stream is back, nothing waits any longer`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        try desk.putOff(
            try #require(desk.open.last), .unreachable, wait: Nanoseconds(3_600_000_000_000))
        for isUp in [false, true] {
            try desk.watched.append(LinkChanged(.orders, isUp: isUp, venue: "v", reason: ""))
        }
        try desk.tick(after: 1)
        #expect(try desk.released.count == 1)
    }

    @Test func `an order that was taken back on its way ends as cancelled`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("flatten", "global")
        let exit = try #require(desk.open.last)
        try desk.watched.append(
            OrderCancelRequested(
                instrument: InstrumentID(3), order: exit.id, actor: "kim", reason: ""))
        try desk.putOff(exit)
        #expect(desk.open.isEmpty)
        #expect(try desk.watched.count(OrderCancelled.self) == 1)
    }

    // MARK: Stops

    @Test func `a stop that was refused for now is placed when the venue takes it`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        let stop = try #require(desk.open.last)
        try desk.putOff(stop, wait: Nanoseconds(60_000_000_000))
        try desk.watched.restart()
        let told = try #require(desk.watched.engine.unprotected.first)
        #expect(told.terms.purpose == .stopLoss && told.since == desk.watched.engine.lastTime)
        #expect(try desk.watched.alerts(.unprotected).count == 1)
        #expect(try desk.watched.alerts(.stopRefused).isEmpty)
        try desk.tick(after: 59)
        #expect(try desk.released.isEmpty)
        try desk.tick(after: 1)
        #expect(try desk.released == [stop.id])
        try desk.say(.accepted, of: try #require(desk.open.last))
        #expect(desk.watched.engine.unprotected.isEmpty)
        #expect(desk.stops == [try Quantity("0.01234")])
    }

    @Test func `the level of a stop that is not at the venue is watched here`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.putOff(try #require(desk.open.last), wait: Nanoseconds(3_600_000_000_000))
        try quote(desk, "59001", "0")
        #expect(desk.open.map(\.intended.orderType) == [.stop])
        try quote(desk, "59000", "0")
        #expect(try desk.decided.last == "stopLoss sell 0.01234 market")
        #expect(desk.open.count == 1)
        // Refused for now too, it goes on whatever the price does.
        try desk.putOff(try #require(desk.open.last))
        try quote(desk, "61000", "0")
        try desk.tick(after: 2)
        #expect(try desk.released == desk.open.map(\.id))
        try desk.fill("0.01234", at: "61000", fee: "0", "")
        #expect(desk.held(3) == .zero && desk.open.isEmpty)
    }

    @Test func `flatten does not leave a stop that waits behind`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.putOff(try #require(desk.open.last))
        try desk.watched.command("flatten", "global")
        #expect(desk.open.map(\.intended.purpose) == [.exit])
        try desk.tick(after: 5)
        #expect(desk.open.map(\.intended.purpose) == [.exit])
        try desk.fill("0.01234", at: "60000", fee: "0", "")
        #expect(desk.held(3) == .zero && desk.open.isEmpty)
    }

    // MARK: Cancels

    @Test func `a cancel without an answer is told once`() throws {
        for (rules, count) in [(RulesVersion.newest, 1), (.first, 0)] {
            var desk = try RemoteDesk(Self.stop, rules: rules)
            try desk.enter()
            try desk.say(.accepted, of: try #require(desk.open.last))
            try desk.watched.command("flatten", "global")
            try desk.tick(after: 59)
            #expect(try desk.watched.alerts(.cancelPending).isEmpty)
            try desk.watched.restart()
            for _ in 0..<3 { try desk.tick(after: 30) }
            #expect(try desk.watched.alerts(.cancelPending).count == count)
        }
    }

    @Test func `a key that the venue accepts again lifts its latch`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.fault(.authentication)
        #expect(desk.watched.latches == [.authentication])
        try desk.watched.append(LinkChanged(.requests, isUp: true, venue: "v", reason: ""))
        #expect(desk.watched.latches == [.authentication])
        try desk.watched.append(LinkChanged(.key, isUp: true, venue: "v", reason: ""))
        #expect(desk.watched.latches.isEmpty)
    }

    // MARK: Entries

    @Test func `an entry that was refused for now ends, and is not decided with every quote`()
        throws
    {
        var desk = try RemoteDesk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.putOff(try #require(desk.open.last), wait: Nanoseconds(60_000_000_000))
        #expect(desk.open.isEmpty)
        #expect(desk.watched.engine.unprotected.isEmpty)
        #expect(desk.watched.latches.isEmpty)
        for second in 1...59 {
            desk.watched.wait(seconds: 1)
            try quote(desk, "\(60000 + second)", "\(60001 + second)")
        }
        #expect(desk.open.isEmpty)
        desk.watched.wait(seconds: 1)
        try quote(desk, "60100", "60101")
        #expect(desk.open.map(\.intended.purpose) == [.entry])
    }

    @Test(arguments: [VenueStatus.expired, .rejected])
    func `an entry that comes to nothing is not decided again with every quote`(
        status: VenueStatus
    ) throws {
        for (rules, most) in [(RulesVersion.newest, 9), (.first, 200)] {
            var desk = try RemoteDesk([("gate.min_rejections", "0")], rules: rules)
            try desk.watched.price("59000", of: 3)
            try desk.watched.price("60000", of: 3)
            var entries = 0
            for second in 1...120 {
                if let entry = desk.open.last {
                    try desk.say(status, of: entry)
                    entries += 1
                }
                desk.watched.wait(seconds: 1)
                try quote(desk, "\(60000 + second)", "\(60001 + second)")
            }
            if rules == .newest {
                #expect((5...most).contains(entries))
            } else {
                #expect(entries > 100, "rules 1 stay as they were")
            }
        }
    }

    /// Wants one more unit at every price, whatever it holds.
    private struct Adder: Strategy {
        // The kind of a shipped one, because settings name no other.
        static let kind = "sma_crossover"
        static let codeVersion: UInt16 = 1

        init(_ settings: SettingsEntry) throws(SettingsError) {}

        mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
            add(bar.close, view, &decisions)
        }

        mutating func quote(_ quote: Quote, _ view: StrategyView, _ decisions: inout Decisions) {
            add(quote.ask, view, &decisions)
        }

        private func add(_ price: Price, _ view: StrategyView, _ decisions: inout Decisions) {
            guard view.workingOrders == 0 else { return }
            decisions.append(
                Decision(
                    side: .buy, purpose: .entry, size: .units(Quantity(raw: 10_000_000)),
                    price: price, indicator: 1, threshold: 0))
        }

        func encode(into writer: inout StateWriter) {}
        mutating func restore(from reader: inout StateReader) throws(StateError) {}
    }

    @Test(arguments: [VenueStatus.expired, .rejected])
    func `a strategy that adds to its position waits after an entry that comes to nothing too`(
        status: VenueStatus
    ) throws {
        let rules = try #require(RulesVersion(2))
        for (rules, entries) in [(RulesVersion.newest, 5...9), (rules, 100...200)] {
            var desk = try RemoteDesk(
                [("gate.min_rejections", "0")], rules: rules,
                strategies: StrategyCatalog([Adder.self]))
            try desk.watched.price("60000", of: 3)
            try desk.fill("0.01", at: "60000", fee: "0", "")
            #expect(desk.held(3) == (try Quantity("0.01")))
            var ended = 0
            for second in 1...120 {
                if let entry = desk.open.last {
                    try desk.say(status, of: entry)
                    ended += 1
                }
                desk.watched.wait(seconds: 1)
                try quote(desk, "\(60000 + second)", "\(60001 + second)")
            }
            #expect(entries.contains(ended), "\(ended) under rules \(rules)")
        }
    }
}
