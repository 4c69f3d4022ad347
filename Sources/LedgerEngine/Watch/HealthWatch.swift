import LedgerDomain
import LedgerEvents
import LedgerSafety

/// Records what each strategy does, to judge its health when a trading day ends.
struct HealthWatch: Hashable, Sendable {
    var record = HealthRecord()
    /// Those that were judged before, ascending.
    private var judged: [StrategyID] = []

    init() {}

    @inline(__always)
    var isEmpty: Bool { record.isEmpty }

    /// Judges a strategy on the day that ends. The first verdict raises no alert unless it is worse than a
    /// warning, because every strategy begins with too few trades.
    ///
    /// - Returns: the severity, and whether it may raise an alert.
    mutating func judge(_ report: HealthReport) -> (level: UInt8, isTold: Bool) {
        let level = UInt8(HealthStatus.allCases.firstIndex(of: report.status) ?? 0)
        let place = judged.firstIndex { $0.number >= report.strategy.number } ?? judged.count
        let isFirst = place == judged.count || judged[place] != report.strategy
        if isFirst { judged.insert(report.strategy, at: place) }
        return (level, !isFirst || level > 1)
    }

    func encode(into writer: inout StateWriter) {
        record.encode(into: &writer)
        writer.write(judged) { $0.write($1) }
    }

    init(from reader: inout StateReader) throws(StateError) {
        record = try HealthRecord(from: &reader)
        judged = try reader.readArray { (reader) throws(StateError) in try reader.read() }
        for (strategy, next) in zip(judged, judged.dropFirst())
        where strategy.number >= next.number {
            throw StateError("the saved verdicts are out of order")
        }
    }
}
