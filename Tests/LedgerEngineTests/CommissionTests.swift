import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import Testing

/// What a venue takes for its fills, in money and in assets, and what is then left to trade with.
@Suite struct CommissionTests {
    @Test func `a commission in what was bought is a fee, and what is left is held`() throws {
        var desk = try RemoteDesk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        #expect(desk.held(3) == (try Quantity("0.01232766")))
        #expect(desk.cash == (try Money("9259.6")))
        #expect(try desk.total.fees == Money("0.7404"))
        #expect(try desk.total.netDeposits == Money("10000"))
        #expect(try desk.total.net == Money("-0.7404"))
        #expect(try desk.watched.count(AlertRaised.self) == 0)
        let worth = try #require(desk.watched.engine.profit.equity[desk.watched.account])
        #expect(worth.drawdown > 0.00007)
        #expect(worth.peak == (try Money("10000")))
    }

    @Test func `a commission in a third asset that is held is paid out of it`() throws {
        var desk = try RemoteDesk([
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
        var desk = try RemoteDesk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.001", asset)
        #expect(desk.held(3) == (try Quantity("0.01234")))
        #expect(try desk.total.fees == .zero)
        #expect(try desk.watched.alerts(.reconciliationFailed).count == 1)
    }

    @Test func `an exit protects what is left after the commission`() throws {
        var desk = try RemoteDesk([("strategies.0.stop_loss", "1000")])
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.00001234", "BTC")
        #expect(desk.stops == [try Quantity("0.01232766")])
    }

    @Test func `parts too small for a stop are protected with the next`() throws {
        var desk = try RemoteDesk([("strategies.0.stop_loss", "1000")], hasFilters: true)
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
        var desk = try RemoteDesk(hasFilters: true)
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
        var desk = try RemoteDesk()
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: price, fee: "0", "")
        #expect(desk.held(3) == .zero)
        #expect(desk.cash == (try Money("10000")))
        #expect(try desk.watched.count(DiscrepancyFound.self) == 1)
        #expect(desk.watched.latches == [.reconciliation])
    }
}
