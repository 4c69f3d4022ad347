import LedgerDomain
import LedgerEvents
import LedgerSafety

/// The files of the drawdown stop (D10).
enum DrawdownArtifacts {
    static func file(_ record: Record, _ rules: DrawdownRules) throws -> Artifacts.File? {
        var object = JSONObject()
        let name: String
        switch record.type {
        case .drawdownChanged:
            let event = try DrawdownChanged(record)
            guard event.from != event.to, event.to == .halt || event.to == .panic else {
                return nil
            }
            name = "\(event.to)"
            object.add("current_value", raw: "\(event.equity)")
            object.add("peak_value", raw: "\(event.peak)")
            object.add("drawdown_pct", raw: "\(event.drawdown)")
            object.add("halt_threshold", raw: "\(rules.halt)")
            object.add("panic_threshold", raw: "\(rules.panic)")
            object.add("trading_day", event.day)
        case .healthChecked:
            let event = try HealthChecked(record)
            name = "health_check"
            object.add("reconciliation", event.reconciliation)
            object.add("data_quality", event.dataQuality)
            object.add("no_duplicate_intents", event.noDuplicateIntents)
            object.add("strategies_enabled", event.strategiesEnabled)
            object.add("can_resume", event.canResume)
        default: return nil
        }
        object.add("timestamp", "\(record.time)")
        return Artifacts.File(
            path: "artifacts/drawdown/\(name)_\(Artifacts.stamp(record.time)).json",
            bytes: Array((object.text + "\n").utf8))
    }
}
