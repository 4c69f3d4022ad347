import LedgerDomain
import LedgerEvents

/// One account's cash and worth.
///
/// Worth is kept in 10^-18, the scale of price × quantity, so that marking rounds nothing:
/// equity = cash + Σ quantity × mark.
public struct AccountEquity: Hashable, Sendable {
    public var account: AccountID
    public internal(set) var cash = Money.zero
    /// Deposits less withdrawals.
    public internal(set) var netDeposits = Money.zero
    /// Fees that belong to no fill, and the fills' own.
    public internal(set) var fees = Money.zero
    public internal(set) var dividends = Money.zero
    /// Σ quantity × mark in 10^-18.
    var marketValue: Int128 = 0
    /// The highest equity since the account was funded, in 10^-18.
    var peakValue: Int128 = 0
    public internal(set) var peakAt = Timestamp.zero
    /// The lowest equity since that peak.
    var lowValue: Int128 = 0
    /// The deepest fall so far as a share of the peak before it, and its two ends.
    public internal(set) var maximumDrawdown = 0.0
    var worstPeak: Int128 = 0
    var worstLow: Int128 = 0

    init(account: AccountID) { self.account = account }

    static let scale = Int128(FixedPoint.one)

    var equityValue: Int128 { cash.raw * Self.scale + marketValue }

    /// cash + marketWorth: what is held is rounded half to even to 10^-9 first, so that the parts of
    /// the profit add up to the last digit.
    public var equity: Money { cash + marketWorth }
    public var marketWorth: Money { Self.money(marketValue) }
    public var peak: Money { Self.money(peakValue) }
    public var worstDrawdown: (peak: Money, low: Money) {
        (Self.money(worstPeak), Self.money(worstLow))
    }

    /// (peak − equity) / peak; 0 while there is no peak.
    public var drawdown: Double {
        peakValue > 0 ? 1 - FixedPoint.double(equityValue) / FixedPoint.double(peakValue) : 0
    }

    static func money(_ value: Int128) -> Money {
        Money(raw: FixedPoint.dividedHalfEven(value, by: scale))
    }

    /// Moves the peak, the low and the deepest drawdown to the present equity.
    @inline(__always)
    mutating func observe(at time: Timestamp) {
        let now = equityValue
        if now > peakValue {
            peakValue = now
            lowValue = now
            peakAt = time
        } else if now < lowValue {
            lowValue = now
            deepen()
        }
    }

    private mutating func deepen() {
        guard peakValue > 0 else { return }
        let depth = 1 - FixedPoint.double(lowValue) / FixedPoint.double(peakValue)
        guard depth > maximumDrawdown else { return }
        maximumDrawdown = depth
        worstPeak = peakValue
        worstLow = lowValue
    }

    /// Cash that came from or went to the outside moves the peak along: it is no profit and no loss.
    mutating func deposit(_ amount: Money, at time: Timestamp) {
        cash += amount
        netDeposits += amount
        let moved = amount.raw * Self.scale
        if equityValue - moved >= peakValue { peakAt = time }
        peakValue = max(0, peakValue + moved)
        lowValue += moved
        observe(at: time)
    }

    /// Far beyond any account: sums of what lies within cannot overflow.
    private static let mostCash = UInt128(1) << 90

    /// Whether the holdings are worth what can be added up without an overflow: 2^120 at most, seen
    /// at the high half, which is cheap.
    @inline(__always)
    private var isValueBounded: Bool {
        Int64(truncatingIfNeeded: marketValue >> 64).magnitude < 1 << 56
    }

    var isBounded: Bool { isValueBounded && cash.raw.magnitude < Self.mostCash }

    /// Adds to what the holdings are worth; false when it is too much.
    @inline(__always)
    mutating func revalue(by change: Int128) -> Bool {
        marketValue += change
        return isValueBounded
    }

    /// The same where nothing else of the account changes with it.
    @inline(__always)
    mutating func revalue(by change: Int128, at time: Timestamp) -> Bool {
        marketValue += change
        observe(at: time)
        return isValueBounded
    }

    func encode(into writer: inout StateWriter) {
        writer.write(account)
        for amount in [cash, netDeposits, fees, dividends] { writer.write(amount) }
        for value in [marketValue, peakValue, lowValue, worstPeak, worstLow] { writer.write(value) }
        writer.write(peakAt)
        writer.write(maximumDrawdown)
    }

    init(from reader: inout StateReader) throws(StateError) {
        account = try reader.read()
        cash = try reader.readSum()
        netDeposits = try reader.readSum()
        fees = try reader.readSum()
        dividends = try reader.readSum()
        marketValue = try reader.readSum(bits: 122)
        peakValue = try reader.readSum(bits: 122)
        lowValue = try reader.readSum(bits: 122)
        worstPeak = try reader.readSum(bits: 122)
        worstLow = try reader.readSum(bits: 122)
        peakAt = try reader.read()
        maximumDrawdown = try reader.read()
        guard isBounded else { throw StateError("a saved account is worth what cannot be") }
    }
}
