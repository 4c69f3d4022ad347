import LedgerDomain
import LedgerEvents

/// Why a symbol may not be traded, in the order of the checks: the first that fails is the reason
/// (A.1).
public enum QualityIssue: UInt8, Sendable, CaseIterable {
    /// Data for an instrument that no definition names.
    case missingSymbol = 1
    case empty = 2
    case stale = 3
    case missingIndicators = 4
    case excessiveNaN = 5
    case insufficientHistory = 6
    case priceOutlier = 7

    public var name: String {
        switch self {
        case .missingSymbol: "MISSING_SYMBOL_COLUMN"
        case .empty: "EMPTY_DATA"
        case .stale: "STALE_DATA"
        case .missingIndicators: "MISSING_INDICATORS"
        case .excessiveNaN: "EXCESSIVE_NAN"
        case .insufficientHistory: "INSUFFICIENT_HISTORY"
        case .priceOutlier: "PRICE_OUTLIER"
        }
    }

    public var severity: AlertSeverity {
        self == .empty || self == .missingSymbol ? .critical : .warning
    }

    public var message: String {
        switch self {
        case .missingSymbol: "data that belong to no symbol"
        case .empty: "no data"
        case .stale: "the newest data are too old"
        case .missingIndicators: "indicators cannot be computed"
        case .excessiveNaN: "too many values are missing"
        case .insufficientHistory: "too few days with a price"
        case .priceOutlier: "prices that cannot be"
        }
    }
}

/// The result for one symbol.
public struct SymbolReport: Sendable {
    public var instrument: InstrumentID
    public var symbol: String
    /// Nil if the symbol may be traded.
    public var issue: QualityIssue?
    public var reason = ""
    public var rows: UInt64
    public var last: Timestamp?
    /// Both measures of staleness (C6); nil without data or if the calendar does not cover the
    /// time.
    public var missingSessions: Int?
    /// Open time since the newest data.
    public var age: Nanoseconds?
    /// Session days with a price.
    public var history: Int
    /// The missing share of the worst indicator in units of 10^-9, rounded half to even.
    public var missingShare: Price
    public var findings: QualityFindings
}

/// The quality of the data at one moment (Q02).
public struct QualityReport: Sendable {
    public var asOf: Timestamp
    public var staleness: Nanoseconds
    /// In ascending order of symbol.
    public var symbols: [SymbolReport]

    public var blocked: [SymbolReport] { symbols.filter { $0.issue != nil } }

    /// A duration in hours, rounded half to even to 10^-9.
    public static func hours(_ length: Nanoseconds) -> String {
        FixedPoint.format(FixedPoint.dividedHalfEven(Int128(length.count), by: 3600))
    }

    /// Whether there are data and none are blocked. A check of nothing does not pass.
    public var passes: Bool { !symbols.isEmpty && blocked.isEmpty }
}

extension DataQuality {
    /// The report as of `time`. No later event may have been read.
    public func report(at time: Timestamp) -> QualityReport {
        QualityReport(
            asOf: time, staleness: rules.staleness,
            symbols: symbols.map { $0.ended(at: time).judged(at: time) }.sorted {
                ($0.symbol, $0.instrument) < ($1.symbol, $1.instrument)
            })
    }
}

extension SymbolQuality {
    fileprivate func judged(at time: Timestamp) -> SymbolReport {
        let worst = cover.worst(of: rules.indicators)
        var report = SymbolReport(
            instrument: instrument, symbol: symbol, rows: rows, last: last, history: cover.days,
            missingShare: worst.map { Self.share($0.missing, of: $0.of) } ?? .zero,
            findings: findings)
        if !isDefined {
            report.block(.missingSymbol, "\(rows) rows of a symbol that is not defined")
            return report
        }
        if let calendarError {
            report.block(.stale, "\(calendarError)")
            return report
        }
        guard let last, let session else {
            report.block(.empty, "there are no bars, quotes or trades")
            return report
        }
        do throws(CalendarError) {
            let due = try clock.lastDue(at: time, daily: isDaily)
            report.missingSessions = try clock.sessions(after: session, through: due)
            report.age = try clock.calendar.openTime(from: last, to: time)
        } catch {
            report.block(.stale, "\(error)")
            return report
        }
        if let (issue, reason) = firstFailing(report) { report.block(issue, reason) }
        return report
    }

    private func firstFailing(_ report: SymbolReport) -> (QualityIssue, String)? {
        if let last, let reason = stale(last, report) { return (.stale, reason) }
        let unknown = rules.indicators.filter { !cover.has($0) }
        if !unknown.isEmpty {
            let names = unknown.map(\.name).joined(separator: ", ")
            return (.missingIndicators, "no \(names) after \(cover.days) days")
        }
        if let worst = cover.worst(of: rules.indicators),
            Int128(worst.missing) * Int128(FixedPoint.one)
                > Int128(rules.maximumMissing.raw) * Int128(worst.of)
        {
            return (
                .excessiveNaN,
                "\(worst.indicator.name) is missing on \(worst.missing) of \(worst.of) days, "
                    + "more than "
                    + Self.percent(Int128(rules.maximumMissing.raw))
            )
        }
        if cover.days < rules.history {
            return (.insufficientHistory, "\(cover.days) days with a price, of \(rules.history)")
        }
        return outlier.map { (.priceOutlier, $0) }
    }

    /// Stale if the last complete session has no data, or if the data are too old in open time
    /// (C6).
    private func stale(_ last: Timestamp, _ report: SymbolReport) -> String? {
        guard let missing = report.missingSessions, let age = report.age else { return nil }
        let isLate = rules.expectsLastSession && missing > 0
        guard isLate || age > rules.staleness else { return nil }
        let sessions = "\(missing) session\(missing == 1 ? "" : "s")"
        return
            "last data at \(last): \(sessions) missing, \(QualityReport.hours(age)) h old without "
            + "closed days, of \(QualityReport.hours(rules.staleness)) h"
    }

    private var outlier: String? {
        let count = findings.count(.notPositive) + findings.count(.outlier)
        guard count > 0 else { return nil }
        let more = count > 1 ? ", and \(count - 1) more" : ""
        if let first = findings.first(.notPositive), let value = first.value {
            return "a price of \(FixedPoint.format(value)) at \(first.time)" + more
        }
        guard let first = findings.first(.outlier), let value = first.value else {
            return "\(count) rows with a price that cannot be"
        }
        return "\(Self.percent(value)) in a day at \(first.time), beyond "
            + Self.percent(Int128(rules.maximumReturn.raw)) + more
    }

    private static func share(_ part: Int, of whole: Int) -> Price {
        Price(
            raw: Int64(
                FixedPoint.dividedHalfEven(
                    Int128(part) * Int128(FixedPoint.one), by: Int128(whole))))
    }

    /// A share as a percentage with four decimals, rounded half to even.
    static func percent(_ share: Int128) -> String {
        FixedPoint.format(FixedPoint.dividedHalfEven(share * 100, by: 100_000) * 100_000) + " %"
    }
}

extension SymbolReport {
    fileprivate mutating func block(_ issue: QualityIssue, _ reason: String) {
        (self.issue, self.reason) = (issue, reason)
    }
}
