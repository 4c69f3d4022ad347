import LedgerDomain
import LedgerEvents

/// What became of a price.
public enum MarkOutcome: Sendable {
    case accepted
    /// Equity keeps the last mark.
    case held
    /// Accepted after another price was held; none is held any more.
    case released
}

/// A price that is not yet confirmed by another.
public struct HeldMark: Hashable, Sendable {
    public var instrument: InstrumentID
    public var price: Price
}

extension EquityBook {
    /// Values every holding of `instrument` at `price`, unless the price is held back.
    ///
    /// A price that is more than half of the last mark away from it, either way, or not above zero,
    /// is held: equity keeps the last mark. The next price is accepted, whatever it is: near the mark, it
    /// shows that the held price was an error; anywhere else, it is where the market is. One bad tick
    /// therefore does not move equity, and a real jump moves it one price later. A split rescales the mark
    /// first and is not a jump.
    ///
    /// Under rules 1, a price that is neither near the mark nor near the held price is held in its place.
    @inline(__always)
    @discardableResult
    public mutating func mark(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) -> MarkOutcome {
        lastTime = max(lastTime, time)
        let number = Int(instrument.number)
        guard number < marks.count else {
            try firstMark(instrument, price, at: time, sequence: sequence)
            return .accepted
        }
        let old = marks[number].raw
        let change = price.raw.subtractingReportingOverflow(old)
        if change.overflow || change.partialValue.magnitude > UInt64(bitPattern: old) / 2
            || needsCare
        {
            return try markWithCare(instrument, price, at: time, sequence: sequence)
        }
        marks[number] = price
        let first = index.head(instrument)
        guard first >= 0 else { return .accepted }
        guard holdings[first].next >= 0 else {
            let held = holdings[first].quantity
            guard held.raw != 0 else { return .accepted }
            let value = try Self.value(held, change.partialValue, sequence)
            let slot = Int(holdings[first].account)
            if accounts[slot]?.revalue(by: value, at: time) != true {
                throw Self.beyond(slot, sequence)
            }
            return .accepted
        }
        try revalue(from: first, by: change.partialValue, sequence)
        observe(holdersOf: instrument, at: time)
        return .accepted
    }

    /// The same for a price that is far from the mark, while a price is held or a corporate action awaits its
    /// first price, and where an account converts.
    @inline(never)
    private mutating func markWithCare(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) -> MarkOutcome {
        let outcome = judge(instrument, price)
        guard outcome != .held else { return .held }
        let number = Int(instrument.number)
        let change = price.raw.subtractingReportingOverflow(marks[number].raw)
        marks[number] = price
        let isRate = try takeRate(instrument, price, at: time, sequence: sequence)
        let first = index.head(instrument)
        if first >= 0 {
            guard !change.overflow else {
                throw .number(.overflow("a change of price to \(price)"), sequence)
            }
            try revalue(from: first, by: change.partialValue, sequence)
            observe(holdersOf: instrument, at: time)
        }
        if isRate { observeConverting(at: time) }
        settle(instrument)
        return outcome
    }

    /// Decides about a price, and remembers one that is held.
    private mutating func judge(_ instrument: InstrumentID, _ price: Price) -> MarkOutcome {
        let place = held.firstIndex { $0.instrument >= instrument }
        let isHeld = place.map { held[$0].instrument == instrument } ?? false
        if isHeld, let place {
            let isAccepted =
                rules.holdOnePrice || mark(instrument).raw <= 0 || price.isNear(mark(instrument))
                || price.isNear(held[place].price)
            if isAccepted {
                held.remove(at: place)
                return .released
            }
            held[place].price = price
            return .held
        }
        if price.isNear(mark(instrument)) || mark(instrument).raw <= 0 { return .accepted }
        held.insert(HeldMark(instrument: instrument, price: price), at: place ?? held.count)
        return .held
    }

    /// Values the holdings from an entry on at the new price; what an action kept in equity goes.
    private mutating func revalue(
        from first: Int, by change: Int64, _ sequence: SequenceNumber
    ) throws(FoldError) {
        var entry = first
        while entry >= 0 {
            let instrument = holdings[entry].instrument
            let value = try Self.value(holdings[entry].quantity, change, sequence)
            let (moved, overflow) = value.subtractingReportingOverflow(holdings[entry].carried)
            holdings[entry].carried = 0
            let slot = Int(holdings[entry].account)
            guard !overflow else { throw Self.beyond(slot, sequence) }
            try revalue(slot, instrument, by: moved, sequence)
            entry = holdings[entry].next
        }
    }

    /// Adds to the value of an account's holdings of an instrument, in the instrument's currency.
    @inline(__always)
    mutating func revalue(
        _ slot: Int, _ instrument: InstrumentID, by change: Int128, _ sequence: SequenceNumber
    ) throws(FoldError) {
        if let currency = currencies.foreign(slot, instrument) {
            return try revalue(slot, currency, by: change, sequence)
        }
        if accounts[slot]?.revalue(by: change) != true { throw Self.beyond(slot, sequence) }
    }

    static func beyond(_ slot: Int, _ sequence: SequenceNumber) -> FoldError {
        .number(.overflow("the value of account \(slot)"), sequence)
    }

    /// Call it only after all of an account's holdings were revalued; sums in between are
    /// meaningless.
    mutating func observe(holdersOf instrument: InstrumentID, at time: Timestamp) {
        var entry = index.head(instrument)
        while entry >= 0 {
            // A holding that a split rounded to nothing still had a value until now.
            let slot = Int(holdings[entry].account)
            if holdings[entry].quantity.raw != 0 || isUnsettled, isKnown(slot, at: time) {
                accounts[slot]?.observe(at: time)
            }
            entry = holdings[entry].next
        }
    }

    private mutating func firstMark(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(instrument, sequence)
        while marks.count < Int(instrument.number) { marks.append(.zero) }
        marks.append(price)
        if try takeRate(instrument, price, at: time, sequence: sequence) {
            observeConverting(at: time)
        }
    }

    /// quantity × price in 10^-18; at most 2^126, so that adding one more does not overflow.
    @inline(__always)
    static func value(
        _ quantity: Quantity, _ price: Int64, _ sequence: SequenceNumber
    ) throws(FoldError) -> Int128 {
        if let small = Int64(exactly: quantity.raw) {
            let (high, low) = small.multipliedFullWidth(by: price)
            return Int128(high) << 64 | Int128(low)
        }
        let (product, overflow) = quantity.raw.multipliedReportingOverflow(by: Int128(price))
        guard !overflow, product.magnitude < UInt128(1) << 126 else {
            throw .number(.overflow("the value of \(quantity)"), sequence)
        }
        return product
    }
}

extension Price {
    /// Whether both are above zero and differ by at most half of `mark`.
    fileprivate func isNear(_ mark: Price) -> Bool {
        guard raw > 0, mark.raw > 0 else { return false }
        return (Int128(raw) - Int128(mark.raw)).magnitude <= UInt128(mark.raw) / 2
    }
}
