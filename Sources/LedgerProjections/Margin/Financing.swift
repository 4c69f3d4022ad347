import LedgerDomain
import LedgerEvents

/// What holding cost an account, by its kind. Negative where it earned.
public struct Financing: Hashable, Sendable {
    /// Fees for units that were borrowed to be sold short.
    public var borrow = Money.zero
    public var interest = Money.zero
    public var funding = Money.zero

    public init() {}

    /// The amount of an event; nil for another event.
    init?(_ event: some FinancingEvent) {
        switch event {
        case is BorrowCharged: borrow = event.amount
        case is InterestCharged: interest = event.amount
        case is FundingCharged: funding = event.amount
        default: return nil
        }
    }

    public var total: Money { interest + funding + borrow }
    public var isEmpty: Bool { self == Financing() }

    static func += (a: inout Financing, b: Financing) {
        a.borrow += b.borrow
        a.interest += b.interest
        a.funding += b.funding
    }

    static func -= (a: inout Financing, b: Financing) {
        a.borrow -= b.borrow
        a.interest -= b.interest
        a.funding -= b.funding
    }

    /// The same in another currency, each kind rounded half to even to 10^-9.
    func counted(_ rate: Conversion) throws(NumberError) -> Financing {
        var result = Financing()
        result.borrow = try rate.worth(of: borrow)
        result.interest = try rate.worth(of: interest)
        result.funding = try rate.worth(of: funding)
        return result
    }

    func encode(into writer: inout StateWriter) {
        for amount in [borrow, interest, funding] { writer.write(amount) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        borrow = try reader.readSum()
        interest = try reader.readSum()
        funding = try reader.readSum()
    }
}

extension EquityBook {
    mutating func finance(_ event: some FinancingEvent, _ record: Record) throws(FoldError) {
        guard let parts = Financing(event) else { return }
        try bounded(event.amount, record.sequence)
        let slot = try slot(record.account, record.sequence)
        let own = currencies.currency(of: record.account)
        if event.currency == own {
            accounts[slot]?.cash -= event.amount
            accounts[slot]?.financing += parts
        } else {
            guard currencies.converts(slot) else {
                throw .inconsistent(
                    "a charge in \(event.currency) in an account without rates", record.sequence)
            }
            let change = BalanceChange(amount: -event.amount, flow: .init(financing: parts))
            try change.apply(slot, event.currency, to: &self, at: record.time, record.sequence)
        }
        try finish(slot, at: record.time, record.sequence)
    }
}
