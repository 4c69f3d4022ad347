import LedgerDomain
import LedgerEvents

/// A dividend that one position receives or owes on its pay date.
public struct DividendClaim: Hashable, Sendable {
    /// The event that entered it.
    public var accrual: SequenceNumber
    public var account: AccountID
    public var strategy: StrategyID
    public var instrument: InstrumentID
    /// Negative is owed.
    public var amount: Money
    public var payable: Timestamp
}

/// What corporate actions leave for later: dividends that await their pay dates. Part of `EquityBook`.
///
/// It is empty in a journal without such actions, whose saved states do not contain it.
public struct ActionBook: Hashable, Sendable {
    /// By pay date, then in the order in which they were entered.
    public private(set) var claims: [DividendClaim] = []
    /// The first pay date; the end of time where no claim waits.
    public private(set) var nextPayment = Timestamp(nanoseconds: .max)

    init() {}

    public var isEmpty: Bool { claims.isEmpty }

    /// The next claim to pay at a time; nil where none is due.
    public func due(at time: Timestamp) -> DividendClaim? {
        claims.first.flatMap { $0.payable <= time ? $0 : nil }
    }

    func claim(_ accrual: SequenceNumber) -> DividendClaim? {
        claims.first { $0.accrual == accrual }
    }

    mutating func add(_ claim: DividendClaim) {
        let place =
            claims.firstIndex {
                ($0.payable, $0.accrual) > (claim.payable, claim.accrual)
            } ?? claims.count
        claims.insert(claim, at: place)
        noteNext()
    }

    @discardableResult
    mutating func remove(_ accrual: SequenceNumber) -> DividendClaim? {
        guard let place = claims.firstIndex(where: { $0.accrual == accrual }) else { return nil }
        defer { noteNext() }
        return claims.remove(at: place)
    }

    private mutating func noteNext() {
        nextPayment = claims.first?.payable ?? Timestamp(nanoseconds: .max)
    }

    // MARK: State

    private static let format: UInt8 = 1

    func encode(into writer: inout StateWriter) {
        writer.write(Self.format)
        writer.write(claims) { writer, claim in
            writer.write(claim.accrual)
            writer.write(claim.account)
            writer.write(claim.strategy)
            writer.write(claim.instrument)
            writer.write(claim.amount)
            writer.write(claim.payable)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        let format: UInt8 = try reader.read()
        guard format == Self.format else {
            throw StateError("corporate actions are saved in form \(format)")
        }
        let saved = try reader.readArray { (reader) throws(StateError) in
            DividendClaim(
                accrual: try reader.read(), account: try reader.read(),
                strategy: try reader.read(), instrument: try reader.read(),
                amount: try reader.readSum(bits: 80), payable: try reader.read())
        }
        for claim in saved { add(claim) }
    }
}

extension StateReader {
    fileprivate mutating func readSum(bits: Int) throws(StateError) -> Money {
        Money(raw: try readSum(bits: bits))
    }
}
