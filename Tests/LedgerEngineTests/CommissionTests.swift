import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import Testing

/// What a venue takes for its fills, in money and in assets, and what is then left to trade with.
@Suite struct CommissionTests {
    /// Bitcoin bought and sold as its price swings, at a venue outside.
    struct Desk {
        var watched: WatchedRun
        private var executions = 0

        init(_ more: WatchedRun.Pairs = [], hasFilters: Bool = false) throws {
            watched = try WatchedRun(
                [
                    ("strategies.0.kind", "sma_crossover"), ("strategies.0.name", "swing"),
                    ("strategies.0.symbols", "BTCUSD"), ("strategies.0.fast", "1"),
                    ("strategies.0.slow", "2"), ("strategies.0.quantity", "0.01234"),
                    ("venue.kind", "binance"), ("risk.enabled", "false"),
                    ("quality.enabled", "false"), ("reconciliation.enabled", "false"),
                ] + more, cash: "10000", kind: .paper)
            try define("BTCUSD", 3)
            try define("BNBUSD", 4)
            guard hasFilters else { return }
            for number: UInt32 in 3...4 {
                var filters = VenueFiltersLoaded(instrument: InstrumentID(number), origin: "test")
                filters.tick = try Price("0.01")
                filters.lot = try Quantity("0.00001")
                filters.minimumQuantity = filters.lot
                filters.minimumNotional = try Money("5")
                filters.flags = VenueFiltersLoaded.minimumNotionalAppliesToMarket
                try watched.take(filters)
            }
        }

        private func define(_ symbol: String, _ number: UInt32) throws {
            try watched.take(
                InstrumentDefined(
                    Instrument(
                        id: InstrumentID(number), symbol: symbol, venue: "", currency: "USD",
                        kind: .crypto, tick: try Price("0.01"), lot: try Quantity("0.00001"),
                        priceScale: 2, quantityScale: 5)))
        }

        /// The venue fills some of the open order that was decided last.
        mutating func fill(
            _ quantity: String, at price: String, fee: String, _ asset: String
        ) throws {
            let order = try #require(watched.engine.orders.open.last)
            executions += 1
            watched.wait(seconds: 1)
            try watched.take(
                VenueFillReported(
                    instrument: order.intended.instrument, side: order.intended.side,
                    liquidity: .taker, order: order.id, price: try Price(price),
                    quantity: try Quantity(quantity), fee: try Money(fee), cumulative: .zero,
                    clientOrder: "\(order.intended.intent)", venueOrder: "",
                    execution: "\(executions)", feeAsset: asset))
        }

        func held(_ number: UInt32) -> Quantity {
            watched.engine.books.equity.quantity(watched.account, InstrumentID(number))
        }

        var total: ProfitParts {
            get throws { try #require(watched.engine.books.total(watched.account)) }
        }

        var cash: Money { watched.engine.books.equity[watched.account]?.cash ?? .zero }

        var stops: [Quantity] {
            watched.engine.orders.open.filter { $0.intended.purpose == .stopLoss }.map(\.remaining)
        }
    }

    @Test func `a commission in what was bought is a fee, and what is left is held`() throws {
        var desk = try Desk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        #expect(desk.held(3) == (try Quantity("0.01232766")))
        #expect(desk.cash == (try Money("9259.6")))
        #expect(try desk.total.fees == Money("0.7404"))
        #expect(try desk.total.netDeposits == Money("10000"))
        #expect(try desk.total.net == Money("-0.7404"))
        #expect(try desk.watched.count(AlertRaised.self) == 0)
        let worth = try #require(desk.watched.engine.books.equity[desk.watched.account])
        #expect(worth.drawdown > 0.00007)
        #expect(worth.peak == (try Money("10000")))
    }

    @Test func `a commission in a third asset that is held is paid out of it`() throws {
        var desk = try Desk([
            ("strategies.1.kind", "buy_and_hold"), ("strategies.1.symbols", "BNBUSD"),
            ("strategies.1.quantity", "2"),
        ])
        try desk.watched.price("600", of: 4)
        try desk.fill("2", at: "600", fee: "0.002", "BNB")
        #expect(desk.held(4) == (try Quantity("1.998")))
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.watched.price("500", of: 4)
        try desk.fill("0.01234", at: "60000", fee: "0.001", "BNB")
        #expect(desk.held(3) == (try Quantity("0.01234")))
        #expect(desk.held(4) == (try Quantity("1.997")))
        #expect(desk.cash == (try Money("8059.6")))
        #expect(try desk.total.fees == Money("1.7"))
        #expect(try desk.total.netDeposits == Money("10000"))
        #expect(try desk.total.net == desk.total.equity - Money("10000"))
    }

    @Test(arguments: ["BNB", "B", "XRP", "BTCU"])
    func `a commission that nobody here holds is told, and the fill is booked`(
        asset: String
    ) throws {
        var desk = try Desk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.001", asset)
        #expect(desk.held(3) == (try Quantity("0.01234")))
        #expect(try desk.total.fees == .zero)
        #expect(try desk.watched.alerts(.reconciliationFailed).count == 1)
    }

    @Test func `an exit protects what is left after the commission`() throws {
        var desk = try Desk([("strategies.0.stop_loss", "1000")])
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        #expect(desk.stops == [try Quantity("0.01232766")])
    }

    @Test func `parts too small for a stop are protected with the next`() throws {
        var desk = try Desk([("strategies.0.stop_loss", "1000")], hasFilters: true)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        let order = try #require(desk.watched.engine.orders.open.last).id
        try desk.fill("0.00005", at: "60000", fee: "0", "")
        #expect(desk.stops == [])
        #expect(desk.watched.engine.orders.open.last?.id == order)
        try desk.fill("0.00105", at: "60000", fee: "0.00000105", "BTC")
        // 0.00109895 in whole lots.
        #expect(desk.stops == [try Quantity("0.00109")])
    }

    @Test func `what no order can close is nothing to a strategy`() throws {
        var desk = try Desk(hasFilters: true)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        try desk.watched.price("59000", of: 3)
        let exit = try #require(desk.watched.engine.orders.open.last)
        #expect(exit.intended.quantity == (try Quantity("0.01232")))
        try desk.fill("0.01232", at: "59000", fee: "0.72688", "USD")
        #expect(desk.held(3) == (try Quantity("0.00000766")))
        for price in ["58000", "57000", "56000"] { try desk.watched.price(price, of: 3) }
        #expect(desk.watched.engine.orders.openCount == 0)
        #expect(try desk.watched.refusals == [])
        try desk.watched.price("60000", of: 3)
        let entry = try #require(desk.watched.engine.orders.open.last)
        #expect(entry.intended.side == .buy)
        // What is left goes with what is bought next.
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        try desk.watched.price("59000", of: 3)
        #expect(
            desk.watched.engine.orders.open.last?.intended.quantity == (try Quantity("0.01233")))
    }

    @Test(arguments: ["0", "-60000"])
    func `a fill at no price is not booked`(price: String) throws {
        var desk = try Desk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: price, fee: "0", "")
        #expect(desk.held(3) == .zero)
        #expect(desk.cash == (try Money("10000")))
        #expect(try desk.watched.count(DiscrepancyFound.self) == 1)
        #expect(desk.watched.latches == [.reconciliation])
    }
}
