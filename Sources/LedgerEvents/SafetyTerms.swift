/// What can block trading. Each source is one latch in each scope; the numbers are on disk for ever.
public enum LatchSource: UInt8, Sendable, CaseIterable {
    /// `gate.trading_disabled`, TRADING_DISABLED in the environment (K01).
    case configuration = 1
    /// `gate.strategy_disabled_list` (K03).
    case strategyList = 2
    /// An operator's kill switch.
    case killSwitch = 3
    /// The kill flag's file (K12).
    case flagFile = 4
    /// Mode manual or halt (K17).
    case mode = 5
    case drawdown = 6
    case reconciliation = 7
    case duplicateIntents = 8
    /// The venue refuses more than half of the orders (K07).
    case orderRejections = 9
    case runFailures = 10
    /// More than 5 % of the day's first equity lost (K09).
    case dailyDrawdown = 11
    /// More than `risk.max_daily_loss` lost: no more entries this day (X02).
    case dailyLoss = 12
    /// `risk.daily_loss_limit` reached: a pause (X04).
    case lossPause = 13
    case restFaults = 14
    case websocketFaults = 15
    case duplicateReports = 16
    case staleReports = 17
    /// Feed lag, web socket failures or error rate above its limit (K16).
    case metrics = 18
    /// The venue refuses the key (K15).
    case authentication = 19
    /// The venue's clock and ours differ by more than `clock_sync.kill_threshold_ms` (N02).
    case clock = 20
    case dataQuality = 21
    case feed = 22
    /// The account's calendar does not know the year.
    case calendar = 23
    /// The venue's order reports do not reach us: an order would be blind.
    case orderStream = 24
}

public enum LatchScope: UInt8, Sendable, CaseIterable {
    case global = 1
    case strategy = 2
    case symbol = 3
}

/// What a latch stops, from the mildest to the hardest.
public enum LatchEffect: UInt8, Sendable, CaseIterable {
    /// Orders that open or enlarge a position.
    case blockEntries = 1
    /// Entries, and what is held was sold once.
    case flatten = 2
    /// Everything, orders that reduce risk too.
    case blockAll = 3
}

/// Who ends a latch.
public enum ClearRule: UInt8, Sendable, CaseIterable {
    /// The condition itself, when it is over.
    case automatic = 1
    case `operator` = 2
}

public enum TradingMode: UInt8, Sendable, CaseIterable {
    case auto = 1
    case manual = 2
    case paper = 3
    case halt = 4
}

public enum DrawdownPhase: UInt8, Sendable, CaseIterable {
    case normal = 1
    case halt = 2
    case panic = 3
    case rampup = 4
}

public enum FaultKind: UInt8, Sendable, CaseIterable {
    case rest = 1
    case websocket = 2
    /// A report that came a second time.
    case duplicateReport = 3
    case staleData = 4
    /// The venue answered 401 or 403.
    case authentication = 5
    case orderRejected = 6
    /// The journal refused an intent that it has already.
    case duplicateIntent = 7
    case orderStream = 8
    case venueUnreachable = 9
}

public enum Metric: UInt8, Sendable, CaseIterable {
    /// Milliseconds.
    case feedLag = 1
    case websocketFailures = 2
    /// A share of 1.
    case errorRate = 3
    /// Milliseconds, venue less ours.
    case clockSkew = 4
    /// Milliseconds.
    case latency = 5
}

public enum AlertSeverity: UInt8, Sendable, CaseIterable {
    case info = 1
    case warning = 2
    case critical = 3
}

public enum AlertKind: UInt8, Sendable, CaseIterable {
    case drawdownWarning = 1
    case drawdownHalt = 2
    case drawdownPanic = 3
    case killSwitch = 4
    case reconciliationFailed = 5
    case reconciliationPassed = 6
    case duplicateIntents = 7
    case noTrades = 8
    case rejectionRate = 9
    case strategyHealth = 10
    case dataQuality = 11
    case clockSkew = 12
    case latency = 13
    /// The venue did not take an order that protects a position.
    case stopRefused = 14
}

public enum SnapshotKind: UInt8, Sendable, CaseIterable {
    case start = 1
    case reconciliation = 2
    case end = 3
}

public enum ReconciliationStatus: UInt8, Sendable, CaseIterable {
    case pass = 1
    case fail = 2
    case skipped = 3
}

public enum DiscrepancyKind: UInt8, Sendable, CaseIterable {
    case positionOnlyAtVenue = 1
    case positionOnlyInLedger = 2
    case quantity = 3
    case averagePrice = 4
    case cash = 5
    case orderOnlyAtVenue = 6
    case orderOnlyInLedger = 7
    /// The venue filled more of an order than the ledger booked.
    case unrecordedFill = 8
    /// The venue could not be asked.
    case unreachable = 9
    /// The snapshot itself is not whole.
    case incomplete = 10
}

extension CaseIterable {
    /// For a layout: "unknown" for 0, then the names in the order of the numbers.
    static var names: [String] { ["unknown"] + allCases.map { String(describing: $0) } }
}
