import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Double-entry books: every event that moves value becomes one transaction.
///
/// Lots are those of `PositionBook`, closed first in, first out, with its rounding: the books look
/// at what an event did to the lots and post the difference. Cash payments are computed from the
/// event itself, so a transaction sums to zero only if cash, lots and gain agree to the last 10^-9.
public struct Books: Sendable {
    /// The event types that the books read. No other type moves value.
    public static let types: [EventType] = EventType.allCases.filter(isRead)

    public private(set) var names = NameBook()
    public private(set) var positions = PositionBook()
    public private(set) var balances = Balances()
    /// The claims to dividends that are not paid yet.
    var claims: [SequenceNumber] = []
    /// The accounts that have balances in several currencies.
    public private(set) var converting: [AccountID] = []
    /// The sequence number of the last event that moved value.
    public private(set) var last = (sequence: SequenceNumber.none, time: Timestamp.zero)

    public init() {}

    /// Books the next event and returns its transaction; nil if it moves no value.
    ///
    /// - Throws: `BooksError` for an event that the projections also reject, and if an instrument's
    ///   currency differs from the account's, because an account without rates has one currency.
    public mutating func post(_ record: Record) throws(BooksError) -> Transaction? {
        guard let type = record.type, Self.isRead(type) else { return nil }
        var transaction: Transaction
        switch type {
        case .orderFilled: transaction = try fill(record)
        case .positionAdjusted: transaction = try adjust(record)
        case .splitApplied: transaction = try split(record)
        case .dividendPaid: transaction = try dividend(record)
        case .dividendAccrued, .dividendSettled, .dividendCorrected:
            transaction = try claim(record, type)
        case .cashDeposited, .cashWithdrawn, .feeCharged, .cashAdjusted:
            transaction = try cash(record, type)
        case .balanceDeposited, .balanceWithdrawn, .balanceCharged, .balanceConverted:
            transaction = try balance(record, type)
        case .cashTransferred: transaction = try transferCash(record)
        case .positionTransferred: transaction = try transferPosition(record)
        case .borrowCharged: transaction = try finance(record, BorrowCharged.self, .borrow)
        case .interestCharged: transaction = try finance(record, InterestCharged.self, .interest)
        case .fundingCharged: transaction = try finance(record, FundingCharged.self, .funding)
        case .rateDefined:
            if !converting.contains(record.account) { converting.append(record.account) }
            return nil
        default:
            do throws(RecordError) { try names.remember(record) } catch { throw BooksError(error) }
            return nil
        }
        guard !transaction.postings.isEmpty else { return nil }
        balances.post(transaction)
        last = (record.sequence, record.time)
        return transaction
    }

    /// All current holdings, booked as one transaction against the opening balances. An extract
    /// begins with it. Earlier income, expenses and equity are part of the opening balances.
    public func opening() -> Transaction? {
        var transaction = Transaction(last.sequence, last.time, .none, .opening)
        var sums = OrderedTable<BookAccount, Money>()
        var account = AccountID.none
        func balance() {
            for (opening, sum) in sums.entries { transaction.add(opening, -sum) }
            sums = OrderedTable()
        }
        for entry in balances.entries {
            if entry.account.account != account {
                balance()
                account = entry.account.account
            }
            var currency = entry.account.currency
            switch entry.account.kind {
            case .position:
                transaction.add(entry.account, Array(entry.lots))
                currency = self.currency(account, entry.account.instrument)
            case .cash, .receivable: transaction.add(entry.account, entry.amount)
            default: continue
            }
            let opening = BookAccount(.opening, account, currency: currency)
            sums.update(opening, .zero) { $0 += entry.amount }
        }
        balance()
        return transaction.postings.isEmpty ? nil : transaction
    }

    // MARK: Events

    private mutating func fill(_ record: Record) throws(BooksError) -> Transaction {
        let event: OrderFilled = try Self.decode(record)
        try apply(record)
        let signed = Quantity(raw: event.quantity.raw * event.side.sign)
        let paid = try Self.notional(event.price, signed, record)
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        try checkCurrency(holding, record)
        var transaction = Transaction(record, .fill(event.side, event.quantity, event.price))
        moveLots(of: holding, at: event.price, in: &transaction)
        transaction.add(BookAccount(.fees, holding), event.fee)
        transaction.add(account(.cash, of: holding), -(paid + event.fee))
        return transaction
    }

    private mutating func adjust(_ record: Record) throws(BooksError) -> Transaction {
        let event: PositionAdjusted = try Self.decode(record)
        try apply(record)
        let moved = try Self.notional(event.price, event.quantity, record)
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        try checkCurrency(holding, record)
        var transaction = Transaction(
            record,
            .position(event.quantity, event.price, actor: event.actor, reason: event.reason))
        moveLots(of: holding, at: event.price, in: &transaction)
        transaction.add(account(.adjustments, of: holding), -moved)
        return transaction
    }

    /// The account of money in which a holding is paid.
    func account(
        _ kind: BookAccount.Kind, of holding: BookAccount.Holding
    ) -> BookAccount {
        BookAccount(
            kind, holding.account, currency: currency(holding.account, holding.instrument))
    }

    /// An instrument's currency, where the account converts it; otherwise empty.
    private func currency(_ account: AccountID, _ instrument: InstrumentID) -> String {
        guard converting.contains(account), let own = names[account]?.currency,
            let quoted = names[instrument]?.currency, quoted != own
        else { return "" }
        return quoted
    }

    private mutating func split(_ record: Record) throws(BooksError) -> Transaction {
        let event: SplitApplied = try Self.decode(record)
        try apply(record)
        var transaction = Transaction(
            record, .split(numerator: event.numerator, denominator: event.denominator))
        let holdings = positions.positions(in: event.instrument).map {
            BookAccount(.position, BookAccount.Holding($0.account, $0.strategy, $0.instrument))
        }
        for account in holdings.sorted() {
            guard let before = balances[account], !before.lots.isEmpty,
                let after = positions.position(
                    account.account, account.strategy, account.instrument)
            else { continue }
            transaction.add(account, before.lots.map(\.closing))
            transaction.add(account, after.lots.map(Self.split))
            transaction.add(BookAccount(.realised, account.holding), gain(of: after))
        }
        return transaction
    }

    private mutating func dividend(_ record: Record) throws(BooksError) -> Transaction {
        let event: DividendPaid = try Self.decode(record)
        try apply(record)
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        try checkCurrency(holding, record)
        var transaction = Transaction(
            record, .dividend(perUnit: event.perUnit, event.quantity))
        transaction.add(account(.cash, of: holding), event.amount)
        transaction.add(BookAccount(.dividends, holding), -event.amount)
        return transaction
    }

    /// Books cash against one other account.
    private func cash(
        _ record: Record, _ type: EventType
    ) throws(BooksError) -> Transaction {
        let amount: Money
        let other: BookAccount.Kind
        let detail: Transaction.Detail
        switch type {
        case .cashDeposited:
            amount = (try Self.decode(record) as CashDeposited).amount
            (other, detail) = (.deposits, .deposit)
        case .cashWithdrawn:
            amount = -(try Self.decode(record) as CashWithdrawn).amount
            (other, detail) = (.withdrawals, .withdrawal)
        case .feeCharged:
            let event: FeeCharged = try Self.decode(record)
            amount = -event.amount
            (other, detail) = (.charges, .charge(kind: event.kind))
        default:
            let event: CashAdjusted = try Self.decode(record)
            amount = event.amount
            (other, detail) = (.adjustments, .cash(actor: event.actor, reason: event.reason))
        }
        guard amount.raw.magnitude <= Money.limit.raw.magnitude else {
            throw BooksError(record.sequence, "the amount \(amount) does not fit")
        }
        let currency = type == .feeCharged ? currency(record.account, record.instrument) : ""
        return Self.movement(record, detail, other, amount, currency)
    }

    /// Books money of a named currency.
    private func balance(
        _ record: Record, _ type: EventType
    ) throws(BooksError) -> Transaction {
        func known(_ currency: String, _ amount: Money) throws(BooksError) -> String {
            guard amount.raw.magnitude <= Money.limit.raw.magnitude else {
                throw BooksError(record.sequence, "the amount \(amount) does not fit")
            }
            return try other(currency, of: record.account, record)
        }
        switch type {
        case .balanceDeposited:
            let event: BalanceDeposited = try Self.decode(record)
            return Self.movement(
                record, .deposit, .deposits, event.amount, try known(event.currency, event.amount))
        case .balanceWithdrawn:
            let event: BalanceWithdrawn = try Self.decode(record)
            return Self.movement(
                record, .withdrawal, .withdrawals, -event.amount,
                try known(event.currency, event.amount))
        case .balanceCharged:
            let event: BalanceCharged = try Self.decode(record)
            return Self.movement(
                record, .charge(kind: event.kind), .charges, -event.amount,
                try known(event.currency, event.amount))
        default:
            let event: BalanceConverted = try Self.decode(record)
            var transaction = Self.movement(
                record, .conversion, .conversions, -event.sold,
                try known(event.soldCurrency, event.sold))
            transaction.postings +=
                Self.movement(
                    record, .conversion, .conversions, event.bought,
                    try known(event.boughtCurrency, event.bought)
                ).postings
            return transaction
        }
    }

    /// A currency's name where it is not the account's own; otherwise empty.
    func other(
        _ currency: String, of account: AccountID, _ record: Record
    ) throws(BooksError) -> String {
        guard let own = names[account]?.currency else {
            throw BooksError(record.sequence, "account \(account.index) is not defined")
        }
        return currency == own ? "" : currency
    }

    /// Cash against one other account, both in one currency.
    static func movement(
        _ record: Record, _ detail: Transaction.Detail, _ other: BookAccount.Kind,
        _ amount: Money, _ currency: String
    ) -> Transaction {
        var transaction = Transaction(record, detail)
        transaction.add(BookAccount(.cash, record.account, currency: currency), amount)
        transaction.add(BookAccount(other, record.account, currency: currency), -amount)
        return transaction
    }

    // MARK: Lots

    /// Posts what an event did to a position's lots, and the gain. `positions` has already applied
    /// it.
    func moveLots(
        of holding: BookAccount.Holding, at price: Price, in transaction: inout Transaction
    ) {
        guard
            let after = positions.position(
                holding.account, holding.strategy, holding.instrument)
        else { return }
        let account = BookAccount(.position, holding)
        for lot in balances[account]?.lots ?? [] {
            guard let kept = after.lots.first, kept.fill == lot.opening else {
                transaction.add(account, [lot.closing])
                continue
            }
            // Lots after the first surviving lot did not change.
            if kept.quantity != lot.quantity {
                let part = lot.with(
                    quantity: kept.quantity - lot.quantity, cost: kept.cost - lot.cost)
                transaction.add(account, [part])
            }
            break
        }
        if let opened = after.lots.last, opened.fill == transaction.sequence {
            let unitCost = max(price, .zero)
            transaction.add(account, [Self.lot(opened, unitCost: unitCost)])
        }
        transaction.add(BookAccount(.realised, holding), gain(of: after))
    }

    /// The credit that makes the gain in the books equal to the projection's.
    private func gain(of position: Position) -> Money {
        let holding = BookAccount.Holding(
            position.account, position.strategy, position.instrument)
        return -position.realised - balances.amount(BookAccount(.realised, holding))
    }

    static func lot(_ lot: Lot, unitCost: Price) -> BookLot {
        BookLot(
            opening: lot.fill, openedAt: lot.openedAt, unitCost: unitCost, quantity: lot.quantity,
            cost: lot.cost)
    }

    /// A lot after a split. Its unit cost is its cost divided by its new units.
    static func split(_ after: Lot) -> BookLot {
        let sign: Int128 = after.quantity.raw < 0 ? -1 : 1
        let exact =
            try? FixedPoint.scaled(
                after.cost.raw * sign, by: Int128(FixedPoint.one), over: after.quantity.raw * sign)
        // A unit cost outside the range of a price, or below zero, goes into the remainder.
        let unitCost = Int64(clamping: max(0, exact ?? 0))
        return lot(after, unitCost: Price(raw: unitCost))
    }
}

extension Books {
    /// Lists every type, so that a new type requires a decision.
    private static func isRead(_ type: EventType) -> Bool {
        switch type {
        case .instrumentDefined, .accountDefined, .strategyDefined: true
        case .cashDeposited, .cashWithdrawn, .feeCharged, .cashAdjusted: true
        case .balanceDeposited, .balanceWithdrawn, .balanceCharged, .balanceConverted: true
        case .cashTransferred, .positionTransferred: true
        case .borrowCharged, .interestCharged, .fundingCharged: true
        // What may be borrowed moves nothing.
        case .marginDefined: false
        // It says which accounts have several currencies.
        case .rateDefined: true
        // It moves worth, not money; an export writes it as a price.
        case .rateObserved: false
        case .orderFilled, .positionAdjusted, .splitApplied, .dividendPaid, .dividendAccrued,
            .dividendSettled, .dividendCorrected:
            true
        case .journalOpened, .configurationLoaded, .rulesDeclared, .runStarted, .runEnded,
            .runFailed,
            .stateDigested, .operatorCommanded, .clockTicked, .sessionOpened, .sessionClosed:
            false
        case .bar, .quote, .trade, .predictionRecorded, .markHeld, .barRecalled, .warmupEnded: false
        // Each position's payment is a DividendPaid, its claim a DividendAccrued.
        case .dividendDeclared, .dividendScheduled: false
        case .signalGenerated, .signalRejected, .orderIntended, .intentRejected, .orderSubmitted,
            .orderAccepted, .orderRejected, .orderCancelled, .orderExpired, .sizeAdjusted,
            .refusalRepeated:
            false
        case .faultReported, .metricReported, .flagFileObserved, .feedPaused, .feedResumed,
            .gapDetected, .alertRaised:
            false
        case .venueSnapshotBegan, .venuePositionReported, .venueOrderReported, .venueSnapshotEnded,
            .venueHoldingReported, .venueItemUnread, .discrepancyFound, .reconciliationEnded:
            false
        // The adjustment that follows moves the value.
        case .holdingAdopted, .venueActivityReported, .venueActivitiesAnchored,
            .venueFillCorrected, .fillCorrected:
            false
        // Venue reports and requests move no value; the ledger's own fill does.
        case .orderRequested, .orderCancelRequested, .orderReplaceRequested, .orderReplaced,
            .cancelIntended, .replaceIntended, .venueStatusReported, .venueFillReported,
            .linkChanged, .venueFiltersLoaded, .intentReleased, .venueDeferralReported,
            .retryScheduled:
            false
        // A peak is a measurement, not money.
        case .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .peakRebased,
            .healthChecked:
            false
        }
    }

    static func decode<E: Event>(
        _ record: Record, as type: E.Type = E.self
    ) throws(BooksError) -> E {
        do throws(RecordError) { return try E(record) } catch { throw BooksError(error) }
    }

    mutating func apply(_ record: Record) throws(BooksError) {
        do throws(FoldError) { try positions.apply(record) } catch { throw BooksError(error) }
    }

    private static func notional(
        _ price: Price, _ quantity: Quantity, _ record: Record
    ) throws(BooksError) -> Money {
        do throws(NumberError) { return try Money.notional(price, quantity) } catch {
            throw BooksError(record.sequence, "\(error)")
        }
    }

    func checkCurrency(
        _ holding: BookAccount.Holding, _ record: Record
    ) throws(BooksError) {
        guard let account = names[holding.account], let instrument = names[holding.instrument],
            account.currency != instrument.currency, !converting.contains(holding.account)
        else { return }
        throw BooksError(
            record.sequence,
            "\(instrument.symbol) trades in \(instrument.currency) but account \(account.name) "
                + "is in \(account.currency): an account holds one currency")
    }
}
