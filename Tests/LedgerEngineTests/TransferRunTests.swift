import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSettings
import Testing

/// Transfers between the accounts of a desk, as an operator commands them.
@Suite struct TransferRunTests {
    private static let first = DeskTests.number(1)

    private static func command(_ verb: OperatorVerb, _ argument: String) throws
        -> OperatorCommanded
    {
        OperatorCommanded(try OperatorCommand(verb, argument), actor: "kim", reason: "")
    }

    private static func give(
        _ verb: OperatorVerb, _ argument: String, to run: Run, from account: AccountID = first
    ) throws {
        try run.append(
            Run.Input(
                event: command(verb, argument), seconds: 2_000_000, account: account))
    }

    private static func sum(_ run: Run) -> Money {
        (1...3).reduce(Money.zero) {
            $0 + (run.engine.profit.equity[DeskTests.number(UInt16($1))]?.equity ?? .zero)
        }
    }

    @Test func `money and a position go to another account, and the desk is worth the same`() throws
    {
        let run = try DeskTests.desk(3)
        let before = Self.sum(run)
        try Self.give(.transfer, "1000.5 to second", to: run)
        try Self.give(.positionTransfer, "3 B to second", to: run)
        try Self.give(.positionTransfer, "2 B to third", to: run)
        #expect(Self.sum(run) == before)
        let cash = try #require(try run.events(CashTransferred.self).first)
        #expect(cash.to == DeskTests.number(2) && cash.currency == "USD")
        let moved = try run.events(PositionTransferred.self)
        // `second` does not trade B, `third` does.
        #expect(moved.map(\.toStrategy) == [.none, StrategyID(2)])
        let third = run.engine.accounts[2]
        #expect(
            third.profit.positions.position(
                DeskTests.number(3), StrategyID(2), InstrumentID(2))?.lots.count == 2)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a desk with transfers is restored at each event and goes on as the whole`(
        seed: UInt64
    ) throws {
        let run = try DeskTests.desk(seed)
        try Self.give(.positionTransfer, "3 B to second", to: run)
        try Self.give(.transfer, "77.125 to third", to: run)
        let saved = run.state
        #expect(try Engine(restoring: saved).digest == run.engine.digest)
        let plain = Run()
        plain.engine = try Engine(restoring: saved)
        #expect(plain.state == saved)
    }

    static let refused: [(OperatorVerb, String, AccountID, String)] = [
        (.transfer, "999999 to second", first, "999999 USD is more than the balance of"),
        (.transfer, "5 EUR to second", first, "first: the account keeps USD alone"),
        (.transfer, "5 to fourth", first, "there is no account 'fourth'; the journal has first, "),
        (.transfer, "5 to first", first, "a transfer needs two accounts, and both are 'first'"),
        (.transfer, "5 to second", .none, "a transfer leaves one account; name it with --from"),
        (.transfer, "5 to second", DeskTests.number(9), "the journal has no account 9"),
        (.positionTransfer, "8 B to second", first, "8 B is more than the position of 7"),
        (.positionTransfer, "1 C to second", first, "there is no instrument 'C'"),
        (.positionTransfer, "1 B to first", DeskTests.number(2), "second holds no B"),
        (
            .positionTransfer, "1 B of cross to second", first,
            "cross holds no B in first; there it belongs to buy_and_hold"
        ),
    ]

    @Test(arguments: refused.indices)
    func `what cannot be is refused by name, and nothing is booked`(row: Int) throws {
        let (verb, argument, account, says) = Self.refused[row]
        let run = try DeskTests.desk(3)
        let problem = run.engine.problem(
            with: try Self.command(verb, argument), of: account)
        #expect(problem?.contains(says) == true, "\(problem ?? "nothing")")
        guard account == Self.first else { return }
        let before = Self.sum(run)
        try Self.give(verb, argument, to: run, from: account)
        #expect(try run.events(CashTransferred.self).isEmpty)
        #expect(try run.events(PositionTransferred.self).isEmpty)
        #expect(Self.sum(run) == before)
    }

    @Test func `money of different kinds never mixes`() throws {
        let run = Run()
        try DeskTests.open(
            run,
            DeskTests.accounts + DeskTests.crossing + DeskTests.rules + [
                ("accounts.1.kind", "paper")
            ], cash: 1)
        let problem = run.engine.problem(
            with: try Self.command(.transfer, "5 to second"), of: Self.first)
        #expect(
            problem
                == "first is simulated and second is paper; money of different kinds never mixes")
    }

    @Test func `a journal with one account has nowhere to transfer to`() throws {
        let run = try Run([])
        let problem = run.engine.problem(
            with: try Self.command(.transfer, "5 to second"), of: .none)
        #expect(problem == "a transfer needs two accounts; the journal has only main")
    }
}
