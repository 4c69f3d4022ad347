import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The health of each strategy, based on realised results (F06, F07).
///
/// Days are those of the account's calendar. A trade is a fill that closes units; its profit is realised
/// first in, first out, minus its fee. Memory is bounded by the long window.
public struct StrategyHealth: Projection, Hashable {
    public static let name = "health"
    public static let version: UInt32 = 2
    public static let types: [EventType] = [
        .configurationLoaded, .cashDeposited, .cashWithdrawn, .signalGenerated, .signalRejected,
        .intentRejected, .orderIntended, .orderFilled, .splitApplied, .dividendPaid,
        .positionAdjusted, .positionTransferred, .runStarted, .runEnded, .clockTicked,
        .instrumentDefined, .refusalRepeated, .dividendAccrued, .dividendCorrected,
    ]

    private var record = HealthRecord()
    private var book = PositionBook()
    /// Whether the undecided signal is an entry.
    private var isEntry = false
    /// The account's calendar as of the last event.
    public private(set) var calendar = AccountCalendar()

    public init() {}

    public var rules: HealthRules { record.rules }
    /// The last event's day.
    public var today: Int64 { record.today }

    public mutating func apply(_ event: Record) throws(FoldError) {
        record.move(to: calendar.day(of: event.time).number)
        do throws(RecordError) {
            try calendar.apply(event)
            switch event.type {
            case .configurationLoaded:
                record.rules.read(Settings(text: try ConfigurationLoaded(event).settings))
            case .cashDeposited: record.capital += try CashDeposited(event).amount
            case .cashWithdrawn: record.capital -= try CashWithdrawn(event).amount
            case .signalGenerated:
                let signal = try SignalGenerated(event)
                isEntry = signal.purpose == .entry
                if isEntry { record.count(signals: 1, signal.strategy) }
            case .signalRejected where isEntry:
                record.count(rejections: 1, try SignalRejected(event).strategy)
            case .intentRejected where isEntry:
                record.count(rejections: 1, try IntentRejected(event).strategy)
            case .refusalRepeated: spread(try RefusalRepeated(event))
            case .orderIntended:
                let order = try OrderIntended(event)
                record.order(order.quantity, order.strategy)
            default: break
            }
        } catch { throw .record(error) }
        try follow(event)
    }

    private mutating func follow(_ event: Record) throws(FoldError) {
        guard event.type == .orderFilled else { return try book.apply(event) }
        let fill: OrderFilled
        do { fill = try OrderFilled(event) } catch { throw .record(error) }
        let before = realised(event.account, fill)
        let held = quantity(event.account, fill)
        try book.apply(event)
        record.fill(fill, realised: realised(event.account, fill) - before, held: held)
    }

    private func realised(_ account: AccountID, _ fill: OrderFilled) -> Money {
        book.position(account, fill.strategy, fill.instrument)?.realised ?? .zero
    }

    private func quantity(_ account: AccountID, _ fill: OrderFilled) -> Quantity {
        book.position(account, fill.strategy, fill.instrument)?.quantity ?? .zero
    }

    /// Counts refusals on the days from the first to the last of them, evenly, because only their sum is
    /// known.
    private mutating func spread(_ event: RefusalRepeated) {
        guard event.purpose == .entry else { return }
        let last = min(calendar.day(of: event.last).number, today)
        let first = min(calendar.day(of: event.first).number, last)
        let (count, length) = (Int128(event.count), Int128(last - first) + 1)
        let oldest = record.oldest
        guard last >= oldest else { return }
        for number in max(first, oldest)...last {
            let place = Int128(number - first)
            let share = UInt32(
                clamping: count * (place + 1) / length - count * place / length)
            record.count(signals: share, rejections: share, event.strategy, on: number)
        }
    }

    public var strategies: [StrategyID] { record.strategies }

    /// A strategy's figures as of `day`; all zero if it did nothing.
    public func report(_ strategy: StrategyID, on day: Int64? = nil) -> HealthReport {
        record.report(strategy, on: day)
    }

    /// The calendar to which the days belong.
    public var accountCalendar: TradingCalendar { calendar.calendar }

    public func encode(into writer: inout StateWriter) {
        record.encodeHead(into: &writer)
        writer.write(isEntry)
        record.encodeDays(into: &writer)
        book.encode(into: &writer)
        calendar.encode(into: &writer)
    }

    /// The days of version 1 are others.
    public static var upgradesExactly: Bool { false }

    /// Version 1 counted days of UTC, and knew neither the account's calendar nor its instruments.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        guard version == 1 else { return nil }
        var writer = StateWriter()
        AccountCalendar().encode(into: &writer)
        return bytes + writer.bytes
    }

    public init(from reader: inout StateReader) throws(StateError) {
        record = try HealthRecord(headFrom: &reader)
        isEntry = try reader.read()
        try record.restoreDays(from: &reader)
        book = try PositionBook(from: &reader)
        calendar = try AccountCalendar(from: &reader)
    }
}
