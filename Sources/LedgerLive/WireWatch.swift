import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerSafety
import LedgerTransport
import LedgerVenues

/// Measures a gateway's streams and requests for the kill switches of K16: data that go back in
/// time, executions that a stream repeats, feed lag, socket failures and the share of failed requests.
struct WireWatch {
    /// Data of several sources may be this much out of order.
    private static let tolerance: Int64 = 1_000_000_000
    /// Socket failures count for this long.
    private static let window: Int64 = 3_600_000_000_000
    /// A share of fewer requests says nothing.
    private static let fewest: UInt64 = 10
    /// Enough to recognise a repetition; older executions are not watched any more.
    private static let mostExecutions = 4096

    /// The kinds of market data, each with times of its own.
    private enum Kind: Hashable { case quote, trade, bar }
    private struct Series: Hashable {
        var symbol: String
        var kind: Kind
    }

    private var latest: [Series: Timestamp] = [:]
    /// The largest since the last look, in nanoseconds.
    private var lag: Int64 = 0
    /// On the steady clock, ascending.
    private var failures: [Int64] = []
    private var hasFailed = false
    private var seen = RequestCount()
    private var executions: [DeduplicationKey] = []

    // MARK: Market data

    /// - Returns: what is stale about the report; nil if it is not older than what came before.
    mutating func note(_ report: GatewayReport, at now: Timestamp) -> String? {
        let (series, time): (Series, Timestamp)
        switch report {
        case .quote(let symbol, _, _, _, _, let at):
            (series, time) = (Series(symbol: symbol, kind: .quote), at)
        case .trade(let symbol, _, _, _, _, let at):
            (series, time) = (Series(symbol: symbol, kind: .trade), at)
        case .bar(let symbol, _, _, _, _, _, _, let at):
            (series, time) = (Series(symbol: symbol, kind: .bar), at)
        default: return nil
        }
        let (late, isFar) = now.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        if !isFar, time > .zero { lag = max(lag, late) }
        guard let last = latest[series] else {
            latest[series] = time
            return nil
        }
        latest[series] = max(last, time)
        let (back, overflow) = last.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        guard !overflow, back > Self.tolerance else { return nil }
        return "\(series.symbol): \(series.kind) of \(time) after one of \(last)"
    }

    // MARK: Executions

    mutating func remember(_ execution: DeduplicationKey, isStreamed: Bool) {
        guard isStreamed else { return }
        if executions.count >= Self.mostExecutions {
            executions.removeFirst(Self.mostExecutions / 2)
        }
        executions.append(execution)
    }

    /// Whether the stream brought this execution before. A first delivery of one that a query had
    /// brought is remembered.
    mutating func isRepeated(_ execution: DeduplicationKey) -> Bool {
        if executions.contains(execution) { return true }
        remember(execution, isStreamed: true)
        return false
    }

    // MARK: Sockets and requests

    mutating func failSocket(at steady: Int64) {
        failures.append(steady)
        if failures.count > 1_000_000 { failures.removeFirst(500_000) }
        hasFailed = true
    }

    /// The metrics to journal: those beyond their limits, and socket failures when there were new ones.
    ///
    /// - Parameter isOutage: the requests that end meanwhile say nothing about the rate of errors.
    mutating func due(
        at steady: Int64, _ requests: RequestCount, isOutage: Bool, _ rules: FaultRules,
        origin: String
    ) -> [MetricReported] {
        var found: [MetricReported] = []
        let milliseconds = Self.value(lag / 1_000_000)
        lag = 0
        if rules.breach(.feedLag, milliseconds) != nil {
            found.append(MetricReported(.feedLag, value: milliseconds, origin: origin))
        }
        failures.removeAll { steady - $0 > Self.window }
        if hasFailed {
            let count = Self.value(Int64(failures.count))
            found.append(MetricReported(.websocketFailures, value: count, origin: origin))
            hasFailed = false
        }
        if isOutage { seen = requests }
        let ended = requests.ended - seen.ended
        guard ended >= Self.fewest else { return found }
        let failed = Int128(requests.failed - seen.failed) * Int128(FixedPoint.one)
        seen = requests
        let share = Price(raw: Int64(clamping: failed / Int128(ended)))
        if rules.breach(.errorRate, share) != nil {
            found.append(MetricReported(.errorRate, value: share, origin: origin))
        }
        return found
    }

    private static func value(_ count: Int64) -> Price {
        let (raw, overflow) = count.multipliedReportingOverflow(by: FixedPoint.one)
        return Price(raw: overflow ? .max : raw)
    }
}
