import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSettings
import TestSupport
import Testing

/// Borrow fees, interest and funding that accrue at the start of an account's day.
@Suite struct FinancingRunTests {
    private static let account = AccountID(.simulated, index: 1)
    private static let day: Int64 = 86_400

    /// Sells 10 of A short at 20.
    private func short(_ more: [(key: String, value: String)]) throws -> Run {
        let run = try Run(
            [("account.allow_short", "true"), ("drawdown.enabled", "false")] + more)
        try run.bar(20, 20, 20, 20, at: 60)
        try run.append(
            OrderRequested(
                instrument: InstrumentID(1), side: .sell, orderType: .market,
                quantity: try Quantity("10"), timeInForce: .goodTillCancelled, clientOrder: "a",
                actor: "kim"), at: 70)
        try run.bar(20, 20, 20, 20, at: 120)
        return run
    }

    private func total(_ run: Run) throws -> ProfitParts {
        try #require(run.engine.profit.total(Self.account))
    }

    @Test func `a short pays the borrow fee of each day that passed`() throws {
        let run = try short([("account.financing.borrow_rate", "0.0325")])
        let held = run.position
        #expect(held.raw < 0)
        try run.bar(21, 21, 21, 21, at: Self.day + 60)
        try run.bar(21, 21, 21, 21, at: 4 * Self.day + 60)
        let fees = try run.events(BorrowCharged.self)
        #expect(fees.map(\.periods) == [1, 3])
        // The worth of the day that ended.
        let first = try Money.notional(Price("20"), held.magnitude)
        let second = try Money.notional(Price("21"), held.magnitude)
        #expect(fees.map(\.base) == [first, second])
        for (fee, base) in zip(fees, [first, second]) {
            let exact = base.raw * 32_500_000 * Int128(fee.periods)
            #expect(
                fee.amount.raw == FixedPoint.dividedHalfEven(exact, by: 360 * 1_000_000_000))
        }
        let total = try total(run)
        #expect(total.financing.borrow == fees[0].amount + fees[1].amount)
        #expect(total.net == total.equity - total.netDeposits)
        #expect(try Engine(restoring: run.state).digest == run.engine.digest)
    }

    @Test func `the proceeds of a short earn nothing, and a debit pays`() throws {
        let run = try short([
            ("account.financing.credit_rate", "0.0365"), ("account.financing.debit_rate", "0.073"),
            ("account.financing.day_count", "365"),
        ])
        let cash = run.engine.profit.equity[Self.account]?.cash ?? .zero
        let proceeds = try Money.notional(Price("20"), run.position.magnitude)
        try run.bar(20, 20, 20, 20, at: Self.day + 60)
        let earned = try #require(try run.events(InterestCharged.self).last)
        #expect(earned.base == -(cash - proceeds))
        #expect(earned.amount < .zero)
        try run.append(
            Run.Input(
                event: CashWithdrawn(amount: cash + (try Money("365"))), seconds: Self.day + 70,
                account: Self.account))
        let balance = run.engine.profit.equity[Self.account]?.cash ?? .zero
        #expect(balance < .zero)
        try run.bar(20, 20, 20, 20, at: 2 * Self.day + 60)
        let paid = try #require(try run.events(InterestCharged.self).last)
        #expect(paid.base == -balance)
        let exact = -balance.raw * 73_000_000
        #expect(paid.amount.raw == FixedPoint.dividedHalfEven(exact, by: 365 * 1_000_000_000))
    }

    @Test func `funding is paid by longs, received by shorts, for each interval`() throws {
        let run = try short([
            ("account.financing.funding_rate", "0.0001"),
            ("account.financing.funding_hours", "4"), ("account.financing.funding_symbols", "A"),
        ])
        try run.bar(20, 20, 20, 20, at: 2 * Self.day + 60)
        let funding = try #require(try run.events(FundingCharged.self).first)
        #expect(funding.periods == 12 && funding.perRate == 1)
        let value = try Money.notional(Price("20"), run.position)
        #expect(funding.base == value)
        // 12 × 0.0001 of it; the short receives.
        #expect(funding.amount.raw == FixedPoint.dividedHalfEven(value.raw * 12, by: 10_000))
        #expect(try total(run).financing.funding == funding.amount)
    }

    @Test func `without settings nothing accrues, and the state has the bytes of old`() throws {
        let run = try short([])
        try run.bar(21, 21, 21, 21, at: Self.day + 60)
        #expect(try run.events(BorrowCharged.self).isEmpty)
        #expect(!run.engine.profit.hasMovements)
    }

    static let refused: [([(key: String, value: String)], String)] = [
        (
            [
                ("venue.kind", "alpaca"), ("account.kind", "paper"),
                ("account.financing.borrow_rate", "0.1"),
            ],
            "account.financing.borrow_rate is for the simulated venue"
        ),
        (
            [("account.financing.funding_rate", "0.1")],
            "account.financing.funding_rate needs account.financing.funding_symbols"
        ),
        ([("account.financing.day_count", "252")], "account.financing.day_count '252'"),
        ([("account.financing.debit_rate", "-1")], "account.financing.debit_rate '-1'"),
    ]

    @Test(arguments: refused.indices)
    func `settings that cannot be are refused by name`(row: Int) throws {
        let (settings, says) = Self.refused[row]
        do {
            _ = try Run(settings)
            Issue.record("\(says)")
        } catch let error as EngineError {
            #expect(error.description.replacing(":", with: "").contains(says), "\(error)")
        }
    }

    @Test func `an operator records what holding cost, and earned`() throws {
        let run = try short([])
        for (verb, argument) in [
            ("borrow", "2.5 of A"), ("interest", "1.25 received"), ("funding", "0.5 of A received"),
        ] {
            try run.append(
                OperatorCommanded(actor: "kim", command: verb, argument: argument, reason: ""),
                at: 300)
        }
        let parts = try total(run).financing
        #expect(parts.borrow == (try Money("2.5")))
        #expect(parts.interest == (try Money("-1.25")))
        #expect(parts.funding == (try Money("-0.5")))
        let problem = run.engine.problem(
            with: OperatorCommanded(
                actor: "", command: "borrow", argument: "1 of NONE", reason: ""), of: .none)
        #expect(problem == "there is no instrument 'NONE'")
    }
}
