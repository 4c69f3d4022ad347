import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// What changes the account outside of orders, in the books.
@Suite struct ActivityTests {
    /// The activities of the account are told; the one in question comes after the anchor.
    private func report(
        _ desk: inout RemoteDesk, _ kind: ActivityKind, _ type: String, amount: String = "0",
        quantity: String = "0", price: String = "0", isIncluded: Bool = false
    ) throws {
        desk.watched.wait(seconds: 1)
        if !desk.watched.engine.activities.isAnchored {
            try desk.watched.append(VenueActivitiesAnchored(venue: "test"))
        }
        try desk.watched.append(
            VenueActivityReported(
                instrument: InstrumentID(3), kind: kind, isIncluded: isIncluded,
                amount: try Money(amount), quantity: try Quantity(quantity),
                price: try Price(price), occurred: Timestamp(nanoseconds: 1), activityType: type,
                id: "20240101000000000::\(type)", symbol: "BTCUSD"))
    }

    private func snapshot(_ desk: inout RemoteDesk, _ quantity: String, cash: String) throws {
        desk.watched.wait(seconds: 1)
        try desk.watched.append(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: 9, cash: try Money(cash), origin: "test"))
        try desk.watched.append(
            VenuePositionReported(
                instrument: InstrumentID(3), snapshot: 9, quantity: try Quantity(quantity),
                averagePrice: .zero, symbol: "BTCUSD"))
        try desk.watched.append(VenueSnapshotEnded(snapshot: 9, positions: 1, orders: 0))
    }

    @Test func `a fee that a venue takes in units is a fee, and leaves the position`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try report(&desk, .fee, "CFEE", quantity: "-0.00003085", price: "60000")
        #expect(desk.held(3) == (try Quantity("0.01230915")))
        #expect(try desk.total.fees == Money("1.851"))
        #expect(try desk.total.netDeposits == Money("10000"))
        #expect(desk.cash == (try Money("9259.6")))
        try desk.watched.price("50000", of: 3)
        #expect(try desk.decided.last == "exit sell 0.01230915 market")
    }

    @Test func `a dividend that the venue reports is not booked a second time by an operator`()
        throws
    {
        var desk = try RemoteDesk(rules: .newest)
        try desk.enter()
        let before = desk.cash
        func record() throws -> String? {
            let command = OperatorCommanded(
                actor: "kim", command: "action", argument: "dividend BTCUSD perUnit=10",
                reason: "test")
            let problem = desk.watched.engine.problem(with: command, of: .none)
            try desk.watched.append(command)
            return problem
        }
        // Nothing is known of a venue's dividends until it was asked.
        #expect(try record() == nil)
        let once = desk.cash
        #expect(once - before == (try Money("0.1234")))
        try report(&desk, .dividend, "DIV", amount: "0.1234", price: "10")
        #expect(desk.cash - once == (try Money("0.1234")))
        let problem = try #require(try record())
        #expect(problem.hasSuffix("and they are booked by its report; record none"), "\(problem)")
        #expect(desk.cash - once == (try Money("0.1234")))
    }

    @Test func `an exit asks for no more than the venue has`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        // Nobody has told of the fee yet.
        try report(&desk, .interest, "INT", amount: "0.4")
        try snapshot(&desk, "0.01230915", cash: "9260")
        #expect(try desk.watched.run.events(ReconciliationEnded.self).last?.status == .pass)
        try desk.watched.command("flatten", "global")
        #expect(try desk.decided.last == "exit sell 0.01230915 market")
        let adjusted = try #require(try desk.watched.run.events(SizeAdjusted.self).last)
        #expect(adjusted.from == (try Quantity("0.01234")))
        #expect(adjusted.refusal.reason == .noPosition)
        try desk.fill("0.01230915", at: "60000", fee: "0", "")
        // The fee comes at the end of the day, and nothing is left.
        try report(&desk, .fee, "CFEE", quantity: "-0.00003085", price: "60000")
        #expect(desk.held(3).raw == 0)
    }

    @Test func `more than a fee is missing is a difference all the same`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try report(&desk, .interest, "INT", amount: "0.4")
        try snapshot(&desk, "0.0122", cash: "9260")
        let found = try desk.watched.run.events(DiscrepancyFound.self)
        #expect(found.map(\.kind) == [.quantity])
    }

    @Test func `without activities a venue has what the books have`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try snapshot(&desk, "0.01230915", cash: "9259.6")
        let found = try desk.watched.run.events(DiscrepancyFound.self)
        #expect(found.map(\.kind) == [.quantity])
    }

    @Test(arguments: [
        (ActivityKind.fee, "FEE", "-1.25", "1.25", "10000"),
        (.interest, "INT", "2", "-2", "10000"), (.transfer, "CSD", "500", "0", "10500"),
        (.transfer, "JNLC", "-300", "0", "9700"), (.other, "NEWTYPE", "-4", "4", "10000"),
        (.dividend, "DIVNRA", "-0.5", "0.5", "10000"),
    ])
    func `cash that comes or goes outside of orders is booked by its kind`(
        kind: ActivityKind, type: String, amount: String, fees: String, deposits: String
    ) throws {
        var desk = try RemoteDesk()
        let before = desk.cash
        try report(&desk, kind, type, amount: amount)
        #expect(desk.cash == before + (try Money(amount)))
        #expect(try desk.total.fees == Money(fees))
        #expect(try desk.total.netDeposits == Money(deposits))
    }

    @Test func `since rules 5 interest has its own part of the profit`() throws {
        var desk = try RemoteDesk(rules: .newest)
        let before = desk.cash
        try report(&desk, .interest, "INT", amount: "2")
        try report(&desk, .interest, "INTNRA", amount: "-0.5")
        #expect(desk.cash == before + (try Money("1.5")))
        #expect(try desk.total.fees == .zero)
        #expect(try desk.total.financing.interest == Money("-1.5"))
        #expect(try desk.total.net == Money("1.5"))
    }

    @Test func `a dividend belongs to whoever holds the instrument`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try report(&desk, .dividend, "DIV", amount: "1.234", price: "100")
        #expect(try desk.total.dividends == Money("1.234"))
        #expect(try desk.total.fees == .zero)
    }

    @Test func `a split adds units and leaves equity`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        let equity = desk.watched.equity
        try report(&desk, .split, "SPLIT", quantity: "0.01234")
        #expect(desk.held(3) == (try Quantity("0.02468")) && desk.watched.equity == equity)
    }

    @Test func `what the account had before the books began is not booked`() throws {
        var desk = try RemoteDesk()
        let before = desk.watched.equity
        try report(&desk, .transfer, "CSD", amount: "500", isIncluded: true)
        #expect(desk.watched.equity == before)
        try desk.watched.command("sync", "0000000000000009")
        try report(&desk, .fee, "FEE", amount: "-1", isIncluded: true)
        #expect(desk.watched.equity == before)
    }

    @Test func `a restart knows up to where activities are told`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try report(&desk, .interest, "INT", amount: "0.4")
        try snapshot(&desk, "0.01230915", cash: "9260")
        var writer = StateWriter()
        desk.watched.engine.encode(into: &writer)
        let restored = try Engine(restoring: writer.bytes)
        #expect(restored.digest == desk.watched.engine.digest)
        #expect(restored.activities == desk.watched.engine.activities)
        #expect(restored.activities.shortfalls.count == 1)
    }
}
