import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The limits of the drawdown stop (D07). Shares of 1 are in units of 10^-9.
public struct DrawdownRules: Hashable, Sendable {
    public var isEnabled = DrawdownKeys.enabled.standard
    /// The drawdown that raises an alert; 0 for none.
    public var warning = DrawdownKeys.warningThreshold.standard
    /// The drawdown at the beginning of a trading day that raises an alert; 0 for none.
    public var alert = DrawdownKeys.alertThreshold.standard
    public var halt = DrawdownKeys.haltThreshold.standard
    public var panic = DrawdownKeys.panicThreshold.standard
    public var haltDays = DrawdownKeys.haltCooldownDays.standard
    public var panicDays = DrawdownKeys.panicCooldownDays.standard
    public var extensionDays = DrawdownKeys.extensionDays.standard
    public var rampupDays = DrawdownKeys.rampupDays.standard
    public var rampupSizing = DrawdownKeys.rampupSizing.standard
    public var flattensOnPanic = DrawdownKeys.flattenOnPanic.standard

    public init() {}

    /// How far equity is below its peak: (peak − equity) / peak ≥ threshold, inclusive, compared
    /// exactly (D08). A peak of 0 or less has no drawdown.
    public func level(_ equity: Int128, below peak: Int128) -> DrawdownLevel {
        guard peak > 0 else { return .none }
        if Self.isReached(panic, at: equity, below: peak) { return .panic }
        if Self.isReached(halt, at: equity, below: peak) { return .halt }
        if warning.raw > 0, Self.isReached(warning, at: equity, below: peak) { return .warning }
        return .none
    }

    static func isReached(_ share: Price, at equity: Int128, below peak: Int128) -> Bool {
        equity <= line(share, peak)
    }

    /// The highest equity at which the drawdown is at least `share`: peak − ⌈share × peak⌉.
    public static func line(_ share: Price, _ peak: Int128) -> Int128 {
        guard peak > 0,
            let fall = FixedPoint.scaledUp(
                peak, by: Int128(share.raw), over: Int128(FixedPoint.one))
        else { return .min }
        return peak - fall
    }
}

public enum DrawdownLevel: UInt8, Sendable, CaseIterable, Comparable {
    case none = 0
    case warning = 1
    case halt = 2
    case panic = 3

    public static func < (a: DrawdownLevel, b: DrawdownLevel) -> Bool { a.rawValue < b.rawValue }
}

/// The next action of the stop: one row of its transition table.
public enum DrawdownStep: Hashable, Sendable {
    case stay
    /// Block entries; enter `DrawdownPhase.halt`.
    case halt
    case panic
    /// The cooldown has ended: the health checks decide between `resume` and `extend`.
    case check
    case resume
    case extend
    /// The ramp-up has ended.
    case finish
}

/// The peak drawdown stop of an account: NORMAL, HALT, PANIC, RAMPUP (D01 to D04, C4).
public struct DrawdownStop: Projection, Hashable {
    public static let name = "drawdown"
    public static let version: UInt32 = 1
    public static let types: [EventType] = [
        .drawdownChanged, .healthChecked,
    ]

    public private(set) var phase = DrawdownPhase.normal
    /// When the current phase began.
    public private(set) var since = Timestamp.zero
    /// When the current halt or panic began, also during its ramp-up; 1970 in NORMAL.
    public private(set) var triggeredAt = Timestamp.zero
    /// The drawdown at the last transition.
    public private(set) var drawdown = Price.zero
    public private(set) var days: UInt16 = 0
    /// The end of the cooldown or of the ramp-up.
    public private(set) var until = Timestamp.zero
    public private(set) var lastCheck: HealthChecked?
    public private(set) var lastCheckAt = Timestamp.zero

    public init() {}

    /// The transition table. A row is chosen by the phase, the depth of the drawdown, whether the
    /// phase's time is over, and, if asked, whether the health checks passed.
    public static func step(
        _ phase: DrawdownPhase, _ level: DrawdownLevel, isOver: Bool, isHealthy: Bool? = nil
    ) -> DrawdownStep {
        switch phase {
        case .normal, .rampup:
            if level == .panic { return .panic }
            if level == .halt { return .halt }
            return phase == .rampup && isOver ? .finish : .stay
        case .halt where level == .panic: return .panic
        case .halt, .panic:
            guard isOver else { return .stay }
            guard let isHealthy else { return .check }
            return isHealthy ? .resume : .extend
        }
    }

    /// The factor for entries during ramp-up. HALT and PANIC allow no entries.
    public func sizing(_ rules: DrawdownRules) -> Price? {
        phase == .rampup ? rules.rampupSizing : nil
    }

    public var allowsEntries: Bool { phase == .normal || phase == .rampup }

    /// The highest equity that requires action for a fall from `peak`.
    ///
    /// - Parameter warns: whether the warning for this fall has not been raised yet.
    public func line(_ rules: DrawdownRules, _ peak: Int128, warns: Bool) -> Int128 {
        switch phase {
        case .panic: return .min
        case .halt: return DrawdownRules.line(rules.panic, peak)
        case .normal, .rampup:
            let halt = DrawdownRules.line(rules.halt, peak)
            guard warns, rules.warning.raw > 0 else { return halt }
            return max(halt, DrawdownRules.line(rules.warning, peak))
        }
    }

    public mutating func apply(_ record: Record) throws(FoldError) {
        do throws(RecordError) {
            switch record.type {
            case .drawdownChanged: change(try DrawdownChanged(record), at: record.time)
            case .healthChecked: check(try HealthChecked(record), at: record.time)
            default: break
            }
        } catch { throw .record(error) }
    }

    public mutating func change(_ event: DrawdownChanged, at time: Timestamp) {
        if event.from != event.to { since = time }
        switch event.to {
        case .halt, .panic: if event.from != event.to { triggeredAt = time }
        case .normal: triggeredAt = .zero
        case .rampup: break
        }
        (phase, drawdown, days, until) = (event.to, event.drawdown, event.days, event.until)
    }

    public mutating func check(_ event: HealthChecked, at time: Timestamp) {
        lastCheck = event
        lastCheckAt = time
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(phase)
        writer.write(since)
        writer.write(triggeredAt)
        writer.write(drawdown)
        writer.write(days)
        writer.write(until)
        writer.write(lastCheckAt)
        writer.write(lastCheck != nil)
        guard let lastCheck else { return }
        writer.write(lastCheck.reconciliation)
        writer.write(lastCheck.dataQuality)
        writer.write(lastCheck.noDuplicateIntents)
        writer.write(lastCheck.strategiesEnabled)
        writer.write(lastCheck.actor)
        writer.write(lastCheck.reason)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        phase = try reader.read()
        since = try reader.read()
        triggeredAt = try reader.read()
        drawdown = try reader.read()
        days = try reader.read()
        until = try reader.read()
        lastCheckAt = try reader.read()
        guard try reader.read() as Bool else { return }
        lastCheck = HealthChecked(
            reconciliation: try reader.read(), dataQuality: try reader.read(),
            noDuplicateIntents: try reader.read(), strategiesEnabled: try reader.read(),
            actor: try reader.read(), reason: try reader.read())
    }
}
