import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerEngine

/// Fills that a venue takes back, or to which it gives other terms.
@Suite struct FillCorrectionTests {
    /// Bought 0.01234 at 60000 for a fee of 0.5.
    private func desk() throws -> RemoteDesk {
        var desk = try RemoteDesk(rules: .newest)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.fill("0.01234", at: "60000", fee: "0.5", "")
        return desk
    }

    private func correct(
        _ desk: inout RemoteDesk, to quantity: String, at price: String, fee: String = "0"
    ) throws {
        var booked: (sequence: SequenceNumber, event: OrderFilled)?
        try desk.watched.run.batch.forEachRecord(from: .first) { record in
            if record.type == .orderFilled { booked = (record.sequence, try OrderFilled(record)) }
        }
        let (sequence, fill) = try #require(booked)
        desk.watched.wait(seconds: 1)
        try desk.watched.append(
            VenueFillCorrected(
                instrument: fill.instrument, strategy: fill.strategy, side: fill.side,
                order: fill.order, fill: sequence.number, price: try Price(price),
                quantity: try Quantity(quantity), bookedPrice: fill.price,
                bookedQuantity: fill.quantity, fee: try Money(fee), clientOrder: "c",
                execution: "2", corrected: "1", reason: "TRADE_BUST"))
    }

    private func deposits(_ desk: RemoteDesk) throws -> Money {
        try #require(desk.watched.engine.profit.equity[desk.watched.account]).netDeposits
    }

    @Test func `a fill that is taken back leaves cash and position as before it`() throws {
        var desk = try desk()
        #expect(try desk.cash == Money("9259.1"))
        try correct(&desk, to: "0", at: "60000", fee: "-0.5")
        #expect(desk.held(3) == .zero)
        #expect(try desk.cash == Money("10000"))
        #expect(try deposits(desk) == Money("10000"))
        let said = try #require(try desk.watched.run.events(FillCorrected.self).last)
        #expect(try said.cash == Money("740.9") && said.quantity == .zero)
        #expect(try desk.watched.alerts(.fillCorrected).count == 1)
        #expect(try desk.watched.count(DiscrepancyFound.self) == 0)
    }

    @Test func `a fill with another price or size is booked by the difference`() throws {
        var desk = try desk()
        try correct(&desk, to: "0.01234", at: "60100")
        #expect(try desk.held(3) == Quantity("0.01234"))
        #expect(try desk.cash == Money("9257.866"))
        #expect(try deposits(desk) == Money("10000"))
        var other = try self.desk()
        try correct(&other, to: "0.01", at: "60000")
        #expect(try other.held(3) == Quantity("0.01"))
        #expect(try other.cash == Money("9399.5"))
        #expect(try deposits(other) == Money("10000"))
    }

    @Test func `an exit protects no more than a correction leaves`() throws {
        var desk = try RemoteDesk([("strategies.0.stop_loss", "1000")], rules: .newest)
        try desk.enter()
        #expect(try desk.stops == [Quantity("0.01234")])
        try correct(&desk, to: "0", at: "60000")
        #expect(try desk.watched.run.events(CancelIntended.self).count == 1)
    }

    @Test(arguments: ["unknown fill", "open order", "hostile numbers"])
    func `what cannot be booked is a discrepancy that blocks entries`(_ what: String) throws {
        var desk = try RemoteDesk(rules: .newest)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        if what == "open order" {
            try desk.fill("0.001", at: "60000", fee: "0", "")
            try correct(&desk, to: "0", at: "60000")
        } else {
            try desk.fill("0.01234", at: "60000", fee: "0", "")
            let isHostile = what == "hostile numbers"
            let order = try #require(try desk.watched.run.events(OrderFilled.self).last).order
            desk.watched.wait(seconds: 1)
            try desk.watched.append(
                VenueFillCorrected(
                    instrument: InstrumentID(3), strategy: .none, side: .buy, order: order,
                    fill: isHostile ? 1 : 0, price: Price(raw: .max),
                    quantity: Quantity(raw: Int128(Int64.max)),
                    bookedPrice: isHostile ? Price(raw: .max) : .zero,
                    bookedQuantity: isHostile ? Quantity(raw: Int128(Int64.max)) : .zero,
                    fee: Money(raw: .max), clientOrder: "c", execution: "2", corrected: "9",
                    reason: ""))
        }
        #expect(try desk.watched.count(FillCorrected.self) == 0)
        #expect(try desk.watched.count(DiscrepancyFound.self) == 1)
        #expect(try desk.watched.alerts(.fillCorrected).map(\.severity) == [.critical])
        let latches = try desk.watched.run.events(LatchEngaged.self)
        #expect(latches.contains { $0.source == .reconciliation })
    }
}
