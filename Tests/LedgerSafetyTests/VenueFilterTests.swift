import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Orders and what real filters make of them: BTCUSDT of 2026 and ETHBTC of 2018, as recorded.
@Suite struct VenueFilterTests {
    static func filters(_ year: Int) throws -> VenueFilters {
        var event = VenueFiltersLoaded(instrument: InstrumentID(1), origin: "recorded")
        if year == 2018 {
            event.minimumPrice = try Price("0.000001")
            event.maximumPrice = try Price("100000")
            event.tick = try Price("0.000001")
            event.minimumQuantity = try Quantity("0.001")
            event.maximumQuantity = try Quantity("100000")
            event.lot = try Quantity("0.001")
            event.minimumNotional = try Money("0.001")
            return VenueFilters(event)
        }
        event.averageMinutes = 5
        event.flags = VenueFiltersLoaded.minimumNotionalAppliesToMarket
        event.minimumPrice = try Price("0.01")
        event.maximumPrice = try Price("1000000")
        event.tick = try Price("0.01")
        event.minimumQuantity = try Quantity("0.00001")
        event.maximumQuantity = try Quantity("9000")
        event.lot = try Quantity("0.00001")
        event.marketMaximumQuantity = try Quantity("165.02219723")
        event.minimumNotional = try Money("5")
        event.maximumNotional = try Money("9000000")
        event.bidMultiplierDown = try Price("0.5")
        event.bidMultiplierUp = try Price("2")
        event.askMultiplierDown = try Price("0.5")
        event.askMultiplierUp = try Price("2")
        event.maximumOrders = 200
        event.maximumStops = 5
        return VenueFilters(event)
    }

    static func order(
        _ type: OrderType, _ side: Side, _ quantity: String, limit: String = "0",
        stop: String = "0", _ time: TimeInForce = .goodTillCancelled
    ) throws -> OrderIntended {
        OrderIntended(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: side, orderType: type,
            intent: IntentID(high: 1, low: 2), quantity: try Quantity(quantity),
            limitPrice: try Price(limit), stopPrice: try Price(stop), referencePrice: .zero,
            timeInForce: time, purpose: .entry)
    }

    static func text(_ verdict: FilterVerdict) -> String {
        switch verdict {
        case .pass: return "pass"
        case .refused(let refusal):
            return "\(refusal.reason) \(refusal.value) against \(refusal.limit)"
        case .adjusted(let terms, let why):
            let prices = [terms.limitPrice, terms.stopPrice].filter { $0.raw != 0 }
            let form = ([terms.quantity.description] + prices.map(\.description))
            return form.joined(separator: " @ ") + " by "
                + why.map { "\($0.reason) \($0.limit)" }.joined(separator: ", ")
        }
    }

    private func verdict(
        _ order: OrderIntended, year: Int = 2026, average: String = "60000", open: Int = 0,
        stops: Int = 0
    ) throws -> String {
        Self.text(
            try Self.filters(year).verdict(
                order, average: Price(average), openOrders: open, openStops: stops))
    }

    @Test func `an order that conforms passes as it is`() throws {
        #expect(try verdict(Self.order(.limit, .buy, "0.5", limit: "59999.99")) == "pass")
        #expect(try verdict(Self.order(.market, .sell, "165.02219")) == "pass")
        #expect(
            try verdict(Self.order(.limit, .buy, "0.05", limit: "0.05"), year: 2018) == "pass")
    }

    @Test func `prices go to the tick, to the side that is no worse`() throws {
        for (side, limit, found) in [
            (Side.buy, "60000.019", "60000.01"), (.sell, "60000.011", "60000.02"),
        ] {
            let order = try Self.order(.limit, side, "1", limit: limit)
            #expect(try verdict(order) == "1 @ \(found) by priceFilter 0.01")
        }
        for (side, stop, found) in [
            (Side.buy, "60000.011", "60000.02"), (.sell, "60000.019", "60000.01"),
        ] {
            let order = try Self.order(.stop, side, "1", stop: stop)
            #expect(try verdict(order) == "1 @ \(found) by priceFilter 0.01")
        }
    }

    @Test func `a stop is not carried past the limit behind it`() throws {
        let buy = try Self.order(.stopLimit, .buy, "1", limit: "60000.005", stop: "60000.005")
        #expect(try verdict(buy) == "1 @ 60000 @ 60000 by priceFilter 0.01, priceFilter 0.01")
        let sell = try Self.order(.stopLimit, .sell, "1", limit: "60000.005", stop: "60000.005")
        #expect(
            try verdict(sell) == "1 @ 60000.01 @ 60000.01 by priceFilter 0.01, priceFilter 0.01")
    }

    @Test func `a price outside the range is refused`() throws {
        #expect(
            try verdict(Self.order(.limit, .buy, "1", limit: "0.009"))
                == "priceFilter 0 against 0.01")
        #expect(
            try verdict(Self.order(.stop, .buy, "1", stop: "1000000.001"))
                == "priceFilter 1000000.01 against 1000000")
    }

    @Test func `a limit outside the multiples of the average is refused, one at them is not`()
        throws
    {
        for side in Side.allCases {
            #expect(try verdict(Self.order(.limit, side, "1", limit: "30000")) == "pass")
            #expect(try verdict(Self.order(.limit, side, "1", limit: "120000")) == "pass")
            #expect(
                try verdict(Self.order(.limit, side, "1", limit: "120000.01"))
                    == "percentPrice 120000.01 against 120000")
            #expect(
                try verdict(Self.order(.limit, side, "1", limit: "29999.99"))
                    == "percentPrice 29999.99 against 30000")
        }
        // Nobody knows the average: the venue is the judge.
        #expect(try verdict(Self.order(.limit, .buy, "1", limit: "1"), average: "0") != "pass")
        #expect(try verdict(Self.order(.limit, .buy, "6", limit: "1"), average: "0") == "pass")
    }

    @Test func `quantities go down to the lot and to the maximum`() throws {
        #expect(
            try verdict(Self.order(.limit, .buy, "0.123456789", limit: "60000"))
                == "0.12345 @ 60000 by lotSize 0.00001")
        #expect(
            try verdict(Self.order(.limit, .sell, "9000.00001", limit: "900"), average: "900")
                == "9000 @ 900 by lotSize 9000")
        #expect(
            try verdict(Self.order(.market, .buy, "165.02219723"))
                == "165.02219 by lotSize 0.00001")
        #expect(
            try verdict(Self.order(.market, .buy, "166"))
                == "165.02219 by marketLotSize 165.02219723")
        #expect(
            try verdict(Self.order(.market, .buy, "0.000009999"))
                == "lotSize 0.000009999 against 0.00001")
    }

    @Test func `worth below the minimum is refused to the last decimal`() throws {
        #expect(
            try verdict(Self.order(.limit, .buy, "0.00009", limit: "55555.55"))
                == "notional 4.9999995 against 5")
        #expect(try verdict(Self.order(.limit, .buy, "0.0001", limit: "50000")) == "pass")
        #expect(
            try verdict(Self.order(.market, .sell, "0.00001"), average: "60000")
                == "notional 0.6 against 5")
        // In 2018 only orders with a limit had a least worth.
        #expect(
            try verdict(Self.order(.market, .buy, "0.001"), year: 2018, average: "0.05") == "pass")
        #expect(
            try verdict(Self.order(.limit, .buy, "0.019", limit: "0.05"), year: 2018)
                == "notional 0.00095 against 0.001")
        #expect(
            try verdict(Self.order(.stop, .sell, "0.00001", stop: "60000"))
                == "notional 0.6 against 5")
    }

    @Test func `worth above the maximum is made to fit, where the filter concerns the order`()
        throws
    {
        #expect(
            try verdict(Self.order(.limit, .buy, "151", limit: "60000"))
                == "150 @ 60000 by notional 9000000")
        #expect(try verdict(Self.order(.market, .buy, "160")) == "pass")
    }

    @Test func `one order more than may rest is refused, one that ends at once is not`() throws {
        let limit = try Self.order(.limit, .buy, "1", limit: "60000")
        #expect(try verdict(limit, open: 199) == "pass")
        #expect(try verdict(limit, open: 200) == "maximumOrders 200 against 200")
        #expect(try verdict(Self.order(.market, .sell, "1"), open: 200) == "pass")
        let once = try Self.order(.limit, .buy, "1", limit: "60000", .immediateOrCancel)
        #expect(try verdict(once, open: 200) == "pass")
        let stop = try Self.order(.stop, .sell, "1", stop: "50000")
        #expect(try verdict(stop, open: 5, stops: 4) == "pass")
        #expect(try verdict(stop, open: 5, stops: 5) == "maximumOrders 5 against 5")
        #expect(try verdict(limit, open: 5, stops: 5) == "pass")
    }

    @Test func `below one unit a venue may quote in hundredths of its tick`() throws {
        var event = VenueFiltersLoaded(instrument: InstrumentID(1), origin: "")
        event.tick = try Price("0.01")
        event.flags = VenueFiltersLoaded.finerTickBelowOne
        let filters = VenueFilters(event)
        for (limit, found) in [
            ("1.0099", "1 @ 1 by priceFilter 0.01"),
            ("0.98765", "1 @ 0.9876 by priceFilter 0.0001"),
            ("0.5", "pass"), ("0.00009", "priceFilter 0 against 0.0001"),
        ] {
            let order = try Self.order(.limit, .buy, "1", limit: limit)
            let verdict = filters.verdict(order, average: .zero, openOrders: 0, openStops: 0)
            #expect(Self.text(verdict) == found)
        }
    }

    @Test func `the book keeps the newest filters of each instrument and is saved whole`() throws {
        var book = VenueFilterBook()
        var event = try Self.filters(2026).event
        for number: UInt32 in [7, 2, 9, 2, 1] {
            event.instrument = InstrumentID(number)
            event.maximumOrders += 1
            book.load(event)
        }
        #expect(book.all.map(\.event.instrument.number) == [1, 2, 7, 9])
        #expect(book[InstrumentID(2)]?.event.maximumOrders == 204)
        #expect(book[InstrumentID(3)] == nil)
        var writer = StateWriter()
        book.encode(into: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try VenueFilterBook(from: &reader) == book)
        #expect(reader.isAtEnd)
        for count in stride(from: 0, to: writer.bytes.count, by: 7) {
            var cut = StateReader(Array(writer.bytes.prefix(count)))
            #expect(throws: StateError.self) { try VenueFilterBook(from: &cut) }
        }
    }
}
