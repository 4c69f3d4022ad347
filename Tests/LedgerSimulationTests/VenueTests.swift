import LedgerDomain
import LedgerEvents
import LedgerSimulation
import Testing

/// One row a case: an order of ten units from second 0, a bar 100 110 90 105 unless it says otherwise.
@Suite struct VenueTests {
    struct Row: Sendable {
        var title: String
        var terms: OrderIntended
        var expected: [String]
        var bar = (100, 110, 90, 105)
        var volume = 1000
        var settings = VenueSettings()

        init(
            _ title: String, _ terms: OrderIntended, _ expected: [String],
            bar: (Int, Int, Int, Int) = (100, 110, 90, 105), volume: Int = 1000,
            settings: VenueSettings = VenueSettings()
        ) {
            (self.title, self.terms, self.expected) = (title, terms, expected)
            (self.bar, self.volume, self.settings) = (bar, volume, settings)
        }
    }

    private static let late = VenueSettings(latency: .milliseconds(30_000))
    private static let tenth = VenueSettings(participation: BasisPoints(raw: 10_000_000 / 10))
    private static let slips = VenueSettings(slippage: BasisPoints(raw: 100_000))
    private static let buy = VenueCase.terms(.buy, .market, 10)
    private static let sell = VenueCase.terms(.sell, .market, 10)

    private static func limit(
        _ side: Side, _ price: Int, _ tif: TimeInForce = .goodTillCancelled
    ) -> OrderIntended { VenueCase.terms(side, .limit, 10, limit: price, tif) }

    private static func stop(_ side: Side, _ price: Int) -> OrderIntended {
        VenueCase.terms(side, .stop, 10, stop: price)
    }

    private static func stopLimit(_ side: Side, _ stop: Int, _ limit: Int) -> OrderIntended {
        VenueCase.terms(side, .stopLimit, 10, limit: limit, stop: stop)
    }

    static let bars: [Row] = [
        Row("market buy", buy, ["1 fills 10 at 100 as taker"]),
        Row("market sell", sell, ["1 fills 10 at 100 as taker"]),
        Row("buy limit, gap", limit(.buy, 102), ["1 fills 10 at 100 as taker"]),
        Row("buy limit, touch", limit(.buy, 90), ["1 fills 10 at 90 as maker"]),
        Row("buy limit, inside", limit(.buy, 95), ["1 fills 10 at 95 as maker"]),
        Row("buy limit, below", limit(.buy, 89), []),
        Row("sell limit, gap", limit(.sell, 98), ["1 fills 10 at 100 as taker"]),
        Row("sell limit, touch", limit(.sell, 110), ["1 fills 10 at 110 as maker"]),
        Row("sell limit, above", limit(.sell, 111), []),
        Row("buy stop, gap", stop(.buy, 95), ["1 fills 10 at 100 as taker"]),
        Row("buy stop, touch", stop(.buy, 110), ["1 fills 10 at 110 as taker"]),
        Row("buy stop, above", stop(.buy, 111), []),
        Row("sell stop, gap", stop(.sell, 105), ["1 fills 10 at 100 as taker"]),
        Row("sell stop, touch", stop(.sell, 90), ["1 fills 10 at 90 as taker"]),
        Row("sell stop, below", stop(.sell, 89), []),
        Row("stop-limit, gap within", stopLimit(.buy, 99, 101), ["1 fills 10 at 100 as taker"]),
        Row("stop-limit, gap beyond", stopLimit(.buy, 95, 98), ["1 fills 10 at 98 as maker"]),
        Row("stop-limit, inside", stopLimit(.buy, 105, 106), ["1 fills 10 at 105 as taker"]),
        Row("stop-limit, limit below its stop waits", stopLimit(.buy, 105, 95), []),
        Row("sell stop-limit, inside", stopLimit(.sell, 95, 94), ["1 fills 10 at 95 as taker"]),
        Row(
            "immediate limit at the open", limit(.buy, 100, .immediateOrCancel),
            ["1 fills 10 at 100 as taker"]),
        Row(
            "immediate limit, a touch is too late", limit(.buy, 95, .immediateOrCancel),
            ["1 is cancelled: notFilled"]),
        Row(
            "fill-or-kill, a touch is too late", limit(.buy, 95, .fillOrKill),
            ["1 is cancelled: notFilled"]),
        Row(
            "market, a tenth of 50", buy, ["1 fills 5 at 100 as taker"], volume: 50,
            settings: tenth),
        Row("market, a tenth of 9: no lot", buy, [], volume: 9, settings: tenth),
        Row("market, no volume", buy, [], volume: 0, settings: tenth),
        Row(
            "immediate, a tenth of 50",
            VenueCase.terms(.buy, .market, 10, .immediateOrCancel),
            ["1 fills 5 at 100 as taker", "1 is cancelled: notFilled"], volume: 50, settings: tenth),
        Row(
            "fill-or-kill, a tenth of 50", VenueCase.terms(.buy, .market, 10, .fillOrKill),
            ["1 is cancelled: notFilled"], volume: 50, settings: tenth),
        Row(
            "fill-or-kill, a tenth of 100", VenueCase.terms(.buy, .market, 10, .fillOrKill),
            ["1 fills 10 at 100 as taker"], volume: 100, settings: tenth),
        Row("slippage, buy, 1 %", buy, ["1 fills 10 at 101 as taker"], settings: slips),
        Row("slippage, sell, 1 %", sell, ["1 fills 10 at 99 as taker"], settings: slips),
        Row(
            "slippage rounds against the order", stop(.sell, 95), ["1 fills 10 at 94 as taker"],
            settings: slips),
        Row(
            "a limit does not slip", limit(.buy, 95), ["1 fills 10 at 95 as maker"], settings: slips
        ),
        Row("late market buy: the worse", buy, ["1 fills 10 at 105 as taker"], settings: late),
        Row("late market sell: the worse", sell, ["1 fills 10 at 100 as taker"], settings: late),
        Row("late buy limit, the close misses it", limit(.buy, 95), [], settings: late),
        Row("late buy limit, the close meets it", limit(.buy, 105), late105, settings: late),
        Row("late buy limit far above", limit(.buy, 200), late105, settings: late),
        Row("late sell limit far below", limit(.sell, 50), late100, settings: late),
        Row("late sell limit between", limit(.sell, 103), late103, settings: late),
        Row("late sell stop, touched", stop(.sell, 95), late95, settings: late),
        Row("late sell stop, all below it", stop(.sell, 200), late100, settings: late),
        Row("late buy stop, all above it", stop(.buy, 50), late105, settings: late),
        Row(
            "too late", buy, [], settings: VenueSettings(latency: .milliseconds(60_001))),
    ]

    private static let late95 = ["1 fills 10 at 95 as taker"]
    private static let late100 = ["1 fills 10 at 100 as taker"]
    private static let late103 = ["1 fills 10 at 103 as taker"]
    private static let late105 = ["1 fills 10 at 105 as taker"]

    @Test(arguments: bars.indices)
    func `a bar fills an order as its row says`(index: Int) throws {
        let row = Self.bars[index]
        var venue = VenueCase(row.settings)
        venue.order(1, row.terms)
        let (open, high, low, close) = row.bar
        try venue.bar(open, high, low, close, volume: row.volume)
        #expect(venue.reports == row.expected, "\(row.title)")
    }

    /// A quote 99 to 101, then the trade 100, each with an order of its own.
    static let points: [(title: String, terms: OrderIntended, quote: [String], trade: [String])] = [
        ("buy", buy, ["1 fills 10 at 101 as taker"], ["1 fills 10 at 100 as taker"]),
        ("sell", sell, ["1 fills 10 at 99 as taker"], ["1 fills 10 at 100 as taker"]),
        ("buy limit 100", limit(.buy, 100), [], ["1 fills 10 at 100 as taker"]),
        (
            "buy limit 105", limit(.buy, 105), ["1 fills 10 at 101 as taker"],
            ["1 fills 10 at 100 as taker"]
        ),
        ("sell limit 101", limit(.sell, 101), [], []),
        (
            "sell stop 99", stop(.sell, 99), ["1 fills 10 at 99 as taker"], []
        ),
        (
            "buy stop 101", stop(.buy, 101), ["1 fills 10 at 101 as taker"], []
        ),
        ("buy stop-limit 100, 100", stopLimit(.buy, 100, 100), [], late100),
    ]

    @Test(arguments: points.indices)
    func `a quote and a trade fill an order as its row says`(index: Int) throws {
        let row = Self.points[index]
        var quoted = VenueCase()
        quoted.order(1, row.terms)
        try quoted.quote(99, 101)
        #expect(quoted.reports == row.quote, "\(row.title)")
        var traded = VenueCase()
        traded.order(1, row.terms)
        try traded.trade(100)
        #expect(traded.reports == row.trade, "\(row.title)")
    }

    @Test func `a quote has a size for each side, and a side without a price fills nothing`() throws
    {
        var venue = VenueCase(Self.tenth)
        venue.order(1, Self.buy)
        venue.order(2, Self.sell)
        try venue.quote(99, 101, sizes: (30, 40))
        try venue.quote(99, 0, sizes: (30, 40))
        #expect(
            venue.reports == [
                "1 fills 4 at 101 as taker", "2 fills 3 at 99 as taker", "2 fills 3 at 99 as taker",
            ])
    }

    @Test func `a rested limit is filled at its price by a quote and better at a gap`() throws {
        var venue = VenueCase()
        venue.order(1, Self.limit(.buy, 95))
        venue.order(2, Self.limit(.buy, 93))
        try venue.quote(99, 101)
        try venue.quote(93, 94, at: 61)
        try venue.bar(92, 92, 91, 91, at: 130)
        #expect(venue.reports == ["1 fills 10 at 95 as maker", "2 fills 10 at 92 as maker"])
    }

    @Test func `a stop that was reached goes on as a market order`() throws {
        var venue = VenueCase(Self.tenth)
        venue.order(1, Self.stop(.sell, 95))
        try venue.bar(100, 101, 94, 100, volume: 40)
        try venue.bar(105, 106, 104, 105, volume: 30, at: 120)
        try venue.bar(107, 107, 107, 107, at: 180)
        #expect(
            venue.reports == [
                "1 fills 4 at 95 as taker", "1 fills 3 at 105 as taker",
                "1 fills 3 at 107 as taker",
            ])
    }

    @Test func `a stop that was reached without volume is remembered`() throws {
        var venue = VenueCase(Self.tenth)
        venue.order(1, Self.stop(.sell, 95))
        try venue.bar(100, 101, 94, 100, volume: 0)
        try venue.bar(105, 106, 104, 105, at: 120)
        #expect(venue.reports == ["1 fills 10 at 105 as taker"])
    }

    private func pair(_ venue: inout VenueCase, stop: Int, target: Int) {
        venue.order(2, VenueCase.terms(.sell, .stop, 10, stop: stop, parent: 50))
        venue.order(3, VenueCase.terms(.sell, .limit, 10, limit: target, parent: 50))
    }

    @Test func `the stop comes before the profit in one bar`() throws {
        var venue = VenueCase()
        pair(&venue, stop: 95, target: 105)
        try venue.bar(100, 110, 90, 100)
        #expect(
            venue.reports == [
                "2 fills 10 at 95 as taker", "3 is cancelled: otherExitFilled",
            ])
    }

    @Test func `a part that one exit takes leaves less to the other`() throws {
        var venue = VenueCase(Self.tenth)
        pair(&venue, stop: 90, target: 105)
        try venue.bar(100, 110, 95, 100, volume: 40)
        try venue.bar(100, 104, 85, 100, at: 120)
        #expect(
            venue.reports == [
                "3 fills 4 at 105 as maker", "2 fills 6 at 90 as taker",
                "3 is cancelled: otherExitFilled",
            ])
    }

    /// Exits at 95 and 105 that are placed by the entry's fill, and what the same bar makes of them.
    static let inside: [(title: String, entry: OrderIntended, late: Bool, reports: [String])] = [
        ("an entry at the open, both touched", buy, false, ["2 fills 10 at 95 as taker"]),
        (
            "a limit entry inside: may stop", limit(.buy, 97), false, ["2 fills 10 at 95 as taker"]
        ),
        ("a limit entry at the low: no profit", limit(.buy, 96), false, []),
        ("a late entry: no profit", buy, true, []),
    ]

    @Test(arguments: inside.indices)
    func `exits placed inside a bar see only what can come after`(index: Int) throws {
        let row = Self.inside[index]
        var venue = VenueCase(row.late ? Self.late : VenueSettings())
        venue.order(1, row.entry)
        let low = row.reports.isEmpty ? 96 : 90
        try venue.bar(100, 110, low, 100) { pair(&$0, stop: 95, target: 105) }
        let exits = Array(venue.reports.dropFirst())
        #expect(exits.prefix(1) == row.reports.prefix(1), "\(row.title): \(venue.reports)")
        #expect(venue.reports.count == (row.reports.isEmpty ? 1 : 3), "\(row.title)")
    }

    @Test func `an entry at the open may take profit in its bar`() throws {
        var venue = VenueCase()
        venue.order(1, Self.buy)
        try venue.bar(100, 110, 96, 100) { pair(&$0, stop: 95, target: 105) }
        #expect(venue.reports.dropFirst().first == "3 fills 10 at 105 as maker")
    }

    @Test func `exits of a late entry do not fill at the open that came before it`() throws {
        var venue = VenueCase(Self.late)
        venue.order(1, Self.buy)
        try venue.bar(90, 101, 90, 100) { pair(&$0, stop: 98, target: 105) }
        #expect(
            venue.reports.prefix(2) == ["1 fills 10 at 100 as taker", "2 fills 10 at 98 as taker"])
    }

    @Test func `day orders end with their day and with their session`() throws {
        let day: Int64 = 86_400
        let order = VenueCase.terms(.buy, .limit, 10, limit: 50, .day)
        var venue = VenueCase()
        venue.order(1, order, at: day - 100)
        try venue.bar(100, 100, 100, 100, at: day - 1)
        #expect(venue.reports == [])
        try venue.bar(100, 100, 100, 100, at: day)
        #expect(venue.reports == ["1 expires: dayEnded"])
        venue.order(2, order, at: day)
        try venue.bar(50, 50, 50, 50, at: 2 * day + 60)
        #expect(venue.reports.last == "2 expires: dayEnded")
        venue.order(3, order, at: 2 * day + 60)
        venue.order(4, Self.limit(.buy, 50), at: 2 * day + 60)
        venue.close()
        #expect(venue.reports.last == "3 expires: dayEnded")
        #expect(venue.venue.allOrders.map(\.id.number) == [4])
    }

    @Test func `fees are fixed once an order, by the unit, by the notional, and at least`() throws {
        func reports(_ fees: FillFees) throws -> [String] {
            var settings = Self.tenth
            settings.fees = fees
            var venue = VenueCase(settings)
            venue.order(1, Self.buy)
            try venue.bar(100, 100, 100, 100, volume: 40)
            try venue.bar(100, 100, 100, 100, volume: 60, at: 120)
            return venue.reports.map { String($0.dropFirst("1 fills 4 at 100 as taker".count)) }
        }
        let price = VenueCase.price(2)
        #expect(try reports(FillFees(fixed: Money(raw: 5_000_000_000))) == [" for 5", ""])
        #expect(try reports(FillFees(perUnit: price)) == [" for 8", " for 12"])
        #expect(
            try reports(FillFees(basisPoints: BasisPoints(raw: 7_500))) == [
                " for 0.3", " for 0.45",
            ])
        #expect(
            try reports(FillFees(perUnit: price, minimum: Money(raw: 10_000_000_000))) == [
                " for 10", " for 12",
            ])
        #expect(
            try reports(FillFees(basisPoints: BasisPoints(raw: -1_000))) == [
                " for -0.04", " for -0.06",
            ])
    }

    @Test func `a split changes working orders`() throws {
        var venue = VenueCase()
        venue.order(1, Self.limit(.buy, 90))
        try venue.venue.split(
            SplitApplied(instrument: VenueCase.instrument, numerator: 2, denominator: 1))
        try venue.bar(50, 50, 45, 50)
        #expect(venue.reports == ["1 fills 20 at 45 as maker"])
    }

    @Test func `a partial fill leaves a representable remainder`() throws {
        var venue = VenueCase(VenueSettings(participation: BasisPoints(raw: 3_333)))
        var terms = Self.buy
        terms.quantity = try Quantity("99999999999.99")
        terms.referencePrice = Price(raw: 1)
        venue.order(1, terms)
        try venue.bar(1, 1, 1, 1, volume: 2_000_000_000)
        let rest = try #require(venue.venue.allOrders.first?.remaining)
        #expect(rest < terms.quantity && rest == rest.written)
    }
}
