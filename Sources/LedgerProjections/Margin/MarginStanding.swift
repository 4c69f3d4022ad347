import LedgerDomain
import LedgerEvents

/// What an account owns, what it must own, and what it may still buy. In the account's currency.
///
/// Values and requirements are rounded up to 10^-9, what is left is rounded down.
public struct MarginStanding: Hashable, Sendable {
    public var terms: MarginTerms
    public var equity: Money
    /// Holdings at the marks, the strategies of an instrument netted; both are above zero.
    public var longValue = Money.zero
    public var shortValue = Money.zero
    public var required = MarginRequirement(initial: .zero, maintenance: .zero)

    /// Whether the venue lends at all: see `MarginTerms.minimumEquity`.
    public var lends: Bool { terms.kind == .margin && equity >= terms.minimumEquity }

    public var exposure: Money { min(longValue + shortValue, .limit) }

    /// equity − maintenance requirement; negative in a deficit.
    public var excess: Money { equity - required.maintenance }

    /// What a new long position may be worth: (equity − initial requirement) / initial share, and no more than
    /// `maxLeverage` leaves; never below 0.
    public var buyingPower: Money { buyingPower(after: required.initial, exposure) }

    /// The same with orders that wait.
    ///
    /// - Parameters:
    ///   - initial: the initial requirement of positions and orders.
    ///   - exposure: what both are worth.
    public func buyingPower(after initial: Money, _ exposure: Money) -> Money {
        let free = max(equity - initial, .zero)
        let share = lends ? terms.initialLong : Price(raw: FixedPoint.one)
        let lent = Self.divided(free, by: share)
        guard let most = mostExposure else { return lent }
        return min(lent, max(most - exposure, .zero))
    }

    /// What positions may be worth by `maxLeverage`; nil without a limit.
    public var mostExposure: Money? {
        guard terms.maxLeverage.raw > 0 else { return nil }
        guard equity.raw > 0 else { return .zero }
        let (product, overflow) = equity.raw.multipliedReportingOverflow(
            by: Int128(terms.maxLeverage.raw))
        return overflow ? .limit : Money(raw: product / Int128(FixedPoint.one))
    }

    /// Positions over equity, rounded up to 10^-9; nil where equity is not above zero.
    public var leverage: Price? { leverage(of: exposure) }

    public func leverage(of exposure: Money) -> Price? {
        guard equity.raw > 0 else { return nil }
        return FixedPoint.scaledUp(
            exposure.raw, by: Int128(FixedPoint.one), over: equity.raw
        ).flatMap { Int64(exactly: $0) }.map(Price.init(raw:))
    }

    /// Rounded down.
    private static func divided(_ amount: Money, by share: Price) -> Money {
        let (product, overflow) = amount.raw.multipliedReportingOverflow(by: Int128(FixedPoint.one))
        return overflow || share.raw <= 0 ? .limit : Money(raw: product / Int128(share.raw))
    }

    /// Adds the requirement of units at a price.
    ///
    /// - Returns: what the units are worth and what they require; nil where a rate is missing or a number does
    ///   not fit.
    func holding(
        _ units: Quantity, at price: Price, isCrypto: Bool, _ rate: Conversion?
    ) -> (value: Money, required: MarginRequirement)? {
        func worth(_ price: Price) -> Money? {
            let (product, overflow) = units.raw.multipliedReportingOverflow(by: Int128(price.raw))
            guard !overflow, product.magnitude < UInt128(1) << 110 else { return nil }
            return (rate ?? Conversion()).worthUp(ofValue: Int128(product.magnitude))
        }
        guard let value = worth(price), let low = worth(MarginTerms.lowLong),
            let high = worth(MarginTerms.lowShort), value <= .limit
        else { return nil }
        return (
            value,
            terms.requirement(
                value, units.raw < 0 ? .sell : .buy, price: price, isCrypto: isCrypto,
                lends: lends, floor: (low, high))
        )
    }
}

extension EquityBook {
    mutating func define(_ event: MarginDefined, _ record: Record) throws(FoldError) {
        let slot = try slot(record.account, record.sequence)
        accounts[slot]?.margin = MarginTerms(event)
    }

    /// What an account may borrow; nil where nothing was defined.
    public func marginTerms(_ account: AccountID) -> MarginTerms? { self[account]?.margin }

    /// The margin of an account at the last marks; nil where nothing was defined, or a rate is missing.
    ///
    /// - Parameter names: which of its instruments are coins.
    public func marginStanding(
        _ account: AccountID, at time: Timestamp? = nil, _ names: NameBook
    ) -> MarginStanding? {
        guard let worth = self[account], let terms = worth.margin,
            gap(account, at: time) == nil
        else { return nil }
        var standing = MarginStanding(terms: terms, equity: worth.equity)
        var seen: [InstrumentID] = []
        for holding in holdings
        where holding.account == Int32(account.index) && !seen.contains(holding.instrument) {
            seen.append(holding.instrument)
            let net = quantity(account, holding.instrument)
            guard net.raw != 0 else { continue }
            guard
                let (value, required) = requirement(
                    of: net, holding.instrument, standing, of: account, names)
            else { return nil }
            if net.raw > 0 { standing.longValue += value } else { standing.shortValue += value }
            standing.required += required
        }
        guard standing.longValue <= .limit, standing.shortValue <= .limit else { return nil }
        return standing
    }

    /// What units are worth and what they require of an account; nil where a rate is missing or a number does not
    /// fit.
    ///
    /// - Parameter price: nil for the mark.
    public func requirement(
        of units: Quantity, at price: Price? = nil, _ instrument: InstrumentID,
        _ standing: MarginStanding, of account: AccountID, _ names: NameBook
    ) -> (value: Money, required: MarginRequirement)? {
        var rate: Conversion?
        if let currency = currencies.foreign(account.index, instrument) {
            rate = currencies.conversion(account.index, from: currency)
            guard rate != nil else { return nil }
        }
        return standing.holding(
            units, at: price ?? mark(instrument), isCrypto: names[instrument]?.kind == .crypto, rate
        )
    }
}
