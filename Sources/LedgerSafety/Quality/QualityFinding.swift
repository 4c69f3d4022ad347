import LedgerDomain

/// The kinds of anomalies in market data.
public enum QualityKind: UInt8, Sendable, CaseIterable {
    /// A price of zero or less; blocks.
    case notPositive = 1
    /// A close too far from the previous day's; blocks.
    case outlier = 2
    /// A price too far from the previous row's.
    case jump = 3
    /// Sessions without data.
    case missingSessions = 4
    /// More missing sessions in a row than allowed.
    case gap = 5
    /// Bars missing inside a session.
    case missingBars = 6
    /// A second bar with the same time.
    case duplicate = 7
    case outOfOrder = 8
    /// Open or close outside the low-high range, or the high below the low.
    case inconsistentBar = 9
    case zeroVolume = 10
    /// A file row that is not an event: a field is missing or is not a number.
    case unreadable = 11
    /// What a run journaled about its own feed (Q11).
    case feedPaused = 12
    case feedResumed = 13
    case gapDetected = 14

    public var name: String {
        switch self {
        case .notPositive: "not_positive"
        case .outlier: "price_outlier"
        case .jump: "jump"
        case .missingSessions: "missing_sessions"
        case .gap: "gap"
        case .missingBars: "missing_bars"
        case .duplicate: "duplicate"
        case .outOfOrder: "out_of_order"
        case .inconsistentBar: "inconsistent_bar"
        case .zeroVolume: "zero_volume"
        case .unreadable: "unreadable"
        case .feedPaused: "feed_paused"
        case .feedResumed: "feed_resumed"
        case .gapDetected: "gap_detected"
        }
    }

    /// Whether a finding blocks trading in its symbol.
    public var blocks: Bool { self == .notPositive || self == .outlier }
}

/// Where data are: a line of a file, or an event of a journal.
public struct QualityRow: Hashable, Sendable {
    /// The number of the file; 0 for a journal.
    public var file: UInt32
    public var number: UInt64

    public init(file: UInt32 = 0, number: UInt64) { (self.file, self.number) = (file, number) }
}

/// An anomaly at one row.
public struct QualityFinding: Hashable, Sendable {
    public var kind: QualityKind
    public var row: QualityRow
    /// The row's time; for missing data, when data resumed.
    public var time: Timestamp
    /// For missing data, the time of the last data before them.
    public var since: Timestamp?
    /// In units of 10^-9: a share, a price, or a number of sessions or bars.
    public var value: Int128?
    public var limit: Int128?

    public init(
        _ kind: QualityKind, _ row: QualityRow, at time: Timestamp, since: Timestamp? = nil,
        value: Int128? = nil, limit: Int128? = nil
    ) {
        (self.kind, self.row, self.time) = (kind, row, time)
        (self.since, self.value, self.limit) = (since, value, limit)
    }
}

/// The findings for one symbol: each kind is counted, the first of each are listed.
public struct QualityFindings: Hashable, Sendable {
    /// In the order in which they were found.
    public private(set) var listed: [QualityFinding] = []
    private var counts = [Int](repeating: 0, count: QualityKind.allCases.count + 1)
    private let most: Int

    /// - Parameter most: the maximum number of each kind to list.
    public init(listing most: Int) { self.most = most }

    public func count(_ kind: QualityKind) -> Int { counts[Int(kind.rawValue)] }

    public func first(_ kind: QualityKind) -> QualityFinding? { listed.first { $0.kind == kind } }

    public mutating func add(_ finding: QualityFinding) {
        counts[Int(finding.kind.rawValue)] += 1
        if count(finding.kind) <= most { listed.append(finding) }
    }

    /// Counts findings whose rows are not known.
    public mutating func add(_ count: Int, _ kind: QualityKind) {
        counts[Int(kind.rawValue)] += count
    }
}
