import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The account: the names of everything in it, what each strategy holds and what it is all worth.
///
/// Changes by the events that the journal holds, as every fold of the journal does.
struct Accounts: Sendable {
    private(set) var names = NameBook()
    private(set) var profit = ProfitAndLoss()
    /// The one account of a journal at this stage; none before a configuration.
    private(set) var account = AccountID.none

    /// What a strategy holds of an instrument.
    func held(by strategy: StrategyID, in instrument: InstrumentID) -> Quantity {
        profit.positions.position(account, strategy, instrument)?.quantity ?? .zero
    }

    // MARK: Names

    mutating func open(_ account: AccountID) { self.account = account }
    mutating func define(_ account: Account) { names.define(account) }
    mutating func define(_ instrument: Instrument) { names.define(instrument) }
    mutating func define(_ strategy: StrategyDefined) { names.define(strategy) }

    // MARK: Bookings

    @inline(__always)
    mutating func advance(to time: Timestamp) { profit.advance(to: time) }

    /// Marks an instrument at a price.
    ///
    /// See `EquityBook.mark`: a price that is far from the last one is held.
    @inline(__always)
    mutating func mark(
        _ instrument: InstrumentID, _ price: Price, _ step: borrowing Step
    ) throws(EngineError) -> MarkOutcome {
        do {
            return try profit.mark(instrument, price, at: step.time, sequence: step.sequence)
        } catch { throw .fold(error) }
    }

    /// Books cash that came or went, a fee or a dividend of an input or of an event derived from it.
    mutating func apply(_ record: Record) throws(EngineError) {
        do { try profit.apply(record) } catch { throw .fold(error) }
    }

    mutating func book(
        _ fill: OrderFilled, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try profit.book(fill, account: account, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    /// Takes a dividend off the mark.
    mutating func declare(
        _ dividend: DividendDeclared, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try profit.declare(dividend, at: step.time, sequence: step.sequence)
        } catch { throw .fold(error) }
    }

    mutating func follow(
        _ rules: RulesDeclared, _ step: borrowing Step
    ) throws(EngineError) {
        do { try profit.follow(rules, sequence: step.sequence) } catch { throw .fold(error) }
    }

    mutating func follow(_ rules: RulesVersion) throws(FoldError) {
        try profit.follow(RulesDeclared(rules: rules.number), sequence: .none)
    }

    mutating func book(
        _ dividend: DividendPaid, of holder: AccountID, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try profit.book(dividend, account: holder, at: step.time, sequence: step.sequence)
        } catch { throw .fold(error) }
    }

    mutating func adjust(
        _ position: PositionAdjusted, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try profit.adjust(position, account: account, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    mutating func adjust(
        _ cash: CashAdjusted, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        do {
            try profit.adjust(cash, account: account, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    mutating func split(_ split: SplitApplied, _ step: borrowing Step) throws(EngineError) {
        do {
            try profit.split(split, at: step.time, sequence: step.sequence)
        } catch { throw .fold(error) }
    }

    /// Sets the peak to the present equity.
    mutating func rebase(as event: SequenceNumber, _ step: borrowing Step) throws(EngineError) {
        do {
            try profit.rebase(account, at: step.time, sequence: event)
        } catch { throw .fold(error) }
    }

    // MARK: State

    mutating func restoreNames(from reader: inout StateReader) throws(StateError) {
        names = try NameBook(from: &reader)
    }

    mutating func restoreBooks(
        from reader: inout StateReader, _ rules: RulesVersion
    ) throws(StateError) {
        profit = try ProfitAndLoss(from: &reader, rules: rules)
    }
}

extension Engine {
    public var names: NameBook { accounts.names }
    public var profit: ProfitAndLoss { accounts.profit }
    public var account: AccountID { accounts.account }
    /// The rules under which the engine steps.
    public var rulesVersion: RulesVersion { accounts.profit.equity.rules }

    /// Steps under rules that the journal does not declare, for a comparison.
    public mutating func follow(_ rules: RulesVersion) throws(FoldError) {
        try accounts.follow(rules)
        desk.follow(rulesVersion)
    }
}
