import LedgerDomain
import LedgerEvents

/// The parts of an account's profit over a span:
/// net = realised + unrealised + dividends − fees − financing + rates + transfers.
///
/// For any span, net = equity at its end − equity at its start − net deposits in between, to the
/// last 10^-9: requirement L05.
public struct ProfitParts: Hashable, Sendable {
    public var realised = Money.zero
    public var unrealised = Money.zero
    public var dividends = Money.zero
    public var fees = Money.zero
    /// What changes of rates made of money in other currencies, and of what holdings cost in them.
    public var rates = Money.zero
    /// What holding cost: negative where it earned.
    public var financing = Financing()
    /// Gains of positions that went to other accounts of the journal, up to the transfer, less those of
    /// positions that came. The sum over all accounts is 0.
    public var transfers = Money.zero
    public var equity = Money.zero
    public var netDeposits = Money.zero
    /// Whether every rate is known that the parts need. If not, the other fields mean nothing.
    public var isKnown = true

    public init() {}

    public var net: Money {
        realised + unrealised + dividends - fees - financing.total + rates + transfers
    }

    /// What prices contributed: gains of sales and of holdings, each at the rate of its time or of now.
    public var prices: Money { realised + unrealised }

    public static func - (a: ProfitParts, b: ProfitParts) -> ProfitParts {
        var result = a
        result.realised -= b.realised
        result.unrealised -= b.unrealised
        result.dividends -= b.dividends
        result.fees -= b.fees
        result.rates -= b.rates
        result.transfers -= b.transfers
        result.financing -= b.financing
        result.isKnown = a.isKnown && b.isKnown
        result.equity -= b.equity
        result.netDeposits -= b.netDeposits
        return result
    }
}

/// Profit and loss of every account, in total and since the day began (00:00 UTC).
public struct ProfitAndLoss: Projection, Hashable {
    public static let name = "pnl"
    public static let version: UInt32 = 5
    /// All types, because any event may be the first of a day.
    public static let types = EventType.allCases

    public private(set) var positions: PositionBook
    public internal(set) var equity: EquityBook
    /// Days since 1970 of the last event.
    public private(set) var day = Int64.min
    private var nextDay = Timestamp(nanoseconds: .min)
    /// The parts at the day's start, by account index.
    var dayStart: [ProfitParts] = []
    /// Gains that were realised in other currencies than the account's own.
    var otherGains: [CurrencyGain] = []

    public init() {
        positions = PositionBook()
        equity = EquityBook()
    }

    public mutating func apply(_ record: Record) throws(FoldError) {
        advance(to: record.time)
        guard !equity.currencies.isActive else { return try applyConverting(record) }
        try positions.apply(record)
        try equity.apply(record)
    }

    /// The same where an account converts.
    @inline(never)
    private mutating func applyConverting(_ record: Record) throws(FoldError) {
        switch record.type {
        case .orderFilled:
            let fill: OrderFilled = try decode(record)
            try book(fill, account: record.account, at: record.time, sequence: record.sequence)
        case .positionAdjusted:
            let event: PositionAdjusted = try decode(record)
            try adjust(event, account: record.account, at: record.time, sequence: record.sequence)
        case .splitApplied:
            try split(try decode(record), at: record.time, sequence: record.sequence)
        default:
            try positions.apply(record)
            try equity.apply(record)
            try countGains(record.sequence)
        }
    }

    public mutating func define(_ instrument: Instrument) { equity.define(instrument) }

    public mutating func define(_ account: Account) {
        equity.define(account.id, currency: account.currency)
    }

    /// Begins a new day if `time` is in one. Call it before booking what happens at `time`.
    @inline(__always)
    public mutating func advance(to time: Timestamp) {
        if time >= nextDay { beginDay(time) }
    }

    private mutating func beginDay(_ time: Timestamp) {
        dayStart = equity.accounts.map { $0.flatMap { total($0.account) } ?? ProfitParts() }
        day = time.utcDay
        nextDay = .startOfDay(day + 1)
    }

    /// See `EquityBook.mark`.
    @inline(__always)
    @discardableResult
    public mutating func mark(
        _ instrument: InstrumentID, _ price: Price, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) -> MarkOutcome {
        advance(to: time)
        let outcome = try equity.mark(instrument, price, at: time, sequence: sequence)
        if equity.needsCare { try countGains(sequence) }
        return outcome
    }

    public mutating func rebase(
        _ account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        try equity.rebase(account, at: time, sequence: sequence)
    }

    public mutating func book(
        _ fill: OrderFilled, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        let before = realised(fill.instrument)
        try positions.book(fill, account: account, at: time, sequence: sequence)
        try equity.book(fill, account: account, at: time, sequence: sequence)
        try countGains(in: fill.instrument, since: before, sequence)
    }

    public mutating func split(
        _ event: SplitApplied, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        let before = realised(event.instrument)
        try positions.split(event, sequence: sequence)
        try equity.split(event, at: time, sequence: sequence)
        try countGains(in: event.instrument, since: before, sequence)
    }

    public mutating func follow(
        _ declared: RulesDeclared, sequence: SequenceNumber
    ) throws(FoldError) {
        try equity.follow(declared, sequence: sequence)
    }

    public mutating func declare(
        _ dividend: DividendDeclared, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        try equity.declare(dividend, at: time, sequence: sequence)
    }

    /// Books a dividend that was declared to this book.
    public mutating func book(
        _ dividend: DividendPaid, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        try positions.book(dividend, account: account, sequence: sequence)
        try equity.book(
            dividend, isDeclared: true, account: account, at: time, sequence: sequence)
    }

    public mutating func adjust(
        _ event: PositionAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        let before = realised(event.instrument)
        try positions.adjust(event, account: account, at: time, sequence: sequence)
        try equity.adjust(event, account: account, at: time, sequence: sequence)
        try countGains(in: event.instrument, since: before, sequence)
    }

    public mutating func adjust(
        _ event: CashAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        advance(to: time)
        try equity.adjust(event, account: account, at: time, sequence: sequence)
    }

    /// Since the account was opened; nil for an unknown account.
    public func total(_ account: AccountID) -> ProfitParts? {
        guard let worth = equity[account] else { return nil }
        if equity.currencies.converts(account) { return convertedTotal(worth) }
        var parts = ProfitParts()
        var cost = Money.zero
        for position in positions.positions where position.account == account {
            parts.realised += position.realised
            cost += position.cost
        }
        parts.unrealised = worth.marketWorth - cost
        parts.dividends = worth.dividends
        parts.fees = worth.fees
        parts.transfers = worth.transfers
        parts.financing = worth.financing
        parts.equity = worth.equity
        parts.netDeposits = worth.netDeposits
        return parts
    }

    /// Since 00:00 UTC of the last event's day.
    public func today(_ account: AccountID) -> ProfitParts? {
        guard let total = total(account) else { return nil }
        let index = account.index
        return total - (index < dayStart.count ? dayStart[index] : ProfitParts())
    }

    public func encode(into writer: inout StateWriter) {
        equity.rules.encode(into: &writer)
        encodeBody(into: &writer)
        encodeCurrencies(into: &writer)
        if hasMovements || hasActions { encodeMovements(into: &writer) }
        encodeActions(into: &writer)
    }

    /// Whether dividends await their pay dates, which are saved behind the rest.
    public var hasActions: Bool { !equity.actions.isEmpty }

    public func encodeActions(into writer: inout StateWriter) {
        equity.encodeActions(into: &writer)
    }

    /// What `encodeActions` wrote, after the currencies were restored.
    public mutating func restoreActions(from reader: inout StateReader) throws(StateError) {
        try equity.restoreActions(from: &reader)
    }

    /// Whether an account has other currencies than its own, which are saved behind the body.
    public var converts: Bool { equity.currencies.isActive }

    public func encodeCurrencies(into writer: inout StateWriter) {
        equity.currencies.encode(into: &writer)
        writer.write(otherGains) { $1.encode(into: &$0) }
        writer.write(dayStart) { writer, parts in
            writer.write(parts.rates)
            writer.write(parts.isKnown)
        }
    }

    /// What `encodeCurrencies` wrote behind this state's body.
    public mutating func restoreCurrencies(from reader: inout StateReader) throws(StateError) {
        try equity.restoreCurrencies(from: &reader)
        otherGains = try reader.readArray { (reader) throws(StateError) in
            try CurrencyGain(from: &reader)
        }
        let starts = try reader.readArray { (reader) throws(StateError) in
            (rates: try reader.readSum(), isKnown: try reader.read() as Bool)
        }
        guard starts.count == dayStart.count else {
            throw StateError("a saved day began with \(starts.count) accounts")
        }
        for (place, start) in starts.enumerated() {
            (dayStart[place].rates, dayStart[place].isKnown) = start
        }
    }

    /// The state without its rules; see `EquityBook.encodeBody`.
    public func encodeBody(into writer: inout StateWriter) {
        positions.encode(into: &writer)
        equity.encodeBody(into: &writer)
        writer.write(day)
        writer.write(nextDay)
        writer.write(dayStart) { writer, parts in
            for amount in [
                parts.realised, parts.unrealised, parts.dividends, parts.fees, parts.equity,
                parts.netDeposits,
            ] { writer.write(amount) }
        }
    }

    /// Version 4 knew no currencies, version 3 no rules but the first.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        let body: [UInt8]
        switch version {
        case 4: body = bytes
        case 3: body = RulesVersion.first.before(bytes)
        default: return nil
        }
        var reader = StateReader(body)
        guard let rules = try? RulesVersion(from: &reader),
            let state = try? ProfitAndLoss(from: &reader, rules: rules), reader.isAtEnd
        else { return nil }
        var writer = StateWriter()
        state.encode(into: &writer)
        return writer.bytes
    }

    /// The definitions of instruments are missing in it.
    public static var upgradesExactly: Bool { false }

    public init(from reader: inout StateReader) throws(StateError) {
        try self.init(from: &reader, rules: RulesVersion(from: &reader))
        try restoreCurrencies(from: &reader)
        if !reader.isAtEnd { try restoreMovements(from: &reader) }
        try restoreActions(from: &reader)
    }

    /// What `encodeBody` wrote under these rules.
    public init(from reader: inout StateReader, rules: RulesVersion) throws(StateError) {
        positions = try PositionBook(from: &reader)
        equity = try EquityBook(from: &reader, rules: rules)
        day = try reader.read()
        nextDay = try reader.read()
        dayStart = try reader.readArray { (reader) throws(StateError) in
            var parts = ProfitParts()
            parts.realised = try reader.readSum()
            parts.unrealised = try reader.readSum()
            parts.dividends = try reader.readSum()
            parts.fees = try reader.readSum()
            parts.equity = try reader.readSum()
            parts.netDeposits = try reader.readSum()
            return parts
        }
    }
}
