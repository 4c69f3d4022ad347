import LedgerDomain
import LedgerEvents
import LedgerSettings

/// Limits of the fault counters (K07, K08, K16); 0 is no limit.
public struct FaultRules: Hashable, Sendable {
    public var rest = FaultKeys.restLimit.standard
    public var websocket = FaultKeys.websocketLimit.standard
    public var duplicate = FaultKeys.duplicateLimit.standard
    public var stale = FaultKeys.staleLimit.standard
    /// A counter is reset after this long without a fault.
    public var cooldown = FaultKeys.resetCooldown.standard
    /// Milliseconds; a higher value trips the latch.
    public var feedLag = FaultKeys.feedLagMs.standard
    /// Milliseconds; a higher value raises an alert and trips nothing.
    public var latency = FaultKeys.latencyMs.standard
    public var websocketFailures = FaultKeys.websocketFailures.standard
    /// A share of 1 in units of 10^-9; a higher value trips the latch.
    public var errorRate = FaultKeys.errorRate.standard
    public var clockWarn = ClockKeys.warnThresholdMs.standard
    public var clockKill = ClockKeys.killThresholdMs.standard
    public var runFailures = GateKeys.maxRunFailures.standard
    public var rejections = GateKeys.minRejections.standard
    /// A share of 1 in units of 10^-9; a higher value trips the latch.
    public var rejectionRate = GateKeys.maxRejectionRate.standard

    public init() {}

    func limit(_ kind: FaultKind) -> Int {
        switch kind {
        case .rest: rest
        case .websocket, .orderStream: websocket
        case .duplicateReport: duplicate
        case .staleData: stale
        // The first one trips the latch.
        case .authentication, .duplicateIntent: 1
        case .orderRejected, .venueUnreachable: 0
        }
    }

    /// The limit that a metric exceeds; nil if it does not exceed one.
    public func breach(_ metric: Metric, _ value: Price) -> Price? {
        let one = FixedPoint.one
        let limit: Int64
        switch metric {
        case .feedLag: limit = feedLag * one
        case .websocketFailures: limit = websocketFailures * one
        case .errorRate: limit = errorRate.raw
        case .clockSkew: limit = clockKill * one
        case .latency: return nil
        }
        return limit > 0 && value.raw.magnitude > limit.magnitude ? Price(raw: limit) : nil
    }
}

/// Counts faults by kind. A count can trip a latch; nothing that goes well clears one.
public struct FaultCounters: Hashable, Sendable {
    private var counts: [UInt32] = Array(repeating: 0, count: FaultKind.allCases.count + 1)
    private var lasts: [Timestamp] = Array(repeating: .zero, count: FaultKind.allCases.count + 1)
    /// Failed runs in a row.
    public private(set) var runFailures: UInt32 = 0
    /// Orders in this run, and how many of them the venue refused.
    public private(set) var orders: UInt32 = 0
    public private(set) var rejections: UInt32 = 0
    /// The time of the last duplicate intent, for the 24 hours before a resume (D05).
    public private(set) var lastDuplicate: Timestamp?

    public init() {}

    public func count(_ kind: FaultKind) -> UInt32 { counts[Int(kind.rawValue)] }

    /// Counts a fault. True if its limit is reached: count ≥ limit.
    public mutating func count(_ kind: FaultKind, at time: Timestamp, _ rules: FaultRules) -> Bool {
        let index = Int(kind.rawValue)
        if time.nanoseconds(since: lasts[index]) > rules.cooldown.count { counts[index] = 0 }
        counts[index] &+= 1
        lasts[index] = time
        if kind == .duplicateIntent { lastDuplicate = time }
        let limit = rules.limit(kind)
        return limit > 0 && Int(counts[index]) >= limit
    }

    /// Resets a counter after an operator has cleared its latch.
    public mutating func reset(_ source: LatchSource) {
        switch source {
        case .restFaults: counts[Int(FaultKind.rest.rawValue)] = 0
        case .websocketFaults:
            counts[Int(FaultKind.websocket.rawValue)] = 0
            counts[Int(FaultKind.orderStream.rawValue)] = 0
        case .duplicateReports: counts[Int(FaultKind.duplicateReport.rawValue)] = 0
        case .staleReports: counts[Int(FaultKind.staleData.rawValue)] = 0
        case .authentication: counts[Int(FaultKind.authentication.rawValue)] = 0
        case .duplicateIntents: counts[Int(FaultKind.duplicateIntent.rawValue)] = 0
        case .runFailures: runFailures = 0
        case .orderRejections: (orders, rejections) = (0, 0)
        default: break
        }
    }

    public mutating func failRun() { runFailures &+= 1 }
    public mutating func succeedRun() { runFailures = 0 }
    public func hasFailedRuns(_ rules: FaultRules) -> Bool {
        rules.runFailures > 0 && Int(runFailures) >= rules.runFailures
    }

    public mutating func beginRun() { (orders, rejections) = (0, 0) }
    public mutating func submitOrder() { orders &+= 1 }

    /// True if at least the minimum number and more than the share of the run's orders were
    /// refused: 5 of 9 and 6 of 10, but not 5 of 10 or 4 of 4 (K07).
    public mutating func rejectOrder(_ rules: FaultRules) -> Bool {
        rejections &+= 1
        guard rules.rejections > 0, Int(rejections) >= rules.rejections else { return false }
        return Int128(rejections) * Int128(FixedPoint.one)
            > Int128(rules.rejectionRate.raw) * Int128(max(orders, rejections))
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(counts) { $0.write($1) }
        writer.write(lasts) { $0.write($1) }
        writer.write(runFailures)
        writer.write(orders)
        writer.write(rejections)
        writer.write(lastDuplicate != nil)
        writer.write(lastDuplicate ?? .zero)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let size = FaultKind.allCases.count + 1
        counts = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        lasts = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        guard counts.count == size, lasts.count == size else {
            throw StateError("a saved fault counter has \(counts.count) kinds")
        }
        runFailures = try reader.read()
        orders = try reader.read()
        rejections = try reader.read()
        let hasDuplicate: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        lastDuplicate = hasDuplicate ? time : nil
    }
}

extension FaultKind {
    /// The latch that this fault trips; nil if it trips none by itself.
    public var source: LatchSource? {
        switch self {
        case .rest: .restFaults
        case .websocket, .orderStream: .websocketFaults
        case .duplicateReport: .duplicateReports
        case .staleData: .staleReports
        case .authentication: .authentication
        case .duplicateIntent: .duplicateIntents
        case .orderRejected, .venueUnreachable: nil
        }
    }
}
