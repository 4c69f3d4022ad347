import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What must hold in every journal (L06). A to C: every signal has exactly one outcome. D: there
/// are no entries while a latch, including one for a failed reconciliation, blocks them. E: a dry
/// run sends nothing to a venue. F: a paper or live run that ended has venue snapshots from its
/// start and its end.
public struct Invariants: Sendable {
    public static let types: [EventType] =
        SignalFunnel.types + ByAccount<TradingGate>.types + PositionBook.types + [
            .journalOpened, .configurationLoaded, .venueSnapshotBegan,
        ]

    private var funnel = SignalFunnel()
    private var gates = ByAccount<TradingGate>()
    private var book = PositionBook()
    private var kind = JournalKind.general
    private var isDry = true
    private var hasStart = false
    private var hasEnd = false

    public init() {}

    /// Reads the next event and returns what it violates.
    public mutating func check(_ record: Record) throws(FoldError) -> [String] {
        var faults: [String] = []
        do throws(RecordError) {
            switch record.type {
            case .journalOpened: kind = try JournalOpened(record).kind
            case .configurationLoaded:
                isDry = !(try ConfigurationLoaded(record).settings.split(separator: "\n"))
                    .contains("live.dry_run = false")
            case .runStarted: (hasStart, hasEnd) = (false, false)
            case .venueSnapshotBegan:
                let snapshot = try VenueSnapshotBegan(record)
                if snapshot.kind == .start { hasStart = true }
                if snapshot.kind == .end { hasEnd = true }
            case .orderIntended:
                if let fault = check(try OrderIntended(record), record) { faults.append(fault) }
            case .runEnded where kind == .paper || kind == .live:
                if !hasStart || !hasEnd {
                    faults.append(
                        "event \(record.sequence): F: a \(kind) run ended without a snapshot of "
                            + "its "
                            + (hasStart ? "end" : "start"))
                }
            default: break
            }
        } catch { throw .record(error) }
        let known = funnel.violations.count
        try funnel.apply(record)
        for sequence in funnel.violations.dropFirst(known) {
            faults.append(
                "signal \(sequence): A to C: it has no outcome, or several, at event "
                    + "\(record.sequence)")
        }
        try gates.apply(record)
        try book.apply(record)
        return faults
    }

    private func check(_ order: OrderIntended, _ record: Record) -> String? {
        if record.account.kind == .live, isDry {
            return "event \(record.sequence): E: an order of a live account in a dry run"
        }
        let held =
            book.position(record.account, order.strategy, order.instrument)?.quantity ?? .zero
        let isReducing =
            held.raw * order.side.sign < 0 && order.quantity <= held.magnitude
        let gate = gates[record.account]
        guard order.purpose == .entry, !isReducing, !gate.isOpen,
            let latch = gate.block(order.strategy, order.instrument, isReducing: false)
        else { return nil }
        return
            "event \(record.sequence): D: an entry although \(latch.source) has blocked it since "
            + "event \(latch.sequence)"
    }
}
