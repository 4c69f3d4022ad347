import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What may trade: a mode and the active latches. Entries pass if none blocks them; orders that
/// reduce risk pass unless a latch blocks everything (C1, K02).
public struct TradingGate: Projection, Hashable {
    public static let name = "gate"
    public static let version: UInt32 = 1
    public static let types: [EventType] = [.latchEngaged, .latchCleared, .modeChanged]

    public private(set) var mode = TradingMode.auto
    public private(set) var modeSince = Timestamp.zero
    /// Sorted by source, scope, strategy and instrument; at most one of each.
    public private(set) var latches: [Latch] = []

    public init() {}

    /// Whether nothing is blocked.
    @inline(__always)
    public var isOpen: Bool { latches.isEmpty }

    /// Whether a latch requires positions in its scope to be sold.
    public var isFlattening: Bool { latches.contains { $0.effect == .flatten } }

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) {
            switch record.type {
            case .latchEngaged:
                engage(try LatchEngaged(record), at: record.time, sequence: record.sequence)
            case .latchCleared: clear(try LatchCleared(record))
            case .modeChanged: change(try ModeChanged(record), at: record.time)
            default: break
            }
        } catch { throw .record(error) }
    }

    public mutating func engage(
        _ event: LatchEngaged, at time: Timestamp, sequence: SequenceNumber
    ) {
        var latch = Latch(event, at: time, sequence: sequence)
        let place = latches.firstIndex { !$0.precedes(latch) } ?? latches.count
        if place < latches.count, latches[place].hasPlace(of: latch) {
            // An escalation keeps the time at which the latch was first engaged.
            latch.since = latches[place].since
            latches[place] = latch
        } else {
            latches.insert(latch, at: place)
        }
    }

    public mutating func clear(_ event: LatchCleared) {
        latches.removeAll {
            $0.source == event.source && $0.scope == event.scope
                && $0.strategy == event.strategy && $0.instrument == event.instrument
        }
    }

    public mutating func change(_ event: ModeChanged, at time: Timestamp) {
        mode = event.to
        modeSince = time
    }

    public func latch(
        _ source: LatchSource, _ scope: LatchScope = .global, strategy: StrategyID = .none,
        instrument: InstrumentID = .none
    ) -> Latch? {
        latches.first {
            $0.source == source && $0.scope == scope && $0.strategy == strategy
                && $0.instrument == instrument
        }
    }

    /// The latch that blocks an order of this strategy in this instrument: the most severe, and
    /// among equals the oldest. Nil if the order may go.
    public func block(
        _ strategy: StrategyID, _ instrument: InstrumentID, isReducing: Bool
    ) -> Latch? {
        var found: Latch?
        for latch in latches where latch.concerns(strategy, instrument) {
            if isReducing, latch.effect != .blockAll { continue }
            guard let other = found else {
                found = latch
                continue
            }
            if (latch.effect.rawValue, other.sequence) > (other.effect.rawValue, latch.sequence) {
                found = latch
            }
        }
        return found
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(mode)
        writer.write(modeSince)
        writer.write(latches) { writer, latch in latch.encode(into: &writer) }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        mode = try reader.read()
        modeSince = try reader.read()
        latches = try reader.readArray { (reader) throws(StateError) in try Latch(from: &reader) }
    }
}

extension TradingMode {
    /// Whether an operator may switch from one mode to another. After a halt, trading resumes
    /// through paper and never directly (K18).
    public func mayBecome(_ next: TradingMode) -> Bool {
        switch (self, next) {
        case (.halt, .auto), (.halt, .manual): false
        case (.halt, .halt): true
        default: self != next
        }
    }

    /// The effect of a mode on strategies' entries.
    public var blocksEntries: Bool { self == .manual || self == .halt }
}

extension LatchSource {
    /// The rejection of a signal that this latch stops.
    public var rejection: RejectionReason {
        switch self {
        case .configuration, .killSwitch: .manualKill
        case .strategyList: .strategyDisabled
        case .flagFile: .flagFile
        case .mode: .mode
        case .drawdown: .drawdownStop
        case .reconciliation: .reconciliation
        case .duplicateIntents: .duplicateIntents
        case .orderRejections: .orderRejections
        case .runFailures: .runFailures
        case .dailyDrawdown: .dailyDrawdown
        case .dailyLoss: .dailyLoss
        case .lossPause: .lossPause
        case .restFaults, .websocketFaults, .duplicateReports, .staleReports, .metrics:
            .faultCounter
        case .authentication: .authentication
        case .clock: .clock
        case .dataQuality: .dataQuality
        case .feed: .feedPaused
        case .calendar: .calendar
        case .orderStream: .orderStream
        case .rates: .rateUnknown
        case .margin: .marginDeficit
        }
    }

    /// How an operator ends it.
    public var mend: String {
        switch self {
        case .configuration: "set TRADING_DISABLED=false and apply the configuration"
        case .strategyList: "take it off STRATEGY_DISABLED_LIST and apply the configuration"
        case .flagFile: "remove the flag file, then run ledger gate observe"
        case .mode: "ledger mode paper, then ledger mode auto"
        case .drawdown: "wait for the cooldown, or ledger drawdown override"
        case .reconciliation: "a reconciliation that passes: ledger reconcile or ledger sync"
        case .dailyLoss: "the next trading day"
        case .lossPause: "the end of the pause"
        case .dataQuality: "good data"
        case .feed: "new data"
        case .rates: "the rate arrives from its source, or by ledger record rate"
        case .margin: "prices, a deposit or sales that cover the deficit: ledger project margin"
        case .orderStream: "the venue's order stream reconnects by itself"
        case .authentication:
            "the venue accepts the key again, or ledger kill-switch clear authentication"
        case .calendar: "set account.calendar, or use a calendar that covers the year"
        case .killSwitch, .duplicateIntents, .orderRejections, .runFailures, .dailyDrawdown,
            .restFaults, .websocketFaults, .duplicateReports, .staleReports, .metrics, .clock:
            "ledger kill-switch clear \(self)"
        }
    }

    public var clears: ClearRule {
        switch self {
        case .strategyList, .configuration, .reconciliation, .dailyLoss, .lossPause, .dataQuality,
            .feed, .calendar, .drawdown, .flagFile, .orderStream, .rates, .margin:
            .automatic
        default: .operator
        }
    }
}
