import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// How far the ledger and the venue may differ (R03, C7).
public struct ReconciliationRules: Hashable, Sendable {
    public var isEnabled = ReconciliationKeys.enabled.standard
    /// For cash and average prices, as a share of the venue's value in units of 10^-9.
    public var tolerance = ReconciliationKeys.tolerance.standard
    /// For crypto positions, in units; equity quantities must be equal.
    public var dust = ReconciliationKeys.dust.standard
    public var scope = ReconciliationScope()
    /// By which share of a crypto holding the venue may have less than the ledger, because it takes fees in
    /// units and reports them later.
    public var coinFee = Price.zero

    public init() {}

    /// |ledger − venue| > tolerance × |venue|, compared without rounding.
    func differ(_ ledger: Int128, from venue: Int128) -> Bool {
        // A venue may send any value; one that does not fit counts as different.
        let (difference, overflow) = ledger.subtractingReportingOverflow(venue)
        guard !overflow else { return true }
        let apart = difference.magnitude.multipliedFullWidth(by: UInt128(FixedPoint.one))
        let most = venue.magnitude.multipliedFullWidth(by: UInt128(tolerance.raw.magnitude))
        return (apart.high, apart.low) > (most.high, most.low)
    }
}

extension DiscrepancyFound {
    /// What the venue has more than the ledger, of a difference in cash; nil for a sum that does not fit.
    public var missingCash: Money? {
        let (rest, overflow) = venue.raw.subtractingReportingOverflow(ledger.raw)
        return overflow ? nil : Money(raw: rest)
    }
}

/// One instrument in the ledger, over all strategies.
public struct LedgerHolding: Hashable, Sendable {
    public var instrument: InstrumentID
    public var symbol: String
    public var isCrypto: Bool
    /// Signed.
    public var quantity: Quantity
    /// Cost, with the sign of the quantity.
    public var cost: Money

    public init(
        instrument: InstrumentID, symbol: String, isCrypto: Bool, quantity: Quantity, cost: Money
    ) {
        (self.instrument, self.symbol, self.isCrypto) = (instrument, symbol, isCrypto)
        (self.quantity, self.cost) = (quantity, cost)
    }

    /// cost / quantity, rounded half to even to 10^-9.
    var average: Int128 {
        let one = Int128(FixedPoint.one)
        let (scaled, overflow) = cost.raw.multipliedReportingOverflow(by: one)
        guard quantity.raw != 0, !overflow else { return 0 }
        let sign: Int128 = quantity.raw < 0 ? -1 : 1
        return FixedPoint.dividedHalfEven(scaled * sign, by: quantity.raw * sign)
    }
}

/// What the account has of a currency other than its own.
public struct LedgerBalance: Hashable, Sendable {
    public var currency: String
    public var amount: Money

    public init(currency: String, amount: Money) {
        (self.currency, self.amount) = (currency, amount)
    }
}

/// What the ledger would report about the account if it were the venue.
public struct LedgerStanding: Hashable, Sendable {
    public var cash: Money
    /// In ascending order of instrument, without flat positions.
    public var holdings: [LedgerHolding]
    /// In ascending order of number.
    public var orders: [Order]
    /// The account's.
    public var currency: String
    /// Of the other currencies that the account keeps, those of zero included.
    public var balances: [LedgerBalance]

    public init(
        cash: Money, holdings: [LedgerHolding], orders: [Order], currency: String = "",
        balances: [LedgerBalance] = []
    ) {
        (self.cash, self.holdings, self.orders) = (cash, holdings, orders)
        (self.currency, self.balances) = (currency, balances)
    }

    /// Whether a symbol stands for a currency that the account keeps a balance of.
    private func isBalance(_ symbol: String) -> Bool {
        balances.contains { isName($0.currency, of: symbol) }
    }

    private func isName(_ name: String, of symbol: String) -> Bool {
        ReconciliationScope.isName(name, of: symbol, currency: currency)
    }

    /// All differences: positions by instrument, positions in unknown symbols in snapshot order,
    /// cash, orders by number, orders that only the venue has, and what could not be read. Symbols
    /// that the rules ignore have none.
    public func compare(
        with snapshot: VenueSnapshot, _ rules: ReconciliationRules
    ) -> [DiscrepancyFound] {
        let id = snapshot.began.snapshot
        guard snapshot.began.isReachable else {
            return [
                DiscrepancyFound(
                    .unreachable, snapshot: id, ledger: .zero, venue: .zero,
                    detail: "the venue could not be asked")
            ]
        }
        var found = positions(snapshot, rules)
        if rules.differ(cash.raw, from: snapshot.began.cash.raw) {
            found.append(
                DiscrepancyFound(
                    .cash, snapshot: id, ledger: .money(cash), venue: .money(snapshot.began.cash)))
        }
        return found + balances(snapshot, rules) + orders(snapshot, rules)
            + snapshot.unread.map(\.discrepancy)
    }

    /// Differences in other currencies. A venue reports a currency once, also where a position is in it.
    private func balances(
        _ snapshot: VenueSnapshot, _ rules: ReconciliationRules
    ) -> [DiscrepancyFound] {
        balances.compactMap { balance in
            guard !rules.scope.ignores(balance.currency, currency: currency) else { return nil }
            let ledger = holdings.filter { isName(balance.currency, of: $0.symbol) }
                .reduce(balance.amount.raw) { $0 + $1.quantity.raw }
            let venue = snapshot.positions.filter { isName(balance.currency, of: $0.symbol) }
                .reduce(Int128(0)) { $0 + $1.quantity.raw }
            guard rules.differ(ledger, from: venue) else { return nil }
            return DiscrepancyFound(
                .cash, snapshot: snapshot.began.snapshot, ledger: .money(Money(raw: ledger)),
                venue: .money(Money(raw: venue)), symbol: balance.currency)
        }
    }

    // MARK: Positions

    private func positions(
        _ snapshot: VenueSnapshot, _ rules: ReconciliationRules
    ) -> [DiscrepancyFound] {
        let id = snapshot.began.snapshot
        var found: [DiscrepancyFound] = []
        func isIgnored(_ symbol: String) -> Bool {
            isBalance(symbol) || rules.scope.ignores(symbol, currency: currency)
        }
        for holding in holdings where !isIgnored(holding.symbol) {
            let reported = snapshot.positions.filter { $0.instrument == holding.instrument }
            let quantity = reported.reduce(Int128(0)) { $0 + $1.quantity.raw }
            guard !reported.isEmpty, quantity != 0 || holding.quantity.raw == 0 else {
                if (holding.quantity.raw).magnitude > dust(holding, rules) {
                    found.append(
                        DiscrepancyFound(
                            .positionOnlyInLedger, instrument: holding.instrument, snapshot: id,
                            ledger: .quantity(holding.quantity), venue: .zero,
                            symbol: holding.symbol))
                }
                continue
            }
            if (holding.quantity.raw - quantity).magnitude > dust(holding, rules),
                !isFee(holding, quantity, rules)
            {
                found.append(
                    DiscrepancyFound(
                        .quantity, instrument: holding.instrument, snapshot: id,
                        ledger: .quantity(holding.quantity),
                        venue: .quantity(Quantity(raw: quantity)),
                        symbol: holding.symbol))
            }
            let price = reported[0].averagePrice.raw
            if reported.count == 1, price != 0, rules.differ(holding.average, from: Int128(price)) {
                found.append(
                    DiscrepancyFound(
                        .averagePrice, instrument: holding.instrument, snapshot: id,
                        ledger: .price(wide: holding.average),
                        venue: .price(reported[0].averagePrice),
                        symbol: holding.symbol))
            }
        }
        for position in snapshot.positions
        where position.quantity.raw != 0 && !isIgnored(position.symbol)
            && !(position.instrument != .none
                && holdings.contains { $0.instrument == position.instrument })
        {
            let isUnknown = position.instrument == .none
            found.append(
                DiscrepancyFound(
                    .positionOnlyAtVenue, instrument: position.instrument, snapshot: id,
                    ledger: .zero, venue: .quantity(position.quantity),
                    symbol: position.symbol,
                    detail: isUnknown ? "the ledger does not know the symbol" : ""))
        }
        return found
    }

    /// Whether the venue's shortfall may be fees that it has not reported yet.
    private func isFee(
        _ holding: LedgerHolding, _ venue: Int128, _ rules: ReconciliationRules
    ) -> Bool {
        let missing = holding.quantity.raw - venue
        guard holding.isCrypto, holding.quantity.raw > 0, missing > 0, rules.coinFee.raw > 0
        else { return false }
        let most = holding.quantity.raw.magnitude.multipliedFullWidth(
            by: UInt128(rules.coinFee.raw.magnitude))
        let share = missing.magnitude.multipliedFullWidth(by: UInt128(FixedPoint.one))
        return (share.high, share.low) <= (most.high, most.low)
    }

    private func dust(_ holding: LedgerHolding, _ rules: ReconciliationRules) -> UInt128 {
        holding.isCrypto ? rules.dust.raw.magnitude : 0
    }

    // MARK: Orders

    private func orders(
        _ snapshot: VenueSnapshot, _ rules: ReconciliationRules
    ) -> [DiscrepancyFound] {
        let id = snapshot.began.snapshot
        var found: [DiscrepancyFound] = []
        for order in orders {
            let terms = order.intended
            guard let reported = snapshot.orders.first(where: { $0.intent == terms.intent }) else {
                // The venue has not confirmed it yet: it waits to be sent, or is on its way.
                if order.state == .intended { continue }
                found.append(
                    DiscrepancyFound(
                        .orderOnlyInLedger, instrument: terms.instrument, snapshot: id,
                        ledger: .quantity(order.remaining), venue: .zero, order: order.id,
                        detail: "\(terms.intent)"))
                continue
            }
            if reported.filled.raw != order.filled.raw {
                found.append(
                    DiscrepancyFound(
                        .unrecordedFill, instrument: terms.instrument, snapshot: id,
                        ledger: .quantity(order.filled),
                        venue: .quantity(reported.filled), order: order.id,
                        symbol: reported.symbol, detail: reported.venueOrder))
            }
        }
        for reported in snapshot.orders
        where !rules.scope.ignores(reported.symbol, currency: currency)
            && !orders.contains(where: { $0.intended.intent == reported.intent })
        {
            found.append(
                DiscrepancyFound(
                    .orderOnlyAtVenue, instrument: reported.instrument, snapshot: id,
                    ledger: .zero,
                    venue: .quantity(reported.quantity - reported.filled),
                    symbol: reported.symbol,
                    detail: "\(reported.venueOrder); cancel it at the venue"))
        }
        return found
    }
}

extension VenueItemUnread {
    /// One difference, which names what could not be read.
    public var discrepancy: DiscrepancyFound {
        let name = id.isEmpty ? "\(item)" : "\(item) \(id)"
        return DiscrepancyFound(
            .unreadable, snapshot: snapshot, ledger: .zero, venue: .zero, symbol: symbol,
            detail: "\(name): \(detail); resolve it at the venue, or add it to reconcile.ignore")
    }
}
