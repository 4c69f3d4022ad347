import LedgerDomain
import LedgerEvents

/// Cash, marks, equity, peak and drawdown of every account.
public struct EquityBook: Projection, Hashable {
    public static let name = "equity"
    public static let version: UInt32 = 2
    public static let types: [EventType] = [
        .bar, .quote, .trade, .splitApplied, .cashDeposited, .cashWithdrawn, .feeCharged,
        .dividendPaid, .orderFilled,
    ]

    private struct Holding: Hashable, Sendable {
        var account: Int32
        /// Apart by strategy, as positions are, so that a split rounds both alike.
        var strategy: StrategyID
        var instrument: InstrumentID
        var quantity: Quantity
        var next: Int
    }

    /// By account index; nil where the journal has none.
    public private(set) var accounts: [AccountEquity?] = []
    private var marks: [Price] = []
    private var holdings: [Holding] = []
    private var index = InstrumentIndex()
    public private(set) var lastTime = Timestamp.zero

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

    /// What every change of an account's cash ends with.
    private mutating func finish(
        _ slot: Int, at time: Timestamp, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard accounts[slot]?.isBounded == true else { throw Self.beyond(slot, sequence) }
        accounts[slot]?.observe(at: time)
        lastTime = max(lastTime, time)
    }

    /// Values every holding of `instrument` at `price`.
    @inline(__always)
    public mutating func mark(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        lastTime = max(lastTime, time)
        let number = Int(instrument.number)
        guard number < marks.count else {
            return try firstMark(instrument, price, sequence: sequence)
        }
        let change = price.raw.subtractingReportingOverflow(marks[number].raw)
        marks[number] = price
        let first = index.head(instrument)
        guard first >= 0 else { return }
        guard !change.overflow else {
            throw .number(.overflow("a change of price to \(price)"), sequence)
        }
        guard holdings[first].next >= 0 else {
            let held = holdings[first].quantity
            guard held.raw != 0 else { return }
            let value = try Self.value(held, change.partialValue, sequence)
            let slot = Int(holdings[first].account)
            if accounts[slot]?.revalue(by: value, at: time) != true {
                throw Self.beyond(slot, sequence)
            }
            return
        }
        try revalue(from: first, change.partialValue, sequence)
        observe(holdersOf: instrument, at: time)
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
        .number(.overflow("the worth of account \(slot)"), sequence)
    }

    /// Only once all of an account's holdings are valued anew: in between it is worth nothing real.
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

    /// quantity × price in 10^-18; up to 2^126, so that one more or less is no overflow yet.
    @inline(__always)
    private static func value(
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
        if Int(event.instrument.number) < marks.count {
            marks[Int(event.instrument.number)] = new
        }
        lastTime = max(lastTime, time)
    }

    /// What an account holds of an instrument, over all strategies.
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

    /// - Throws: when the account's index has another kind of money: simulated and real never mix.
    private mutating func slot(
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

    private mutating func holding(
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
        writer.write(holdings) { writer, holding in
            writer.write(holding.account)
            writer.write(holding.strategy)
            writer.write(holding.instrument)
            writer.write(holding.quantity)
        }
        writer.write(lastTime)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let saved = try reader.readArray { (reader) throws(StateError) in
            try AccountEquity(from: &reader)
        }
        for account in saved {
            while accounts.count <= account.account.index { accounts.append(nil) }
            accounts[account.account.index] = account
        }
        marks = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        let held = try reader.readArray { (reader) throws(StateError) in
            Holding(
                account: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(), quantity: try reader.readQuantity(), next: -1)
        }
        for holding in held {
            guard Int(holding.instrument.number) <= NameBook.highest,
                (0..<Int32(accounts.count)).contains(holding.account)
            else { throw StateError("a saved holding names what is not there") }
            _ = add(holding)
        }
        lastTime = try reader.read()
    }
}
