/// The rows that were skipped: how many of each kind, and the first few in full.
public struct BadRowReport: Sendable {
    /// At most this many rows are listed.
    public static let listed = 20

    public private(set) var counts: [ImportError.Kind: Int] = [:]
    public private(set) var first: [ImportError] = []
    public private(set) var total = 0

    public init() {}

    mutating func add(_ error: ImportError) {
        total += 1
        counts[error.kind, default: 0] += 1
        if first.count < Self.listed { first.append(error) }
    }

    /// `3 notANumber, 1 backwardTime`, most frequent first.
    public var summary: String {
        counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    }
}
