import LedgerDomain
import LedgerEvents
import LedgerProjections

/// The last reconciliation with its findings, and how many failed within a day (R04, R09).
public struct ReconciliationLog: Projection, Hashable {
    public static let name = "reconciliation"
    public static let version: UInt32 = 2
    public static let types: [EventType] = [
        .venueSnapshotBegan, .discrepancyFound, .reconciliationEnded, .cashDeposited,
        .cashWithdrawn, .feeCharged, .dividendPaid, .dividendSettled, .dividendCorrected,
        .cashAdjusted, .orderFilled,
    ]

    public struct Entry: Hashable, Sendable {
        public var kind: SnapshotKind
        public var snapshot: UInt64
        public var at: Timestamp
        public var cash: Money
        public var portfolioValue: Money
        public var status: ReconciliationStatus
        public var discrepancies: UInt32
        public var origin: String
        /// The venue's cash less the ledger's.
        public var unexplained: Money
    }

    /// The last one of each kind.
    public private(set) var latest: [Entry] = []
    /// The findings of the last reconciliation.
    public private(set) var discrepancies: [DiscrepancyFound] = []
    /// What was found since: a fill of no known order blocks entries before the next comparison.
    public var foundSince: [DiscrepancyFound] { found }
    private var began: VenueSnapshotBegan?
    private var found: [DiscrepancyFound] = []
    private var failures: [Timestamp] = []
    private var cash = Money.zero
    /// Since when the venue's cash differs from the ledger's; nil where it does not.
    public private(set) var unexplainedSince: Timestamp?

    public init() {}

    public var last: Entry? { latest.max { $0.at < $1.at } }

    /// Failed reconciliations in the 24 hours before `time`.
    public func breaches(at time: Timestamp) -> Int {
        failures.count { time.nanoseconds(since: $0) < Nanoseconds.day.count }
    }

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) {
            switch record.type {
            case .venueSnapshotBegan:
                began = try VenueSnapshotBegan(record)
                found = []
            case .discrepancyFound: found.append(try DiscrepancyFound(record))
            case .reconciliationEnded: end(try ReconciliationEnded(record), at: record.time)
            case .cashDeposited: add(try CashDeposited(record).amount)
            case .cashWithdrawn: subtract(try CashWithdrawn(record).amount)
            case .feeCharged: subtract(try FeeCharged(record).amount)
            case .dividendPaid: add(try DividendPaid(record).amount)
            case .dividendSettled: add(try DividendSettled(record).amount)
            case .dividendCorrected:
                let event = try DividendCorrected(record)
                if event.payable == .zero { add(event.amount) }
            case .cashAdjusted: add(try CashAdjusted(record).amount)
            case .orderFilled: pay(try OrderFilled(record))
            default: break
            }
        } catch { throw .record(error) }
    }

    // The books refuse amounts that cannot be counted; here they explain nothing.

    private mutating func add(_ amount: Money) {
        let (sum, overflow) = cash.raw.addingReportingOverflow(amount.raw)
        if !overflow { cash = Money(raw: sum) }
    }

    private mutating func subtract(_ amount: Money) {
        let (rest, overflow) = cash.raw.subtractingReportingOverflow(amount.raw)
        if !overflow { cash = Money(raw: rest) }
    }

    private mutating func pay(_ fill: OrderFilled) {
        guard let worth = try? Money.notional(fill.price, fill.quantity) else { return }
        if fill.side == .buy { subtract(worth) } else { add(worth) }
        subtract(fill.fee)
    }

    private mutating func end(_ event: ReconciliationEnded, at time: Timestamp) {
        let kind = began?.kind ?? .reconciliation
        var unexplained = Money.zero
        if let began, began.isReachable {
            let (difference, overflow) = began.cash.raw.subtractingReportingOverflow(cash.raw)
            if !overflow { unexplained = Money(raw: difference) }
            unexplainedSince = unexplained.raw == 0 ? nil : unexplainedSince ?? time
        }
        latest.removeAll { $0.kind == kind }
        latest.append(
            Entry(
                kind: kind, snapshot: event.snapshot, at: time, cash: began?.cash ?? .zero,
                portfolioValue: began?.portfolioValue ?? .zero, status: event.status,
                discrepancies: event.discrepancies, origin: began?.origin ?? "",
                unexplained: unexplained))
        (discrepancies, found) = (found, [])
        failures.removeAll { time.nanoseconds(since: $0) >= Nanoseconds.day.count }
        if event.status == .fail { failures.append(time) }
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(latest) { writer, entry in
            writer.write(entry.kind)
            writer.write(entry.snapshot)
            writer.write(entry.at)
            writer.write(entry.cash)
            writer.write(entry.portfolioValue)
            writer.write(entry.status)
            writer.write(entry.discrepancies)
            writer.write(entry.origin)
            writer.write(entry.unexplained)
        }
        Self.write(discrepancies, &writer)
        Self.write(found, &writer)
        writer.write(failures) { $0.write($1) }
        writer.write(began != nil)
        if let began { VenueSnapshot(began).encode(into: &writer) }
        writer.write(cash)
        writer.write(unexplainedSince != nil)
        if let unexplainedSince { writer.write(unexplainedSince) }
    }

    private static func write(_ list: [DiscrepancyFound], _ writer: inout StateWriter) {
        writer.write(list) { writer, item in
            writer.write(item.kind)
            writer.write(item.instrument)
            writer.write(item.snapshot)
            writer.write(item.ledger)
            writer.write(item.venue)
            writer.write(item.order)
            writer.write(item.symbol)
            writer.write(item.detail)
        }
    }

    private static func read(
        _ reader: inout StateReader
    ) throws(StateError) -> [DiscrepancyFound] {
        try reader.readArray { (reader) throws(StateError) in
            DiscrepancyFound(
                try reader.read(), instrument: try reader.read(), snapshot: try reader.read(),
                ledger: try reader.read(), venue: try reader.read(), order: try reader.read(),
                symbol: try reader.read(), detail: try reader.read())
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        latest = try reader.readArray { (reader) throws(StateError) in
            Entry(
                kind: try reader.read(), snapshot: try reader.read(), at: try reader.read(),
                cash: try reader.read(), portfolioValue: try reader.read(),
                status: try reader.read(), discrepancies: try reader.read(),
                origin: try reader.read(), unexplained: try reader.read())
        }
        discrepancies = try Self.read(&reader)
        found = try Self.read(&reader)
        failures = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        if try reader.read() as Bool { began = try VenueSnapshot(from: &reader).began }
        cash = try reader.read()
        if try reader.read() as Bool { unexplainedSince = try reader.read() }
    }
}
