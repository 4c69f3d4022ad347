import LedgerDomain
import LedgerEvents

/// The cash and value of one account.
///
/// Values are kept in 10^-18, the scale of price × quantity, so that marking rounds nothing:
/// equity = cash + receivable + Σ quantity × mark. In an account that converts, the worth of its other currencies, and of
/// what they quote, is part of the second term.
public struct AccountEquity: Hashable, Sendable {
    public var account: AccountID
    public internal(set) var cash = Money.zero
    /// Deposits less withdrawals.
    public internal(set) var netDeposits = Money.zero
    /// All fees: those of fills, and those that belong to no fill.
    public internal(set) var fees = Money.zero
    public internal(set) var dividends = Money.zero
    public internal(set) var financing = Financing()
    /// What it may borrow; nil where the journal does not say.
    public internal(set) var margin: MarginTerms?
    /// What positions that went to other accounts were worth beyond their cost, less that of positions that
    /// came: gains that this account made and another one realises.
    public internal(set) var transfers = Money.zero
    /// Dividends that were declared and are not paid yet; negative where short positions owe more. Part of
    /// equity, not of cash. `ActionBook` keeps the claims of which it is the sum.
    public internal(set) var receivable = Money.zero
    /// Σ quantity × mark in 10^-18, with the worth of other currencies.
    @usableFromInline var marketValue: Int128 = 0
    /// The highest equity since the account was funded or the peak was rebased, in 10^-18. The
    /// drawdown stop measures from it.
    @usableFromInline var peakValue: Int128 = 0
    public internal(set) var peakAt = Timestamp.zero
    /// The highest equity ever, which no rebase lowers. The deepest fall is measured from it.
    var highValue: Int128 = 0
    /// The lowest equity since that peak.
    var lowValue: Int128 = 0
    /// The deepest fall so far as a fraction of the preceding peak, and its start and end.
    public internal(set) var maximumDrawdown = 0.0
    var worstPeak: Int128 = 0
    var worstLow: Int128 = 0
    /// Whether equity is rounded once as a whole: see `equity`.
    private var roundsOnce = false

    init(account: AccountID, _ rules: RulesVersion) {
        self.account = account
        follow(rules)
    }

    mutating func follow(_ rules: RulesVersion) { roundsOnce = rules.keepEquityThroughActions }

    @usableFromInline static var scale: Int128 { Int128(FixedPoint.one) }

    /// Cash, receivable and holdings, in 10^-18 of the currency, unrounded.
    public var equityValue: Int128 { (cash.raw + receivable.raw) * Self.scale + marketValue }
    /// The peak in the same unit.
    public var peakEquityValue: Int128 { peakValue }

    /// cash + receivable + marketWorth, so that the parts of the profit add up to the last digit.
    ///
    /// Rounded half to even to 10^-9 as a whole, so that value which becomes cash leaves it as it is.
    /// Under rules 1 the holdings are rounded, which gives another digit in a tie.
    public var equity: Money {
        roundsOnce ? Self.money(equityValue) : cash + receivable + marketWorth
    }
    public var marketWorth: Money {
        roundsOnce ? equity - cash - receivable : Self.money(marketValue)
    }
    public var peak: Money { Self.money(peakValue) }
    public var highWaterMark: Money { Self.money(highValue) }
    public var worstDrawdown: (peak: Money, low: Money) {
        (Self.money(worstPeak), Self.money(worstLow))
    }

    /// (peak − equity) / peak; 0 while there is no peak.
    public var drawdown: Double {
        peakValue > 0 ? 1 - FixedPoint.double(equityValue) / FixedPoint.double(peakValue) : 0
    }

    @inline(__always)
    func isAtOrBelow(_ line: Int128, otherPeak: Int128) -> Bool {
        peakValue != otherPeak || equityValue <= line
    }

    /// 10^-18 to currency, rounded half to even.
    public static func amount(_ value: Int128) -> Money { money(value) }

    static func money(_ value: Int128) -> Money {
        Money(raw: FixedPoint.dividedHalfEven(value, by: scale))
    }

    /// Updates the peak, the low and the deepest drawdown with the present equity.
    @inline(__always)
    mutating func observe(at time: Timestamp) {
        let now = equityValue
        if now > peakValue {
            peakValue = now
            lowValue = now
            peakAt = time
            highValue = max(highValue, now)
        } else if now < lowValue {
            lowValue = now
            deepen()
        }
    }

    private mutating func deepen() {
        guard highValue > 0 else { return }
        let depth = 1 - FixedPoint.double(lowValue) / FixedPoint.double(highValue)
        guard depth > maximumDrawdown else { return }
        maximumDrawdown = depth
        worstPeak = highValue
        worstLow = lowValue
    }

    /// Books cash from or to the outside. It is neither profit nor loss, so the peak keeps its
    /// proportion to equity: a deposit does not make a drawdown smaller, nor a withdrawal larger.
    ///
    /// - Parameter isKnown: whether equity is known, so that its peak and its low may be.
    mutating func deposit(_ amount: Money, at time: Timestamp, isKnown: Bool) {
        bring(cash: amount, value: 0, counted: amount, at: time, isKnown: isKnown)
    }

    /// The same for cash and for holdings worth `value` in 10^-18, `counted` as deposited.
    mutating func bring(
        cash amount: Money, value: Int128, counted: Money, at time: Timestamp, isKnown: Bool
    ) {
        let before = equityValue
        cash += amount
        marketValue += value
        netDeposits += counted
        let after = equityValue
        if before >= peakValue { peakAt = time }
        peakValue = Self.moved(peakValue, from: before, to: after)
        highValue = Self.moved(highValue, from: before, to: after)
        lowValue = Self.moved(lowValue, from: before, to: after)
        if isKnown { observe(at: time) }
    }

    /// value × after / before, rounded up; value + the difference where there is no proportion to
    /// keep. An account that was emptied is measured from its next funding.
    private static func moved(_ value: Int128, from before: Int128, to after: Int128) -> Int128 {
        if before > 0, after == 0 { return 0 }
        if before > 0, after > 0, let scaled = FixedPoint.scaledUp(value, by: after, over: before) {
            return scaled
        }
        return max(0, value + after - before)
    }

    /// Measures drawdown from the present equity on.
    mutating func rebase(at time: Timestamp) {
        peakValue = max(0, equityValue)
        lowValue = equityValue
        peakAt = time
    }

    /// Far beyond any account, so sums of values within it cannot overflow.
    private static let mostCash = UInt128(1) << 90

    /// Whether the value of the holdings can be added up without overflow: 2^120 at most, checked
    /// in the high half, which is cheap.
    @inline(__always)
    private var isValueBounded: Bool {
        Int64(truncatingIfNeeded: marketValue >> 64).magnitude < 1 << 56
    }

    var isBounded: Bool {
        isValueBounded && cash.raw.magnitude < Self.mostCash
            && receivable.raw.magnitude < Self.mostCash
    }

    /// Adds to the value of the holdings; false when it becomes too large.
    @inline(__always)
    mutating func revalue(by change: Int128) -> Bool {
        marketValue += change
        return isValueBounded
    }

    /// The same when nothing else of the account changes.
    @inline(__always)
    mutating func revalue(by change: Int128, at time: Timestamp) -> Bool {
        marketValue += change
        observe(at: time)
        return isValueBounded
    }

    mutating func receive(_ dividend: Money) {
        cash += dividend
        dividends += dividend
    }

    /// Enters a dividend that is paid later.
    mutating func accrue(_ dividend: Money) {
        receivable += dividend
        dividends += dividend
    }

    /// Receives what was accrued.
    mutating func settle(_ claim: Money) {
        receivable -= claim
        cash += claim
    }

    /// Counts a fee or a dividend that another currency's balance paid or received.
    mutating func count(fee: Money, dividend: Money, _ financing: Financing = Financing()) {
        fees += fee
        dividends += dividend
        self.financing += financing
    }

    func encode(into writer: inout StateWriter) {
        writer.write(account)
        for amount in [cash, netDeposits, fees, dividends] { writer.write(amount) }
        for value in [marketValue, peakValue, highValue, lowValue, worstPeak, worstLow] {
            writer.write(value)
        }
        writer.write(peakAt)
        writer.write(maximumDrawdown)
    }

    init(from reader: inout StateReader, _ rules: RulesVersion) throws(StateError) {
        roundsOnce = rules.keepEquityThroughActions
        account = try reader.read()
        cash = try reader.readSum()
        netDeposits = try reader.readSum()
        fees = try reader.readSum()
        dividends = try reader.readSum()
        marketValue = try reader.readSum(bits: 122)
        peakValue = try reader.readSum(bits: 122)
        highValue = try reader.readSum(bits: 122)
        lowValue = try reader.readSum(bits: 122)
        worstPeak = try reader.readSum(bits: 122)
        worstLow = try reader.readSum(bits: 122)
        peakAt = try reader.read()
        maximumDrawdown = try reader.read()
        guard isBounded else { throw StateError("the value of a saved account is impossible") }
    }
}
