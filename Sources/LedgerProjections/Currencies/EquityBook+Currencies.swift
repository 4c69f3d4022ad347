import LedgerDomain
import LedgerEvents

/// What one event does to an account's balance of a currency other than its own.
struct BalanceChange {
    var amount = Money.zero
    var receivable = Money.zero
    /// Of the holdings, in 10^-18.
    var value: Int128 = 0
    var flow = CurrencyBalance.Flow()

    /// Books the change. What came in or went out counts at the rate of now, or at the first rate where there
    /// is none yet.
    func apply(
        _ slot: Int, _ currency: String, to book: inout EquityBook, at time: Timestamp,
        _ sequence: SequenceNumber
    ) throws(FoldError) {
        let isBounded = book.currencies.change(slot, currency) { balance in
            let (value, overflow) = balance.value.addingReportingOverflow(self.value)
            balance.amount += amount
            balance.receivable += receivable
            balance.value = value
            balance.pending += flow
            return !overflow && balance.isBounded
        }
        guard isBounded else { throw EquityBook.beyond(slot, sequence) }
        try book.value(slot, currency, at: time, sequence)
    }
}

extension EquityBook {
    // MARK: Events

    /// Books an event about currencies.
    mutating func applyCurrency(_ record: Record) throws(FoldError) {
        switch record.type {
        case .instrumentDefined:
            define((try decode(record) as InstrumentDefined).definition)
        case .accountDefined:
            define(record.account, currency: (try decode(record) as AccountDefined).currency)
        case .rateDefined: try define(try decode(record) as RateDefined, record)
        case .rateObserved: try observe(try decode(record) as RateObserved, record)
        case .balanceDeposited:
            let event: BalanceDeposited = try decode(record)
            try transfer(event.amount, event.currency, 1, record)
        case .balanceWithdrawn:
            let event: BalanceWithdrawn = try decode(record)
            try transfer(event.amount, event.currency, -1, record)
        case .balanceCharged: try charge(try decode(record) as BalanceCharged, record)
        case .balanceConverted: try convert(try decode(record) as BalanceConverted, record)
        case .cashTransferred: try transfer(try decode(record) as CashTransferred, record)
        case .positionTransferred: try transfer(try decode(record) as PositionTransferred, record)
        case .borrowCharged: try finance(try decode(record) as BorrowCharged, record)
        case .interestCharged: try finance(try decode(record) as InterestCharged, record)
        case .marginDefined: try define(try decode(record) as MarginDefined, record)
        case .fundingCharged: try finance(try decode(record) as FundingCharged, record)
        default: break
        }
    }

    mutating func define(_ instrument: Instrument) { currencies.define(instrument) }

    mutating func define(_ account: AccountID, currency: String) {
        currencies.define(account, currency: currency)
    }

    private mutating func define(_ event: RateDefined, _ record: Record) throws(FoldError) {
        let slot = try slot(record.account, record.sequence)
        for name in [event.base, event.quote] where name.isEmpty || event.base == event.quote {
            throw .inconsistent("a rate from '\(event.base)' to '\(event.quote)'", record.sequence)
        }
        if !currencies.converts(slot) {
            for holding in holdings where holding.account == Int32(slot) {
                guard let currency = currencies.otherCurrency(slot, holding.instrument) else {
                    continue
                }
                throw .inconsistent(
                    "rates begin in an account that traded instrument "
                        + "\(holding.instrument.number) in \(currency) as if it were its own currency",
                    record.sequence)
            }
        }
        currencies.define(event, of: record.account)
        try valueAll(at: record.time, record.sequence)
    }

    private mutating func observe(_ event: RateObserved, _ record: Record) throws(FoldError) {
        guard event.rate.raw > 0 else {
            throw .inconsistent(
                "a rate of \(event.rate) for \(event.base)/\(event.quote)", record.sequence)
        }
        currencies.observe(event, at: record.time)
        try valueAll(at: record.time, record.sequence)
        observeConverting(at: record.time)
        lastTime = max(lastTime, record.time)
    }

    private mutating func transfer(
        _ amount: Money, _ currency: String, _ sign: Int128, _ record: Record
    ) throws(FoldError) {
        let slot = try converting(amount, currency, record)
        let signed = Money(raw: amount.raw * sign)
        if currency == currencies.currency(of: record.account) {
            let isKnown = isKnown(slot, at: record.time)
            accounts[slot]?.deposit(signed, at: record.time, isKnown: isKnown)
        } else {
            let change = BalanceChange(amount: signed, flow: .init(deposit: signed))
            try change.apply(slot, currency, to: &self, at: record.time, record.sequence)
        }
        try finish(slot, at: record.time, record.sequence)
    }

    private mutating func charge(_ event: BalanceCharged, _ record: Record) throws(FoldError) {
        let slot = try converting(
            Money(raw: Int128(event.amount.raw.magnitude)), event.currency, record)
        if event.currency == currencies.currency(of: record.account) {
            accounts[slot]?.cash -= event.amount
            accounts[slot]?.count(fee: event.amount, dividend: .zero)
        } else {
            let change = BalanceChange(amount: -event.amount, flow: .init(fee: event.amount))
            try change.apply(slot, event.currency, to: &self, at: record.time, record.sequence)
        }
        try finish(slot, at: record.time, record.sequence)
    }

    /// Money of one currency becomes money of another. What it cost goes with it: what was sold at its rate,
    /// or the account's own currency as it is.
    private mutating func convert(_ event: BalanceConverted, _ record: Record) throws(FoldError) {
        let slot = try converting(event.sold, event.soldCurrency, record)
        _ = try converting(event.bought, event.boughtCurrency, record)
        guard event.soldCurrency != event.boughtCurrency else {
            throw .inconsistent("\(event.soldCurrency) becomes itself", record.sequence)
        }
        let own = currencies.currency(of: record.account)
        let basis: Money
        if event.soldCurrency == own {
            basis = event.sold
        } else if event.boughtCurrency == own {
            basis = event.bought
        } else {
            basis = try cost(of: event, slot, record.sequence)
        }
        for (currency, amount, cost) in [
            (event.soldCurrency, -event.sold, -basis), (event.boughtCurrency, event.bought, basis),
        ] {
            guard currency != own else {
                accounts[slot]?.cash += amount
                continue
            }
            currencies.change(slot, currency) { $0.basis += cost }
            try BalanceChange(amount: amount).apply(
                slot, currency, to: &self, at: record.time, record.sequence)
        }
        try finish(slot, at: record.time, record.sequence)
    }

    private func cost(
        of event: BalanceConverted, _ slot: Int, _ sequence: SequenceNumber
    ) throws(FoldError) -> Money {
        for (amount, currency) in [
            (event.sold, event.soldCurrency), (event.bought, event.boughtCurrency),
        ] {
            guard let rate = currencies.conversion(slot, from: currency) else { continue }
            return try at(sequence) { () throws(NumberError) in try rate.worth(of: amount) }
        }
        return .zero
    }

    /// The place of an account that converts.
    private mutating func converting(
        _ amount: Money, _ currency: String, _ record: Record
    ) throws(FoldError) -> Int {
        try bounded(amount, record.sequence)
        guard amount.raw >= 0, !currency.isEmpty else {
            throw .inconsistent("a movement of \(amount) '\(currency)'", record.sequence)
        }
        let slot = try slot(record.account, record.sequence)
        guard currencies.converts(slot) else {
            throw .inconsistent(
                "a movement of \(amount) \(currency) in an account without rates", record.sequence)
        }
        return slot
    }

    // MARK: Values

    /// Whether money or holdings ever came into an account. The definitions of rates and margin bring none.
    public func isFunded(_ account: AccountID) -> Bool {
        guard let worth = self[account] else { return false }
        var empty = AccountEquity(account: worth.account, rules)
        empty.margin = worth.margin
        return worth != empty
            || !currencies.balances(account).isEmpty
    }

    /// Whether an account's equity is known at a time.
    @inline(__always)
    func isKnown(_ slot: Int, at time: Timestamp) -> Bool {
        !currencies.isActive || currencies.gap(slot, at: time) == nil
    }

    /// Why an account's equity is unknown; nil where it is known.
    ///
    /// - Parameter time: nil for the time of the last event that the book took.
    public func gap(_ account: AccountID, at time: Timestamp? = nil) -> RateGap? {
        currencies.gap(account.index, at: time ?? lastTime)
    }

    /// Why the worth of a currency is unknown in an account; nil where it is known.
    public func gap(_ account: AccountID, from currency: String, at time: Timestamp) -> RateGap? {
        guard currencies.converts(account), currency != currencies.currency(of: account) else {
            return nil
        }
        return currencies.gap(account.index, from: currency, at: time)
    }

    /// Why a currency's worth in another one is unknown; nil where it is known.
    public func gap(from currency: String, to other: String, at time: Timestamp) -> RateGap? {
        currency == other ? nil : currencies.gap(from: currency, to: other, at: time)
    }

    /// How much a currency is worth in another one at the last rates, however old; nil where a rate is missing.
    public func conversion(from currency: String, to other: String) -> Conversion? {
        currencies.conversion(from: currency, to: other)
    }

    /// At the last rates, however old; nil for the account's own currency and where a rate is missing.
    public func conversion(_ account: AccountID, from currency: String) -> Conversion? {
        guard currencies.converts(account), currency != currencies.currency(of: account) else {
            return nil
        }
        return currencies.conversion(account.index, from: currency)
    }

    /// What an account has of a currency: its cash, or a balance.
    public func balance(_ account: AccountID, in currency: String) -> Money {
        guard currencies.converts(account), currency != currencies.currency(of: account) else {
            return self[account]?.cash ?? .zero
        }
        return currencies.balances(account).first { $0.currency == currency }?.amount ?? .zero
    }

    mutating func revalue(
        _ slot: Int, _ currency: String, by change: Int128, _ sequence: SequenceNumber
    ) throws(FoldError) {
        // Observed by the caller, after all holdings.
        try BalanceChange(value: change).apply(slot, currency, to: &self, at: lastTime, sequence)
    }

    /// Takes a price that is a rate's source.
    ///
    /// - Returns: whether it is one; accounts that convert are then to be observed.
    mutating func takeRate(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) -> Bool {
        guard currencies.isActive, currencies.observe(instrument, price, at: time) else {
            return false
        }
        try valueAll(at: time, sequence)
        return true
    }

    /// Values all other currencies of all accounts that convert.
    private mutating func valueAll(
        at time: Timestamp, _ sequence: SequenceNumber
    ) throws(FoldError) {
        for slot in currencies.slots {
            for balance in currencies.balances(slot) {
                if balance.isCarried { currencies.change(slot, balance.currency) { $0.settle() } }
                try value(slot, balance.currency, at: time, sequence)
            }
        }
    }

    mutating func observeConverting(at time: Timestamp) {
        for slot in currencies.slots where isKnown(slot, at: time) {
            accounts[slot]?.observe(at: time)
        }
    }

    /// Values a currency at its last rate, and counts the flows that waited for one.
    fileprivate mutating func value(
        _ slot: Int, _ currency: String, at time: Timestamp, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard let rate = currencies.conversion(slot, from: currency) else { return }
        var balance = currencies.change(slot, currency) { $0 }
        let before = balance.worth + balance.holdingsWorth
        var counted = CurrencyBalance.Flow()
        try at(sequence) { () throws(NumberError) in
            balance.worth =
                try rate.worth(of: balance.amount + balance.receivable) + balance.carried
            balance.holdingsWorth =
                try rate.worth(ofValue: balance.value) + balance.carriedHoldings
            counted = try balance.pending.counted(rate)
        }
        balance.pending = .init()
        balance.basis += counted.deposit + counted.dividend - counted.fee
        balance.basis -= counted.financing.total
        currencies.change(slot, currency) { $0 = balance }
        let change = balance.worth + balance.holdingsWorth - before
        guard change.raw.magnitude < UInt128(1) << 90 else { throw Self.beyond(slot, sequence) }
        accounts[slot]?.count(fee: counted.fee, dividend: counted.dividend, counted.financing)
        if counted.deposit.raw != 0 {
            accounts[slot]?.bring(
                cash: .zero, value: counted.deposit.raw * AccountEquity.scale,
                counted: counted.deposit, at: time, isKnown: false)
        }
        let rest = (change - counted.deposit).raw * AccountEquity.scale
        guard accounts[slot]?.revalue(by: rest) == true else { throw Self.beyond(slot, sequence) }
    }

    /// Σ |quantity × mark| in the account's currency, each currency's sum rounded up.
    func convertedExposure(_ account: AccountID) -> Money {
        let own = currencies.currency(of: account)
        var sums: [(currency: String, value: Int128)] = []
        for number in marks.indices {
            let instrument = InstrumentID(UInt32(number))
            let net = quantity(account, instrument)
            guard net.raw != 0 else { continue }
            let (product, overflow) = net.raw.multipliedReportingOverflow(
                by: Int128(marks[number].raw))
            guard !overflow, product.magnitude < UInt128(1) << 110 else { return .limit }
            let currency = currencies.foreign(account.index, instrument) ?? own
            let place = sums.firstIndex { $0.currency == currency } ?? sums.count
            if place == sums.count { sums.append((currency, 0)) }
            sums[place].value += Int128(product.magnitude)
        }
        var total = Money.zero
        for (currency, value) in sums {
            let rate =
                currency == own
                ? Conversion() : currencies.conversion(account.index, from: currency)
            guard let worth = rate?.worthUp(ofValue: value), worth <= Money.limit else {
                return .limit
            }
            total += worth
        }
        return min(total, .limit)
    }
}

extension CurrencyBalance.Flow {
    /// The same in the account's currency, each part rounded half to even to 10^-9.
    fileprivate func counted(_ rate: Conversion) throws(NumberError) -> Self {
        Self(
            deposit: try rate.worth(of: deposit), fee: try rate.worth(of: fee),
            dividend: try rate.worth(of: dividend), financing: try financing.counted(rate))
    }
}
