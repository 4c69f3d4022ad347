import LedgerDomain
import LedgerEvents

/// Dividends and splits. Neither changes equity: what an action adds in one place it takes in another, and
/// what cannot be written in a mark's decimals stays with the holding until the next price.
extension EquityBook {
    /// Takes a dividend off the mark at its ex-date, as the market does with the next price. Until it is
    /// paid, the holder has a claim to it: value = quantity × mark + what is carried.
    public mutating func declare(
        _ event: DividendDeclared, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        guard rules.keepEquityThroughActions, mark(event.instrument).raw != 0 else { return }
        let number = Int(event.instrument.number)
        let (mark, isBeyond) = marks[number].raw.subtractingReportingOverflow(event.perUnit.raw)
        guard !isBeyond else {
            throw .number(
                .overflow("the mark \(marks[number]) less a dividend of \(event.perUnit)"),
                sequence)
        }
        var entry = index.head(event.instrument)
        while entry >= 0 {
            let claim = try Self.value(holdings[entry].quantity, event.perUnit.raw, sequence)
            try carry(claim, in: entry, sequence)
            entry = holdings[entry].next
        }
        marks[number] = Price(raw: mark)
        unsettle(event.instrument)
        lastTime = max(lastTime, time)
    }

    /// Books a dividend's cash.
    ///
    /// - Parameter isDeclared: whether it pays a claim of this book. One that a venue reports by itself
    ///   is cash alone.
    public mutating func book(
        _ dividend: DividendPaid, isDeclared: Bool, account: AccountID, at time: Timestamp,
        sequence: SequenceNumber
    ) throws(FoldError) {
        try bounded(dividend.amount, sequence)
        let slot = try slot(account, sequence)
        if rules.keepEquityThroughActions, isDeclared {
            try checked(dividend.instrument, sequence)
            let entry = try holding(account, dividend.strategy, dividend.instrument, sequence)
            try release(dividend.amount, from: entry, slot, sequence)
        }
        if let currency = currencies.foreign(slot, dividend.instrument) {
            let change = BalanceChange(
                amount: dividend.amount, flow: .init(dividend: dividend.amount))
            try change.apply(slot, currency, to: &self, at: time, sequence)
        } else {
            accounts[slot]?.receive(dividend.amount)
        }
        try finish(slot, at: time, sequence)
    }

    /// Takes a dividend off the value that its declaration left with the holding.
    mutating func release(
        _ dividend: Money, from entry: Int, _ slot: Int, _ sequence: SequenceNumber
    ) throws(FoldError) {
        let paid = dividend.raw * AccountEquity.scale
        let instrument = holdings[entry].instrument
        try carry(-paid, in: entry, sequence)
        try revalue(slot, instrument, by: -paid, sequence)
        unsettle(instrument)
    }

    public mutating func split(
        _ event: SplitApplied, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, sequence)
        let old = mark(event.instrument)
        let new = try at(sequence) { () throws(NumberError) in try old.split(event) }
        var entry = index.head(event.instrument)
        while entry >= 0 {
            let before = holdings[entry].quantity
            let after = try at(sequence) { () throws(NumberError) in
                try before.scaled(by: event.numerator, over: event.denominator)
            }
            guard after.magnitude <= Quantity.limit else {
                throw .number(.overflow("a holding of \(after) after a split"), sequence)
            }
            holdings[entry].quantity = after
            let (change, isBeyond) = try Self.value(after, new.raw, sequence)
                .subtractingReportingOverflow(Self.value(before, old.raw, sequence))
            let slot = Int(holdings[entry].account)
            guard !isBeyond else { throw Self.beyond(slot, sequence) }
            if rules.keepEquityThroughActions {
                try carry(-change, in: entry, sequence)
            } else {
                try revalue(slot, event.instrument, by: change, sequence)
            }
            entry = holdings[entry].next
        }
        observe(holdersOf: event.instrument, at: time)
        try splitHeld(event, sequence)
        if Int(event.instrument.number) < marks.count {
            marks[Int(event.instrument.number)] = new
            if rules.keepEquityThroughActions { unsettle(event.instrument) }
        }
        lastTime = max(lastTime, time)
    }

    /// A held price is rescaled. Under rules 1 it is dropped, so that the next one may be held again.
    private mutating func splitHeld(
        _ event: SplitApplied, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard let place = held.firstIndex(where: { $0.instrument == event.instrument }) else {
            return
        }
        if rules.holdOnePrice {
            let old = held[place].price
            held[place].price = try at(sequence) { () throws(NumberError) in try old.split(event) }
        } else {
            held.remove(at: place)
        }
    }

    /// Changes what a holding is worth beside quantity × mark.
    mutating func carry(
        _ value: Int128, in entry: Int, _ sequence: SequenceNumber
    ) throws(FoldError) {
        let (sum, isBeyond) = holdings[entry].carried.addingReportingOverflow(value)
        guard !isBeyond, sum.magnitude < UInt128(1) << 120 else {
            throw Self.beyond(Int(holdings[entry].account), sequence)
        }
        holdings[entry].carried = sum
    }
}
