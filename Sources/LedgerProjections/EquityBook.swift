import LedgerDomain
import LedgerEvents

/// Cash, marks, equity, peak and drawdown of every account.
public struct EquityBook: Projection, Hashable {
    public static let name = "equity"
    public static let version: UInt32 = 5
    public static let types: [EventType] = [
        .bar, .quote, .trade, .splitApplied, .cashDeposited, .cashWithdrawn, .feeCharged,
        .dividendPaid, .orderFilled, .peakRebased, .positionAdjusted, .cashAdjusted,
        .dividendDeclared, .rulesDeclared, .accountDefined, .instrumentDefined, .rateDefined,
        .rateObserved, .balanceDeposited, .balanceWithdrawn, .balanceCharged, .balanceConverted,
        .cashTransferred, .positionTransferred, .borrowCharged, .interestCharged, .fundingCharged,
        .marginDefined, .dividendScheduled, .dividendAccrued, .dividendSettled, .dividendCorrected,
    ]

    struct Holding: Hashable, Sendable {
        var account: Int32
        /// Separate by strategy, like positions, so that a split rounds both alike.
        var strategy: StrategyID
        var instrument: InstrumentID
        var quantity: Quantity
        /// What it is worth beside quantity × mark, in 10^-18: a claim to a dividend, and what a split
        /// rounded off. The next price replaces it.
        var carried: Int128 = 0
        var next: Int
    }

    /// Those that the journal declared last.
    public private(set) var rules = RulesVersion.first
    /// By account index; nil where the journal has none.
    public internal(set) var accounts: [AccountEquity?] = []
    var marks: [Price] = []
    /// Prices that await confirmation by the next one, in the order of the instruments.
    public internal(set) var held: [HeldMark] = [] {
        didSet { noteUnsettled() }
    }
    /// The instruments whose marks a corporate action moved, until their next prices; ascending.
    private var unsettled: [InstrumentID] = [] {
        didSet { noteUnsettled() }
    }
    /// Whether a price is held or a corporate action awaits its first price.
    private(set) var isUnsettled = false
    /// Whether a price needs more than a comparison with the mark.
    private(set) var needsCare = false
    /// What accounts have in other currencies than their own.
    public internal(set) var currencies = CurrencyBook() {
        didSet { needsCare = isUnsettled || currencies.isActive }
    }
    /// Dividends that await their pay dates.
    public internal(set) var actions = ActionBook()
    var holdings: [Holding] = []
    private(set) var index = InstrumentIndex()
    public internal(set) var lastTime = Timestamp.zero

    public init() {}

    public subscript(account: AccountID) -> AccountEquity? {
        account.index < accounts.count ? accounts[account.index] : nil
    }

    /// The last price seen: a bar's close, a quote's mid, a trade's price; 0 before the first.
    public func mark(_ instrument: InstrumentID) -> Price {
        Int(instrument.number) < marks.count ? marks[Int(instrument.number)] : .zero
    }

    /// The price that waits for the next one; nil where none does.
    public func heldPrice(_ instrument: InstrumentID) -> Price? {
        held.first { $0.instrument == instrument }?.price
    }

    /// Held prices with what is valued meanwhile, `A 9, valued at 20; …`; nil where none is held.
    ///
    /// - Parameter account: only instruments that it holds; all where it is nil.
    public func heldPrices(_ names: NameBook, of account: AccountID? = nil) -> String? {
        let told = held.filter { mark in
            account.map { quantity($0, mark.instrument).raw != 0 } ?? true
        }
        guard !told.isEmpty else { return nil }
        return told.map {
            "\(names.symbol($0.instrument)) \($0.price), valued at \(mark($0.instrument))"
        }.joined(separator: "; ")
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
            try charge(try decode(record), record)
        case EventType.dividendPaid.rawValue:
            try book(
                try decode(record) as DividendPaid, isDeclared: !record.isInput,
                account: record.account, at: record.time, sequence: record.sequence)
        case EventType.dividendDeclared.rawValue:
            try declare(try decode(record), at: record.time, sequence: record.sequence)
        case EventType.rulesDeclared.rawValue:
            try follow(try decode(record), sequence: record.sequence)
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
        default: try applyAction(record)
        }
    }

    private mutating func noteUnsettled() {
        isUnsettled = !held.isEmpty || !unsettled.isEmpty
        needsCare = isUnsettled || currencies.isActive
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
        let isKnown = isKnown(slot, at: record.time)
        accounts[slot]?.deposit(Money(raw: amount.raw * sign), at: record.time, isKnown: isKnown)
        try finish(slot, at: record.time, record.sequence)
    }

    /// A fee that belongs to no fill, in the currency of its instrument.
    private mutating func charge(_ fee: FeeCharged, _ record: Record) throws(FoldError) {
        try bounded(fee.amount, record.sequence)
        let slot = try slot(record.account, record.sequence)
        if let currency = currencies.foreign(slot, fee.instrument) {
            let change = BalanceChange(amount: -fee.amount, flow: .init(fee: fee.amount))
            try change.apply(slot, currency, to: &self, at: record.time, record.sequence)
        } else {
            accounts[slot]?.cash -= fee.amount
            accounts[slot]?.fees += fee.amount
        }
        try finish(slot, at: record.time, record.sequence)
    }

    /// Follows other rules from here on.
    public mutating func follow(
        _ declared: RulesDeclared, sequence: SequenceNumber
    ) throws(FoldError) {
        try rules.follow(declared, sequence)
        for slot in accounts.indices { accounts[slot]?.follow(rules) }
    }

    /// An action moved the mark of an instrument.
    mutating func unsettle(_ instrument: InstrumentID) {
        let place = unsettled.firstIndex { $0 >= instrument } ?? unsettled.count
        guard place == unsettled.count || unsettled[place] != instrument else { return }
        unsettled.insert(instrument, at: place)
    }

    /// A price replaced what an action left.
    mutating func settle(_ instrument: InstrumentID) {
        guard let place = unsettled.firstIndex(of: instrument) else { return }
        unsettled.remove(at: place)
    }

    /// Finishes every change of an account's cash.
    mutating func finish(
        _ slot: Int, at time: Timestamp, _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard accounts[slot]?.isBounded == true else { throw Self.beyond(slot, sequence) }
        if isKnown(slot, at: time) { accounts[slot]?.observe(at: time) }
        lastTime = max(lastTime, time)
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
        if let currency = currencies.foreign(slot, fill.instrument) {
            let change = BalanceChange(
                amount: -(paid + fill.fee), value: value, flow: .init(fee: fill.fee))
            try change.apply(slot, currency, to: &self, at: time, sequence)
        } else {
            accounts[slot]?.cash -= paid + fill.fee
            accounts[slot]?.fees += fill.fee
            accounts[slot]?.marketValue += value
        }
        try finish(slot, at: time, sequence)
    }

    /// Whether an account's equity is at or below `line`, or its peak differs from `peak`; both in
    /// 10^-18.
    @inline(__always)
    public func asksForLook(_ account: AccountID, line: Int128, peak: Int128) -> Bool {
        let number = account.index
        guard number < accounts.count else { return false }
        return accounts[number]?.isAtOrBelow(line, otherPeak: peak) == true
    }

    /// Σ |quantity × mark| over the account's instruments, strategies netted, rounded up. In the account's
    /// currency; `Money.limit` where a rate is missing.
    public func exposure(_ account: AccountID) -> Money {
        if currencies.converts(account) { return convertedExposure(account) }
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
            accounts[number] = AccountEquity(account: account, rules)
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
        rules.encode(into: &writer)
        encodeBody(into: &writer)
        currencies.encode(into: &writer)
        if hasMovements || !actions.isEmpty { encodeMovements(into: &writer) }
        encodeActions(into: &writer)
    }

    /// The state without its rules, which the reader must know, and without currencies and claims, which
    /// follow where there are any. Under rules 1 the bytes are those of the time, because journaled digests are made
    /// of them.
    public func encodeBody(into writer: inout StateWriter) {
        writer.write(accounts.compactMap { $0 }) { $1.encode(into: &$0) }
        writer.write(marks) { $0.write($1) }
        writer.write(held) { writer, mark in
            writer.write(mark.instrument)
            writer.write(mark.price)
        }
        let carries = rules.keepEquityThroughActions
        if carries { writer.write(unsettled) { $0.write($1) } }
        writer.write(holdings) { writer, holding in
            writer.write(holding.account)
            writer.write(holding.strategy)
            writer.write(holding.instrument)
            writer.write(holding.quantity)
            if carries { writer.write(holding.carried) }
        }
        writer.write(lastTime)
    }

    /// Version 4 knew no currencies, version 3 no rules but the first.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        switch version {
        case 4: CurrencyBook.none(after: bytes)
        case 3: CurrencyBook.none(after: RulesVersion.first.before(bytes))
        default: nil
        }
    }

    /// The definitions of instruments are missing in it.
    public static var upgradesExactly: Bool { false }

    public init(from reader: inout StateReader) throws(StateError) {
        try self.init(from: &reader, rules: RulesVersion(from: &reader))
        try restoreCurrencies(from: &reader)
        if !reader.isAtEnd { try restoreMovements(from: &reader) }
        try restoreActions(from: &reader)
    }

    /// Takes up currencies that were saved behind the rest.
    mutating func restoreCurrencies(from reader: inout StateReader) throws(StateError) {
        currencies = try CurrencyBook(from: &reader)
        guard currencies.slots.allSatisfy({ $0 < accounts.count }) else {
            throw StateError("a saved state converts for an account that it does not have")
        }
    }

    /// What `encodeBody` wrote under these rules.
    public init(from reader: inout StateReader, rules: RulesVersion) throws(StateError) {
        self.rules = rules
        let worths = try reader.readArray { (reader) throws(StateError) in
            try AccountEquity(from: &reader, rules)
        }
        for account in worths {
            while accounts.count <= account.account.index { accounts.append(nil) }
            accounts[account.account.index] = account
        }
        marks = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        held = try reader.readArray { (reader) throws(StateError) in
            HeldMark(instrument: try reader.read(), price: try reader.read())
        }
        let carries = rules.keepEquityThroughActions
        if carries {
            unsettled = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        }
        let saved = try reader.readArray { (reader) throws(StateError) in
            Holding(
                account: try reader.read(), strategy: try reader.read(),
                instrument: try reader.read(), quantity: try reader.readQuantity(),
                carried: carries ? try reader.readSum(bits: 120) : 0, next: -1)
        }
        for holding in saved {
            guard Int(holding.instrument.number) <= NameBook.highest,
                (0..<Int32(accounts.count)).contains(holding.account)
            else { throw StateError("a saved holding names an unknown account or instrument") }
            _ = add(holding)
        }
        lastTime = try reader.read()
        noteUnsettled()
    }
}
