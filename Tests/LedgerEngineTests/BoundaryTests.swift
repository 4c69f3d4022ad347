import Foundation
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSafety
import LedgerSimulation
import Testing

/// Every threshold of the safety settings at its value, one unit above it and one below it, through
/// the whole engine.
@Suite struct BoundaryTests {
    static let all = Boundary.drawdown + Boundary.risk + Boundary.faults + Boundary.data

    @Test(arguments: all.indices)
    func `a threshold bites where its table says`(index: Int) throws {
        let boundary = Self.all[index]
        let found = try boundary.found
        #expect(found == boundary.rule.expected, "\(boundary.key) at \(boundary.at)")
    }

    /// Thresholds that the engine does not ask: the file and the test that hold them.
    private static let elsewhere: [(key: String, file: String, test: String)] = [
        ("quality.max_nan_pct", "QualityTests", "excessiveNaN"),
        ("quality.max_return", "QualityTests", "priceOutlier"),
        ("risk.max_correlation", "FilterTests", "orrelation"),
        ("filters.max_volatility", "FilterTests", "maximum"),
        ("health.min_trades", "HealthTests", "health.min_trades"),
        ("health.min_expectancy", "HealthTests", "health.min_expectancy"),
        ("reconciliation.dust", "ReconciliationTests", "dust"),
    ]

    /// Numbers that are no thresholds: nothing is compared with them.
    private static let lengths = [
        "risk.correlation_days", "risk.atr_days", "health.short_window", "health.long_window",
        "clock_sync.refresh_sec", "risk.catastrophe_stop_atr",
    ]

    private static let sections = [
        "gate.", "drawdown.", "risk.", "reconciliation.", "quality.", "filters.", "health.",
        "faults.", "clock_sync.", "max_signals_per_sec",
    ]

    @Test func `no threshold is without a case`() throws {
        let numbers = EngineSchema.all.filter { setting in
            guard Self.sections.contains(where: { setting.key.hasPrefix($0) }) else { return false }
            switch setting.kind {
            case .integer, .decimal: return true
            default: return false
            }
        }
        #expect(numbers.count > 45)
        let known =
            Self.all.map(\.key) + Self.elsewhere.map(\.key) + Self.lengths
        for setting in numbers {
            let cases = known.filter { $0 == setting.key }.count
            #expect(cases == 1, "\(setting.key)")
        }
        #expect(known.count == numbers.count)
        let tests = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
        for entry in Self.elsewhere {
            let path = "\(tests)/LedgerSafetyTests/\(entry.file).swift"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains(entry.test) == true, "\(entry.key)")
        }
    }
}
