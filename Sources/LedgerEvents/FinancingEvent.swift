import LedgerDomain

/// What holding costs or earns.
public protocol FinancingEvent: Event, Hashable {
    /// A positive amount is paid, a negative one is received.
    var amount: Money { get }
    /// The account's own, or one of which it keeps a balance.
    var currency: String { get }
    var source: String { get }
    init(
        instrument: InstrumentID, periods: UInt16, perRate: UInt16, amount: Money, base: Money,
        rate: Price, currency: String, source: String)
}

extension FinancingEvent {
    /// A charge that was recorded or reported, not computed.
    public init(_ instrument: InstrumentID, _ amount: Money, _ currency: String, source: String) {
        self.init(
            instrument: instrument, periods: 0, perRate: 0, amount: amount, base: .zero,
            rate: .zero, currency: currency, source: source)
    }
}
