import LedgerDomain
import LedgerEvents

/// Cash, marks, equity, peak and drawdown of every account.
public struct EquityBook: Projection, Hashable {
    public static let name = "equity"
    public static let version: UInt32 = 3
    public static let types: [EventType] = [
        .bar, .quote, .trade, .splitApplied, .cashDeposited, .cashWithdrawn, .feeCharged,
        .dividendPaid, .orderFilled, .peakRebased, .positionAdjusted, .cashAdjusted,
    ]

    struct Holding: Hashable, Sendable {
        var account: Int32
        /// Separate by strategy, like positions, so that a split rounds both alike.
        var strategy: StrategyID
        var instrument: InstrumentID
        var quantity: Quantity
        var next: Int
    }

    /// By account index; nil where the journal has none.
    public internal(set) var accounts: [AccountEquity?] = []
    var marks: [Price] = []
    /// Prices that await confirmation by the next one, in the order of the instruments.
    public private(set) var held: [HeldMark] = []
    var holdings: [Holding] = []
    private var index = InstrumentIndex()
    public internal(set) var lastTime = Timestamp.zero

    public init() {}

    public subscript(account: AccountID) -> AccountEquity? {
        account.index < accounts.count ? accounts[account.index] : nil
    }

    /// The last price seen: a bar's close, a quote's mid, a trade's price; 0 before the first.
    public func mark(_ instrument: InstrumentID) -> Price {
        Int(instrument.number) < marks.count ? marks[Int(instrument.number)] : .zero
    }

    public mutating func apply(_ record: Record) throws(FoldError) {
        switch record.rawType {
        case EventType.bar.rawValue:
            let bar: Bar = try decode(record)
            try mark(bar.instrument, bar.close, at: record.time, sequence: record.sequence)
        case EventType.quote.rawValue:
            let quote: Quote = try decode(record)
            guard let mid = quote.mid else { return }
            try mark(quote.instrument, mid, at: record.time, sequence: record.sequence)
        case EventType.trade.rawValue:
            let trade: Trade = try decode(record)
            try mark(trade.instrument, trade.price, at: record.time, sequence: record.sequence)
        case EventType.orderFilled.rawValue:
            let fill: OrderFilled = try decode(record)
            try book(fill, account: record.account, at: record.time, sequence: record.sequence)
        case EventType.splitApplied.rawValue:
            try split(try decode(record), at: record.time, sequence: record.sequence)
        case EventType.cashDeposited.rawValue:
            let event: CashDeposited = try decode(record)
            try transfer(event.amount, 1, record)
        case EventType.cashWithdrawn.rawValue:
            let event: CashWithdrawn = try decode(record)
            try transfer(event.amount, -1, record)
        case EventType.feeCharged.rawValue:
            let event: FeeCharged = try decode(record)
            try pay(
                event.amount, \.fees, sign: -1, record.account, at: record.time,
                sequence: record.sequence)
        case EventType.dividendPaid.rawValue:
            try book(
                try decode(record) as DividendPaid, account: record.account, at: record.time,
                sequence: record.sequence)
        case EventType.positionAdjusted.rawValue:
            try adjust(
                try decode(record) as PositionAdjusted, account: record.account, at: record.time,
                sequence: record.sequence)
        case EventType.cashAdjusted.rawValue:
            try adjust(
                try decode(record) as CashAdjusted, account: record.account, at: record.time,
                sequence: record.sequence)
        case EventType.peakRebased.rawValue:
            try rebase(record.account, at: record.time, sequence: record.sequence)
        default: break
        }
    }

    /// Cash that comes from the outside (`sign` 1) or goes there (−1).
    private mutating func transfer(
        _ amount: Money, _ sign: Int128, _ record: Record
    ) throws(FoldError) {
        try bounded(amount, record.sequence)
        guard amount.raw >= 0 else {
            throw .inconsistent("a transfer of \(amount)", record.sequence)
        }
        let slot = try slot(record.account, record.sequence)
        accounts[slot]?.deposit(Money(raw: amount.raw * sign), at: record.time)
        try finish(slot, at: record.time, record.sequence)
    }

    /// Cash that is earned (`sign` 1) or spent (−1), counted under `total`.
    private mutating func pay(
        _ amount: Money, _ total: WritableKeyPath<AccountEquity, Money>, sign: Int128,
        _ account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try bounded(amount, sequence)
        let slot = try slot(account, sequence)
        accounts[slot]?.cash.raw += amount.raw * sign
        accounts[slot]?[keyPath: total] += amount
        try finish(slot, at: time, sequence)
    }

    public mutating func book(
        _ dividend: DividendPaid, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try pay(dividend.amount, \.dividends, sign: 1, account, at: time, sequence: sequence)
    }

    /// Finishes every change of an account's cash.
    mutating func finish(
        _ slot: Int, at time: Timestamp, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard accounts[slot]?.isBounded == true else { throw Self.beyond(slot, sequence) }
        accounts[slot]?.observe(at: time)
        lastTime = max(lastTime, time)
    }

    /// Values every holding of `instrument` at `price`, unless the price is held back.
    ///
    /// A price that is more than half of the last mark away from it, either way, or not above zero,
    /// is held: equity keeps the last mark. If the next price is within half of the held one, the
    /// two confirm each other and the price is accepted. If it is within half of the mark again,
    /// the held price was an error. One bad tick therefore does not move equity, and a real jump
    /// moves it one price later. A split rescales the mark first and is not a jump.
    ///
    /// - Returns: whether the price was accepted.
    @inline(__always)
    @discardableResult
    public mutating func mark(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) -> Bool {
        lastTime = max(lastTime, time)
        let number = Int(instrument.number)
        guard number < marks.count else {
            try firstMark(instrument, price, sequence: sequence)
            return true
        }
        let old = marks[number].raw
        let change = price.raw.subtractingReportingOverflow(old)
        if change.overflow || change.partialValue.magnitude > UInt64(bitPattern: old) / 2
            || !held.isEmpty
        {
            guard accept(instrument, price) else { return false }
        }
        marks[number] = price
        let first = index.head(instrument)
        guard first >= 0 else { return true }
        guard !change.overflow else {
            throw .number(.overflow("a change of price to \(price)"), sequence)
        }
        guard holdings[first].next >= 0 else {
            let held = holdings[first].quantity
            guard held.raw != 0 else { return true }
            let value = try Self.value(held, change.partialValue, sequence)
            let slot = Int(holdings[first].account)
            if accounts[slot]?.revalue(by: value, at: time) != true {
                throw Self.beyond(slot, sequence)
            }
            return true
        }
        try revalue(from: first, change.partialValue, sequence)
        observe(holdersOf: instrument, at: time)
        return true
    }

    /// Whether to accept a price that is far from the mark, or that came while another is held.
    private mutating func accept(_ instrument: InstrumentID, _ price: Price) -> Bool {
        let place = held.firstIndex { $0.instrument >= instrument }
        let isHeld = place.map { held[$0].instrument == instrument } ?? false
        if price.isNear(mark(instrument)) || mark(instrument).raw <= 0 {
            if isHeld, let place { held.remove(at: place) }
            return true
        }
        if isHeld, let place {
            if price.isNear(held[place].price) {
                held.remove(at: place)
                return true
            }
            held[place].price = price
        } else {
            held.insert(HeldMark(instrument: instrument, price: price), at: place ?? held.count)
        }
        return false
    }

    private mutating func revalue(
        from first: Int, _ change: Int64, _ sequence: SequenceNumber
    ) throws(FoldError) {
        var entry = first
        while entry >= 0 {
            let value = try Self.value(holdings[entry].quantity, change, sequence)
            let slot = Int(holdings[entry].account)
            if accounts[slot]?.revalue(by: value) != true { throw Self.beyond(slot, sequence) }
            entry = holdings[entry].next
        }
    }

    private static func beyond(_ slot: Int, _ sequence: SequenceNumber) -> FoldError {
        .number(.overflow("the value of account \(slot)"), sequence)
    }

    /// Call it only after all of an account's holdings were revalued; sums in between are
    /// meaningless.
    private mutating func observe(holdersOf instrument: InstrumentID, at time: Timestamp) {
        var entry = index.head(instrument)
        while entry >= 0 {
            if holdings[entry].quantity.raw != 0 {
                accounts[Int(holdings[entry].account)]?.observe(at: time)
            }
            entry = holdings[entry].next
        }
    }

    private mutating func firstMark(
        _ instrument: InstrumentID, _ price: Price, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(instrument, sequence)
        while marks.count < Int(instrument.number) { marks.append(.zero) }
        marks.append(price)
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

    public mutating func book(
        _ fill: OrderFilled, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(fill, sequence)
        if mark(fill.instrument) == .zero {
            try mark(fill.instrument, fill.price, at: time, sequence: sequence)
        }
        let signed = Quantity(raw: fill.quantity.raw * fill.side.sign)
        let paid = try at(sequence) { () throws(NumberError) in
            try Money.notional(fill.price, signed)
        }
        let entry = try holding(account, fill.strategy, fill.instrument, sequence)
        holdings[entry].quantity = holdings[entry].quantity + signed
        guard holdings[entry].quantity.magnitude <= Quantity.limit else {
            throw .number(.overflow("a holding of \(holdings[entry].quantity)"), sequence)
        }
        let value = try Self.value(signed, mark(fill.instrument).raw, sequence)
        let slot = try slot(account, sequence)
        accounts[slot]?.cash -= paid + fill.fee
        accounts[slot]?.fees += fill.fee
        accounts[slot]?.marketValue += value
        try finish(slot, at: time, sequence)
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
            let change =
                try Self.value(after, new.raw, sequence) - Self.value(before, old.raw, sequence)
            let slot = Int(holdings[entry].account)
            if accounts[slot]?.revalue(by: change) != true { throw Self.beyond(slot, sequence) }
            entry = holdings[entry].next
        }
        observe(holdersOf: event.instrument, at: time)
        held.removeAll { $0.instrument == event.instrument }
        if Int(event.instrument.number) < marks.count {
            marks[Int(event.instrument.number)] = new
        }
        lastTime = max(lastTime, time)
    }

    /// Whether an account's equity is at or below `line`, or its peak differs from `peak`; both in
    /// 10^-18.
    @inline(__always)
    public func asksForLook(_ account: AccountID, line: Int128, peak: Int128) -> Bool {
        let number = account.index
        guard number < accounts.count else { return false }
        return accounts[number]?.isAtOrBelow(line, otherPeak: peak) == true
    }

    /// Σ |quantity × mark| over the account's instruments, strategies netted, rounded up.
    public func exposure(_ account: AccountID) -> Money {
        var sum: Int128 = 0
        for number in marks.indices {
            let net = quantity(account, InstrumentID(UInt32(number)))
            guard net.raw != 0 else { continue }
            let (product, overflow) = net.raw.multipliedReportingOverflow(
                by: Int128(marks[number].raw))
            guard !overflow, product.magnitude < UInt128(1) << 120 else { return .limit }
            sum += product < 0 ? -product : product
        }
        let one = Int128(FixedPoint.one)
        return Money(raw: (sum + one - 1) / one)
    }

    /// An account's holding of an instrument, over all strategies.
    public func quantity(_ account: AccountID, _ instrument: InstrumentID) -> Quantity {
        var sum = Quantity.zero
        var entry = index.head(instrument)
        while entry >= 0 {
            if holdings[entry].account == Int32(account.index) {
                sum = sum + holdings[entry].quantity
            }
            entry = holdings[entry].next
        }
        return sum
    }

    /// - Throws: when the account's index has another kind of money, because kinds never mix.
    mutating func slot(
        _ account: AccountID, _ sequence: SequenceNumber
    ) throws(FoldError) -> Int {
        let number = account.index
        while accounts.count <= number { accounts.append(nil) }
        guard let known = accounts[number]?.account else {
            accounts[number] = AccountEquity(account: account)
            return number
        }
        guard known == account else {
            throw .inconsistent("account \(number) holds another kind of money", sequence)
        }
        return number
    }

    mutating func holding(
        _ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID,
        _ sequence: SequenceNumber
    ) throws(FoldError) -> Int {
        let slot = try slot(account, sequence)
        var entry = index.head(instrument)
        while entry >= 0 {
            if holdings[entry].account == Int32(slot),
                holdings[entry].strategy == strategy
            {
                return entry
            }
            entry = holdings[entry].next
        }
        return add(
            Holding(
                account: Int32(slot), strategy: strategy, instrument: instrument,
                quantity: .zero, next: -1))
    }

    private mutating func add(_ holding: Holding) -> Int {
        holdings.append(holding)
        let entry = holdings.count - 1
        holdings[entry].next = index.push(entry, holding.instrument)
        return entry
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(accounts.compactMap { $0 }) { $1.encode(into: &$0) }
        writer.write(marks) { $0.write($1) }
        writer.write(held) { writer, mark in
            writer.write(mark.instrument)
            writer.write(mark.price)
        }
        writer.write(holdings) { writer, holding in
            writer.write(holding.account)
            writer.write(holding.strategy)
            writer.write(holding.instrument)
            writer.write(holding.quantity)
        }
        writer.write(lastTime)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let worths = try reader.readArray { (reader) throws(StateError) in
            try AccountEquity(from: &reader)
        }
        for account in worths {
            while accounts.count <= account.account.index { accounts.append(nil) }
            accounts[account.account.index] = account
        }
        marks = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        held = try reader.readArray { (reader) throws(StateError) in
            HeldMark(instrument: try reader.read(), price: try reader.read())
        }
        let saved = try reader.readArray { (reader) throws(StateError) in
            Holding(
                account: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(), quantity: try reader.readQuantity(), next: -1)
        }
        for holding in saved {
            guard Int(holding.instrument.number) <= NameBook.highest,
                (0..<Int32(accounts.count)).contains(holding.account)
            else { throw StateError("a saved holding names an unknown account or instrument") }
            _ = add(holding)
        }
        lastTime = try reader.read()
    }
}

/// A price that is not yet confirmed by another.
public struct HeldMark: Hashable, Sendable {
    public var instrument: InstrumentID
    public var price: Price
}

extension Price {
    /// Whether both are above zero and differ by at most half of `mark`.
    fileprivate func isNear(_ mark: Price) -> Bool {
        guard raw > 0, mark.raw > 0 else { return false }
        return (Int128(raw) - Int128(mark.raw)).magnitude <= UInt128(mark.raw) / 2
    }
}
