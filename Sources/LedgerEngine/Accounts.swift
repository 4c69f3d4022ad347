import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What the accounts of a journal share: the names of everything, what each strategy holds and what it is
/// worth, and how far the journal was stepped.
///
/// Changes by the events that the journal holds, as every fold of the journal does.
struct Accounts: Sendable {
    private(set) var names = NameBook()
    private(set) var profit = ProfitAndLoss()
    /// The account whose turn it is; none before its first settings.
    private(set) var account = AccountID.none
    private(set) var inputs: UInt64 = 0
    private(set) var lastTime = Timestamp(nanoseconds: .min)
    /// The number of inputs at which the state is digested next.
    var nextDigest = UInt64.max

    /// What a strategy holds of an instrument.
    func held(by strategy: StrategyID, in instrument: InstrumentID) -> Quantity {
        profit.positions.position(account, strategy, instrument)?.quantity ?? .zero
    }

    // MARK: Names

    mutating func open(_ account: AccountID) { self.account = account }
    mutating func define(_ account: Account) {
        names.define(account)
        profit.define(account)
    }

    mutating func define(_ instrument: Instrument) {
        names.define(instrument)
        profit.define(instrument)
    }

    mutating func define(_ strategy: StrategyDefined) { names.define(strategy) }

    // MARK: Bookings

    /// Counts an input.
    ///
    /// - Throws: when its time is before the last one's.
    @inline(__always)
    mutating func begin(_ step: borrowing Step) throws(EngineError) {
        guard step.time >= lastTime else { throw .backwards(step.time, after: lastTime) }
        lastTime = step.time
        inputs += 1
    }

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

    /// The next pay date of a dividend.
    @inline(__always)
    var nextPayment: Timestamp { profit.equity.actions.nextPayment }

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

    mutating func restoreProgress(from reader: inout StateReader) throws(StateError) {
        inputs = try reader.read()
        nextDigest = try reader.read()
        lastTime = try reader.read()
        guard inputs < .max / 2 else {
            throw StateError("the saved state has an invalid number of inputs: \(inputs)")
        }
    }

    mutating func restoreBooks(
        from reader: inout StateReader, _ rules: RulesVersion
    ) throws(StateError) {
        profit = try ProfitAndLoss(from: &reader, rules: rules)
        for account in names.accounts { profit.define(account) }
        for instrument in names.instruments { profit.define(instrument) }
    }

    mutating func restoreMovements(from reader: inout StateReader) throws(StateError) {
        try profit.restoreMovements(from: &reader)
    }

    mutating func restoreActions(from reader: inout StateReader) throws(StateError) {
        try profit.restoreActions(from: &reader)
    }

    mutating func restoreCurrencies(from reader: inout StateReader) throws(StateError) {
        try profit.restoreCurrencies(from: &reader)
    }
}

extension AccountEngine {
    public var names: NameBook { accounts.names }
    public var profit: ProfitAndLoss { accounts.profit }
    /// The account's number; none before the first settings.
    public var account: AccountID { accounts.account }
    /// The rules under which the engine steps.
    public var rulesVersion: RulesVersion { accounts.profit.equity.rules }
}
