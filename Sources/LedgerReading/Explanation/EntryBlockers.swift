import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// What stopped entries in a range of a journal, most frequent first: refusals by rule, orders that
/// ended without a fill, active latches, and missing prices or signals.
public struct EntryBlockers: Sendable {
    public struct Blocker: Hashable, Sendable {
        /// None if it concerns all accounts.
        public var account: AccountID
        /// None if it concerns all strategies.
        public var strategy: StrategyID
        public var instrument: InstrumentID
        public var stage: String
        public var reason: String
        /// Signals or orders that it stopped; 0 for an active block that has stopped none.
        public var count: UInt64
        /// The last event that shows it; none if there is no such event.
        public var last: SequenceNumber
        /// The last value compared, in the rule's unit; nil if there was none.
        public var value: Measure?
        public var limit: Measure?
        /// How it ends.
        public var mend: String
    }

    /// Bars, quotes and trades.
    public private(set) var prices: UInt64 = 0
    /// The last price in the range, or the last one before it.
    public private(set) var lastPrice = SequenceNumber.none
    /// Entries only.
    public private(set) var signals: UInt64 = 0
    /// Entry signals that became orders.
    public private(set) var executed: UInt64 = 0
    /// Entry orders that filled, at least in part.
    public private(set) var filled: UInt64 = 0
    /// Sorted by the number stopped; among equals, the latest first.
    public private(set) var blockers: [Blocker] = []
    private var gates: ByAccount<TradingGate>
    private var isEntry = false
    /// Signals of one strategy and instrument that one rule stopped, and the last of them.
    private struct Refused: Sendable {
        var account: AccountID
        var strategy: StrategyID
        var instrument: InstrumentID
        var refusal: Refusal
        var source: LatchSource?
        var last: SequenceNumber
        var count: UInt64
    }
    private var refusals: [Refused] = []
    /// Entry orders without a fill so far, by number.
    private var waiting: [OrderID: (account: AccountID, terms: OrderIntended)] = [:]
    /// Those of them that the venue has accepted.
    private var accepted: Set<OrderID> = []
    private let symbol: InstrumentID?
    /// Where the present run began, if it did so in the range.
    private var run = SequenceNumber.none

    private static let types: [EventType] = [
        .bar, .quote, .trade, .signalGenerated, .signalRejected, .intentRejected, .orderIntended,
        .orderAccepted, .orderFilled, .orderCancelled, .orderExpired, .orderRejected,
        .latchEngaged, .latchCleared, .modeChanged, .refusalRepeated, .runStarted,
    ]

    /// - Parameters:
    ///   - start: the first event of the range.
    ///   - end: the last event.
    ///   - symbol: only this instrument; nil for all.
    public init(
        of journal: any Journal, from start: SequenceNumber, through end: SequenceNumber,
        symbol: InstrumentID?
    ) throws {
        self.symbol = symbol
        gates = try ProjectionReader.fold(
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

    /// In the runbooks' words: the stage that stopped most, or that there was nothing to stop.
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
        // Among equals, the earliest stage.
        let first = counts.first { $0.count == most && most > 0 }
        return first?.stage.blocker ?? SignalStage.execution.blocker
    }

    private func concerns(_ record: Record) -> Bool {
        symbol.map { $0 == record.instrument } ?? true
    }

    private mutating func apply(_ record: Record) throws {
        if let type = record.type, TradingGate.types.contains(type) {
            return try gates.apply(record)
        }
        if record.type == .runStarted { run = record.sequence }
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
        case .refusalRepeated:
            let event = try RefusalRepeated(record)
            // A sum that an earlier run left behind belongs to that run.
            guard event.purpose == .entry, record.correlation > run else { return }
            signals += UInt64(event.count)
            reject(event.strategy, event.refusal, times: UInt64(event.count), record)
        case .orderIntended:
            let order = try OrderIntended(record)
            guard order.purpose == .entry, order.parent == .none else { return }
            executed += 1
            waiting[record.sequence] = (record.account, order)
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
                ? "an order that meets the venue's rules" : "the venue said: \(event.reason)"
            end(event.order, "orderRejected", mend, record)
        default: break
        }
    }

    private mutating func reject(
        _ strategy: StrategyID, _ refusal: Refusal, times: UInt64 = 1, _ record: Record
    ) {
        let place = refusals.firstIndex {
            $0.account == record.account && $0.strategy == strategy
                && $0.instrument == record.instrument && $0.refusal.reason == refusal.reason
        }
        let latch = gates[record.account].latches.first {
            $0.source.rejection == refusal.reason && $0.concerns(strategy, record.instrument)
        }
        let new = Refused(
            account: record.account, strategy: strategy, instrument: record.instrument,
            refusal: refusal,
            // The latch of refusals that were counted may be down when their sum is journaled.
            source: latch?.source ?? place.flatMap { refusals[$0].source }, last: record.sequence,
            count: (place.map { refusals[$0].count } ?? 0) + times)
        if let place { refusals[place] = new } else { refusals.append(new) }
    }

    private mutating func addRefusals() {
        for refused in refusals {
            let refusal = refused.refusal
            let isCompared = refusal.value.raw != 0 || refusal.limit.raw != 0
            blockers.append(
                Blocker(
                    account: refused.account, strategy: refused.strategy,
                    instrument: refused.instrument, stage: refusal.reason.stage.name,
                    reason: "\(refusal.reason)",
                    count: refused.count, last: refused.last,
                    value: isCompared ? refusal.value : nil,
                    limit: isCompared ? refusal.limit : nil,
                    mend: refused.source?.mend ?? refusal.reason.mend))
        }
    }

    private mutating func end(
        _ id: OrderID, _ reason: @autoclosure () -> String, _ mend: String, _ record: Record
    ) {
        guard let (account, order) = waiting.removeValue(forKey: id) else { return }
        count(
            Blocker(
                account: account, strategy: order.strategy, instrument: order.instrument,
                stage: SignalStage.execution.name, reason: reason(), count: 1,
                last: record.sequence, mend: mend))
    }

    private mutating func count(_ new: Blocker) {
        let place = blockers.firstIndex {
            $0.account == new.account && $0.strategy == new.strategy
                && $0.instrument == new.instrument && $0.stage == new.stage
                && $0.reason == new.reason
        }
        guard let place else { return blockers.append(new) }
        let count = blockers[place].count
        blockers[place] = new
        blockers[place].count += count
    }

    /// Orders that have neither filled nor ended.
    private mutating func addWaiting() {
        for (id, (account, order)) in waiting.sorted(by: { $0.key < $1.key }) {
            let isTaken = accepted.contains(id)
            count(
                Blocker(
                    account: account, strategy: order.strategy, instrument: order.instrument,
                    stage: SignalStage.execution.name, reason: isTaken ? "waits" : "unconfirmed",
                    count: 1, last: id,
                    mend: isTaken
                        ? "a price that fills it: ledger project orders"
                        : "the venue's answer: ledger tail --type LinkChanged"))
        }
    }

    /// There was nothing that could be stopped.
    private mutating func addSilence(of journal: any Journal, _ end: SequenceNumber) throws {
        func silence(_ reason: String, mend: String) {
            blockers.append(
                Blocker(
                    account: .none, strategy: .none, instrument: symbol ?? .none,
                    stage: prices == 0 ? "DATA" : "SIGNAL", reason: reason, count: 0,
                    last: lastPrice, mend: mend))
        }
        if prices == 0 {
            silence("no prices", mend: "data for this period: ledger backtest --continue")
        } else if signals == 0 {
            let isHeard = try isHeard(journal, end)
            silence(
                isHeard ? "no entry signal in \(prices) prices" : "no strategy uses it",
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

    /// Latches that would stop the next entry but have stopped none so far.
    private mutating func addStanding() {
        let standing = gates.all.flatMap { account, gate in gate.latches.map { (account, $0) } }
        for (account, latch) in standing
        where symbol == nil || latch.scope != .symbol || latch.instrument == symbol {
            let reason = latch.source.rejection
            let isShown = blockers.contains {
                $0.reason == "\(reason)" && ($0.account == account || $0.account == .none)
            }
            guard !isShown else { continue }
            let isCompared = latch.limit.raw != 0 || latch.value.raw != 0
            blockers.append(
                Blocker(
                    account: account, strategy: latch.strategy, instrument: latch.instrument,
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
