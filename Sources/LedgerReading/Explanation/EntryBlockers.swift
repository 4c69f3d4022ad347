import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// What stood between a span of a journal and its entries, the heaviest first: refusals by rule, orders
/// that ended without a fill, latches that stand, and that there were no prices or no signals at all.
public struct EntryBlockers: Sendable {
    public struct Blocker: Hashable, Sendable {
        /// None where it concerns all.
        public var strategy: StrategyID
        public var instrument: InstrumentID
        public var stage: String
        public var reason: String
        /// Signals or orders that it stopped; 0 for what stands and has stopped none.
        public var count: UInt64
        /// The last event that shows it; none where there is no event to show.
        public var last: SequenceNumber
        /// What was compared at the last, in the rule's unit; nil where nothing was.
        public var value: Measure?
        public var limit: Measure?
        /// How it ends.
        public var mend: String
    }

    /// Bars, quotes and trades.
    public private(set) var prices: UInt64 = 0
    /// The last price of the span; the last before it where the span has none.
    public private(set) var lastPrice = SequenceNumber.none
    /// Entries alone.
    public private(set) var signals: UInt64 = 0
    /// Entry signals that became orders.
    public private(set) var executed: UInt64 = 0
    /// Entry orders that filled, at least in part.
    public private(set) var filled: UInt64 = 0
    /// By how much they stopped, of equals the latest first.
    public private(set) var blockers: [Blocker] = []
    private var gate: TradingGate
    private var isEntry = false
    /// Signals of one strategy and instrument that one rule stopped, with the last of them.
    private struct Refused: Sendable {
        var strategy: StrategyID
        var instrument: InstrumentID
        var refusal: Refusal
        var source: LatchSource?
        var last: SequenceNumber
        var count: UInt64
    }
    private var refusals: [Refused] = []
    /// Entry orders without a fill so far, by number.
    private var waiting: [OrderID: OrderIntended] = [:]
    /// Those of them that the venue has said it took.
    private var accepted: Set<OrderID> = []
    private let symbol: InstrumentID?

    private static let types: [EventType] = [
        .bar, .quote, .trade, .signalGenerated, .signalRejected, .intentRejected, .orderIntended,
        .orderAccepted, .orderFilled, .orderCancelled, .orderExpired, .orderRejected,
        .latchEngaged, .latchCleared, .modeChanged,
    ]

    /// - Parameters:
    ///   - start: the first event of the span.
    ///   - end: the last.
    ///   - symbol: of this instrument alone; nil for all.
    public init(
        of journal: any Journal, from start: SequenceNumber, through end: SequenceNumber,
        symbol: InstrumentID?
    ) throws {
        self.symbol = symbol
        gate = try ProjectionReader.fold(
            of: journal, through: SequenceNumber(max(start.number, 1) - 1))
        if start <= end {
            try journal.forEachRecord(
                from: start, through: end, filter: EventFilter(Self.types)
            ) { record in
                try apply(record)
                return true
            }
        }
        addRefusals()
        addWaiting()
        if prices == 0 {
            lastPrice = try Self.lastPrice(journal, before: start, symbol)
        }
        try addSilence(of: journal, end)
        addStanding()
        blockers.sort {
            ($0.count, $0.last.number) > ($1.count, $1.last.number)
        }
    }

    /// As the runbooks name it: the stage that stopped most, or that nothing came so far.
    public var primary: String {
        if prices == 0 { return "NO_DATA" }
        if signals == 0 { return "NO_RAW_SIGNALS" }
        if executed == signals, filled == executed { return "NONE" }
        var counts: [(stage: SignalStage, count: UInt64)] = []
        for stage in SignalStage.allCases {
            let count = blockers.reduce(0) { $0 + ($1.stage == stage.name ? $1.count : 0) }
            counts.append((stage, count))
        }
        let most = counts.map(\.count).max() ?? 0
        // Of equals the stage that comes first.
        let first = counts.first { $0.count == most && most > 0 }
        return first?.stage.blocker ?? SignalStage.execution.blocker
    }

    private func concerns(_ record: Record) -> Bool {
        symbol.map { $0 == record.instrument } ?? true
    }

    private mutating func apply(_ record: Record) throws {
        if let type = record.type, TradingGate.types.contains(type) {
            return try gate.apply(record)
        }
        guard concerns(record) else { return }
        switch record.type {
        case .bar, .quote, .trade:
            prices += 1
            lastPrice = record.sequence
        case .signalGenerated:
            isEntry = try SignalGenerated(record).purpose == .entry
            if isEntry { signals += 1 }
        case .signalRejected where isEntry:
            let event = try SignalRejected(record)
            reject(event.strategy, event.refusal, record)
        case .intentRejected where isEntry:
            let event = try IntentRejected(record)
            reject(event.strategy, event.refusal, record)
        case .orderIntended:
            let order = try OrderIntended(record)
            guard order.purpose == .entry, order.parent == .none else { return }
            executed += 1
            waiting[record.sequence] = order
        case .orderAccepted: accepted.insert(try OrderAccepted(record).order)
        case .orderFilled:
            if waiting.removeValue(forKey: try OrderFilled(record).order) != nil { filled += 1 }
        case .orderCancelled:
            let event = try OrderCancelled(record)
            end(event.order, "\(event.reason)", event.reason.mend, record)
        case .orderExpired:
            let event = try OrderExpired(record)
            end(event.order, "\(event.reason)", event.reason.mend, record)
        case .orderRejected:
            let event = try OrderRejected(record)
            let mend =
                event.reason.isEmpty
                ? "what the venue asks for" : "the venue said: \(event.reason)"
            end(event.order, "orderRejected", mend, record)
        default: break
        }
    }

    private mutating func reject(
        _ strategy: StrategyID, _ refusal: Refusal, _ record: Record
    ) {
        let place = refusals.firstIndex {
            $0.strategy == strategy && $0.instrument == record.instrument
                && $0.refusal.reason == refusal.reason
        }
        let latch = gate.latches.first {
            $0.source.rejection == refusal.reason && $0.concerns(strategy, record.instrument)
        }
        let new = Refused(
            strategy: strategy, instrument: record.instrument, refusal: refusal,
            source: latch?.source, last: record.sequence,
            count: (place.map { refusals[$0].count } ?? 0) + 1)
        if let place { refusals[place] = new } else { refusals.append(new) }
    }

    private mutating func addRefusals() {
        for refused in refusals {
            let refusal = refused.refusal
            let isCompared = refusal.value.raw != 0 || refusal.limit.raw != 0
            blockers.append(
                Blocker(
                    strategy: refused.strategy, instrument: refused.instrument,
                    stage: refusal.reason.stage.name, reason: "\(refusal.reason)",
                    count: refused.count, last: refused.last,
                    value: isCompared ? refusal.value : nil,
                    limit: isCompared ? refusal.limit : nil,
                    mend: refused.source?.mend ?? refusal.reason.mend))
        }
    }

    private mutating func end(
        _ id: OrderID, _ reason: @autoclosure () -> String, _ mend: String, _ record: Record
    ) {
        guard let order = waiting.removeValue(forKey: id) else { return }
        count(
            Blocker(
                strategy: order.strategy, instrument: order.instrument,
                stage: SignalStage.execution.name, reason: reason(), count: 1,
                last: record.sequence, mend: mend))
    }

    private mutating func count(_ new: Blocker) {
        let place = blockers.firstIndex {
            $0.strategy == new.strategy && $0.instrument == new.instrument
                && $0.stage == new.stage && $0.reason == new.reason
        }
        guard let place else { return blockers.append(new) }
        let count = blockers[place].count
        blockers[place] = new
        blockers[place].count += count
    }

    /// Orders that have neither filled nor ended.
    private mutating func addWaiting() {
        for (id, order) in waiting.sorted(by: { $0.key < $1.key }) {
            let isTaken = accepted.contains(id)
            count(
                Blocker(
                    strategy: order.strategy, instrument: order.instrument,
                    stage: SignalStage.execution.name, reason: isTaken ? "waits" : "unconfirmed",
                    count: 1, last: id,
                    mend: isTaken
                        ? "a price that fills it: ledger project orders"
                        : "the venue's answer: ledger tail --type LinkChanged"))
        }
    }

    /// Nothing came that could be stopped.
    private mutating func addSilence(of journal: any Journal, _ end: SequenceNumber) throws {
        func silence(_ reason: String, mend: String) {
            blockers.append(
                Blocker(
                    strategy: .none, instrument: symbol ?? .none,
                    stage: prices == 0 ? "DATA" : "SIGNAL", reason: reason, count: 0,
                    last: lastPrice, mend: mend))
        }
        if prices == 0 {
            silence("no prices", mend: "data that reach into the span: ledger backtest --continue")
        } else if signals == 0 {
            let isHeard = try isHeard(journal, end)
            silence(
                isHeard ? "no entry signal in \(prices) prices" : "no strategy listens",
                mend: isHeard
                    ? "prices at which a strategy decides"
                    : "a strategy with this symbol in strategies.N.symbols")
        }
    }

    private func isHeard(_ journal: any Journal, _ end: SequenceNumber) throws -> Bool {
        let settings = try EngineRestorer.engine(of: journal, through: end).settings
        let names: NameBook = try ProjectionReader.fold(of: journal, through: end)
        let strategies = settings.entries(.strategies)
        guard let symbol else { return !strategies.isEmpty }
        return try strategies.contains { entry in
            try entry[StrategyKeys.symbols].split(separator: ",")
                .contains { $0.drop { $0 == " " } == names.symbol(symbol) }
        }
    }

    /// Latches that would stop the next entry and have stopped none of these.
    private mutating func addStanding() {
        for latch in gate.latches
        where symbol == nil || latch.scope != .symbol || latch.instrument == symbol {
            let reason = latch.source.rejection
            guard !blockers.contains(where: { $0.reason == "\(reason)" }) else { continue }
            let isCompared = latch.limit.raw != 0 || latch.value.raw != 0
            blockers.append(
                Blocker(
                    strategy: latch.strategy, instrument: latch.instrument,
                    stage: reason.stage.name, reason: "\(reason)", count: 0, last: latch.sequence,
                    value: isCompared ? latch.value : nil, limit: isCompared ? latch.limit : nil,
                    mend: latch.source.mend))
        }
    }

    private static func lastPrice(
        _ journal: any Journal, before start: SequenceNumber, _ symbol: InstrumentID?
    ) throws -> SequenceNumber {
        try Explainer(journal).last([.bar, .quote, .trade], before: start, symbol) ?? .none
    }
}
