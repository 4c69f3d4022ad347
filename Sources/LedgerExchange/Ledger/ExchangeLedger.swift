import LedgerArchive
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerProjections
import LedgerReading
import enum LedgerSimulation.FillKeys
import LedgerRunning

/// The exchange's own ledger: a journal, the engine whose simulated venue matches orders, and the
/// folds from which clients are answered. Nothing is answered before it is committed, and a start
/// reads everything from the journal.
public final class ExchangeLedger {
    /// What clients are notified of, in journal order.
    public enum Notice {
        case order(BookChange)
        /// With the time told to clients, which a recording may have ahead of the journal's.
        case quote(Quote, Timestamp)
        case trade(Trade, Timestamp)
        case bar(Bar, Timestamp)
        case depth(DepthUpdate, Timestamp)
    }

    public let currency: String
    private let journal: LMDBJournal
    private var sequencer: Sequencer?
    public private(set) var book = ExchangeBook()
    public private(set) var market = MarketBook()
    public private(set) var depth: [String: DepthBook] = [:]
    public private(set) var instruments: [Instrument] = []
    private let keepsFeedTime: Bool
    private var account = AccountID.none
    public private(set) var lastTime = Timestamp.zero
    /// The time of the last price in the journal; nil if there is none.
    public private(set) var lastMarketTime: Timestamp?
    /// Why the journal cannot continue; nothing more is accepted then.
    public private(set) var failure: (any Error)?
    /// The last folded event.
    private var folded = SequenceNumber.none
    /// Notifications for market inputs that are not folded yet, in order; nil for inputs without
    /// one.
    private var untold: [Untold] = []
    /// What orders took of each instrument's current quote: ask, bid.
    private var taken: [InstrumentID: (ask: Quantity, bid: Quantity)] = [:]
    /// The share of a quote that orders may take, in thousandths of a basis point; 0 for no limit.
    private var participation: Int64 = 0
    /// The fee of a fill, relative to its notional.
    public private(set) var fee = BasisPoints.zero
    public private(set) var allowsShort = false
    public var tell: (Notice) -> Void = { _ in }

    private enum Untold {
        case event(Timestamp?)
        case depth(DepthUpdate, Timestamp)
    }

    /// - Parameter start: the initial time of a new journal.
    public init(
        _ options: ExchangeOptions, _ dialect: any ExchangeDialect, _ symbols: [Instrument],
        start: Timestamp
    ) throws {
        currency = options.currency(of: dialect)
        keepsFeedTime = options.keepsFeedTime
        let name = options.journal(of: dialect)
        let directory = try JournalHome.place(name)
        let isDurable = options.configuration[ExchangeKeys.durable]
        let durability = isDurable ? Durability.durable : .bulk
        journal = try JournalHome.openOrCreate(directory, durability: durability)
        var opened = try Sequencer(journal, holder: "exchange", commitBytes: 1 << 20)
        let last = opened.engine.lastTime
        try Self.opening(options, dialect, symbols, name: name)
            .submit(into: &opened, at: last.nanoseconds == .min ? start : last)
        try opened.commit()
        instruments = opened.engine.names.instruments
        account = opened.engine.main.account
        lastTime = max(opened.engine.lastTime, .zero)
        let settings = opened.engine.settings
        participation = try settings[FillKeys.participationBasisPoints].raw
        fee = try settings[FillKeys.feeBasisPoints]
        allowsShort = try settings[AccountKeys.allowShort]
        sequencer = consume opened
        try restore()
    }

    /// The engine's current state. Read it, but do not keep it.
    private var engine: AccountEngine { sequencer?.engine.main ?? Engine().main }
    public var head: SequenceNumber { (try? journal.head.lastSequence) ?? .none }

    // MARK: Opening

    private static func opening(
        _ options: ExchangeOptions, _ dialect: any ExchangeDialect, _ symbols: [Instrument],
        name: String
    ) throws -> RunOpening {
        let configuration = try options.settings(of: dialect)
        var opening = RunOpening(configuration, kind: .general, name: name)
        opening.said = options.configuration
        opening.instruments = symbols.map {
            InstrumentSource($0, origin: options.definitions(of: dialect))
        }
        opening.depositsCash = true
        opening.run = RunOpening.Run(
            mode: "exchange", name: configuration[RunKeys.name], onlyInNewJournal: true)
        return opening
    }

    /// Reads orders from the whole journal and the market from its last part.
    private func restore() throws {
        let head = try journal.head.lastSequence
        try journal.forEachRecord(from: .first, filter: EventFilter(ExchangeBook.types)) { record in
            _ = try self.book.apply(record)
            return true
        }
        let recent = SequenceNumber(max(1, Int64(head.number) - 200_000).magnitude)
        try journal.forEachRecord(from: recent, filter: EventFilter([.bar, .quote, .trade])) {
            record in
            _ = try self.market.apply(record)
            self.lastMarketTime = record.time
            return true
        }
        folded = head
    }

    // MARK: Orders

    public enum Outcome {
        case taken(Int)
        case refused(Refusal)
    }

    private func nextTime() -> Timestamp {
        if !keepsFeedTime || lastTime == .zero { lastTime = max(lastTime, ExchangeClock.machine) }
        return lastTime
    }

    public func place(_ request: OrderRequested) throws -> Outcome {
        let envelope = envelope()
        guard let sequence = try sequencer?.append(request, envelope) else {
            throw InputError("the exchange is closed")
        }
        try settle()
        if let taken = book.taken, taken.request == sequence {
            try meetMarket(taken.order)
            return .taken(taken.order)
        }
        if let refusal = book.refusal, refusal.request == sequence {
            return .refused(refusal.refusal)
        }
        throw InputError("request \(sequence) has no outcome")
    }

    /// Appends an activity of the account; `settle` commits it.
    func take(_ activity: VenueActivityReported) throws {
        try sequencer?.append(activity, envelope())
    }

    private func envelope() -> Envelope { Envelope(account: account, time: nextTime()) }

    /// An order that the current quote would fill does not wait for the next one: the quote is
    /// repeated.
    private func meetMarket(_ place: Int) throws {
        let order = book[place]
        guard order.state == .open, let quote = market[order.instrument].quote?.value else {
            return
        }
        let price = order.side == .buy ? quote.ask : quote.bid
        guard price.raw > 0 else { return }
        let isImmediate =
            order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
        let limit = order.current.limitPrice
        let isReached = limit.raw == 0 || (order.side == .buy ? price <= limit : price >= limit)
        let isWaiting = order.orderType == .stop || order.orderType == .stopLimit
        guard isImmediate || (isReached && !isWaiting) else { return }
        untold.append(.event(nil))
        try sequencer?.append(rest(of: quote), at: nextTime())
        try settle()
    }

    /// The current quote minus what orders took of it.
    private func rest(of quote: Quote) -> Quote {
        guard participation > 0, let gone = taken[quote.instrument] else { return quote }
        func left(_ size: Quantity, after gone: Quantity) -> Quantity {
            max(.zero, Quantity(raw: size.raw - gone.raw * 10_000_000 / Int128(participation)))
        }
        var rest = quote
        rest.askSize = left(quote.askSize, after: gone.ask)
        rest.bidSize = left(quote.bidSize, after: gone.bid)
        return rest
    }

    private func noteTaken(_ record: Record) throws {
        if record.type == .quote { taken[record.instrument] = nil }
        guard record.type == .orderFilled else { return }
        let fill = try OrderFilled(record)
        var gone = taken[fill.instrument] ?? (.zero, .zero)
        if fill.side == .buy { gone.ask = gone.ask + fill.quantity }
        if fill.side == .sell { gone.bid = gone.bid + fill.quantity }
        taken[fill.instrument] = gone
    }

    /// - Parameter reason: the name of the cancel, if the venue gives it one.
    public func cancel(_ place: Int, actor: String, reason: String = "") throws {
        let order = book[place]
        let envelope = envelope()
        try sequencer?.append(
            OrderCancelRequested(
                instrument: order.instrument, order: order.id, actor: actor, reason: reason),
            envelope)
        try settle()
    }

    /// - Returns: nil if the order has its new terms.
    public func replace(_ place: Int, _ request: OrderReplaceRequested) throws -> Refusal? {
        let before = book[place].generations.count
        let envelope = envelope()
        let sequence = try sequencer?.append(request, envelope)
        try settle()
        if let refusal = book.refusal, refusal.request == sequence { return refusal.refusal }
        guard book[place].generations.count > before else { return Refusal(.badPrice) }
        try meetMarket(place)
        return nil
    }

    // MARK: Market

    /// Takes inputs of a feed and commits them together.
    public func apply(_ items: [FeedItem]) throws {
        for item in items {
            switch item.content {
            case .depth(let update): untold.append(.depth(update, item.told))
            case .event(let event):
                if keepsFeedTime { lastTime = max(lastTime, item.time) }
                untold.append(.event(item.told))
                try apply(event, at: nextTime())
            }
        }
        try settle()
    }

    private func apply(_ event: MarketEvent, at time: Timestamp) throws {
        switch event {
        case .bar(let bar, _): try sequencer?.append(bar, at: time)
        case .quote(let quote, _): try sequencer?.append(quote, at: time)
        case .trade(let trade, _): try sequencer?.append(trade, Envelope(time: time))
        case .split(let split, _): try sequencer?.append(split, Envelope(time: time))
        case .dividend(let dividend, _): try sequencer?.append(dividend, Envelope(time: time))
        case .scheduled(let dividend, _): try sequencer?.append(dividend, Envelope(time: time))
        case .prediction(let forecast, _): try sequencer?.append(forecast, Envelope(time: time))
        }
    }

    /// Commits what was taken, then notifies clients.
    func settle() throws {
        do { try commitAndTell() } catch {
            failure = error
            throw error
        }
    }

    private func commitAndTell() throws {
        if let failure { throw failure }
        try sequencer?.commit()
        var notices: [Notice] = []
        let waiting = untold
        untold = []
        var next = 0
        func passDepth() {
            while next < waiting.count, case .depth(let update, let time) = waiting[next] {
                depth[update.symbol, default: DepthBook()].apply(update)
                if !update.isWhole { notices.append(.depth(update, time)) }
                next += 1
            }
        }
        try journal.forEachRecord(from: folded.next) { record in
            self.folded = record.sequence
            try self.noteTaken(record)
            switch record.type {
            case .bar, .quote, .trade:
                let closed = try self.market.apply(record)
                passDepth()
                if next < waiting.count, case .event(let told) = waiting[next] {
                    next += 1
                    if let told { try self.note(record, told, closed, &notices) }
                }
            case .splitApplied, .dividendDeclared, .dividendScheduled, .predictionRecorded:
                passDepth()
                if next < waiting.count { next += 1 }
            default:
                if let change = try self.book.apply(record) { notices.append(.order(change)) }
            }
            return true
        }
        passDepth()
        for notice in notices { tell(notice) }
    }

    private func note(
        _ record: Record, _ told: Timestamp, _ closed: Timed<Bar>?, _ notices: inout [Notice]
    ) throws {
        if let closed { notices.append(.bar(closed.value, closed.time)) }
        switch record.type {
        case .quote: notices.append(.quote(try Quote(record), told))
        case .trade: notices.append(.trade(try Trade(record), told))
        case .bar: notices.append(.bar(try Bar(record), told))
        default: break
        }
    }

    // MARK: Account

    public var cash: Money { engine.profit.equity[engine.account]?.cash ?? .zero }
    public var equity: Money { engine.profit.equity[engine.account]?.equity ?? .zero }
    public var netDeposits: Money { engine.profit.equity[engine.account]?.netDeposits ?? .zero }
    public var reservedCash: Money { (try? engine.orders.reservedCash(engine.account)) ?? .zero }

    public func position(_ instrument: InstrumentID) -> Position? {
        engine.profit.positions.position(engine.account, .none, instrument).flatMap {
            $0.quantity.raw == 0 ? nil : $0
        }
    }

    public func instrument(_ id: InstrumentID) -> Instrument? { instruments.first { $0.id == id } }
    public func instrument(symbol: String) -> Instrument? {
        instruments.first { $0.symbol == symbol }
    }

    /// Writes a checkpoint, so that the next start is fast. Orders stay open: no run ends here.
    public func close() throws {
        try sequencer?.commitWithCheckpoint()
        try journal.flush()
        if let last = sequencer.take() { try last.close() }
    }
}

extension ExchangeOptions {
    /// The setting that defines the instruments; nil if `data` defines each.
    fileprivate func definitions(of dialect: any ExchangeDialect) -> String? {
        if feed == .files { return nil }
        if let key = dialect.listedSetting, !configuration[key].isEmpty { return key.name }
        return feed == .recording ? ExchangeKeys.recording.name : ExchangeKeys.symbols.name
    }
}
