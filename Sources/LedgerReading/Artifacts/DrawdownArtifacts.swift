import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSafety
import LedgerSettings

/// The files of the drawdown stop (D10).
enum DrawdownArtifacts {
    /// - Parameter settings: those of the journal.
    static func file(
        _ record: Record, _ settings: Settings, _ names: NameBook
    ) throws -> Artifacts.File? {
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
            let rules = rules(of: record.account, settings)
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
        var stem = "\(name)_\(Artifacts.stamp(record.time))"
        if names.accounts.count > 1 {
            object.add("account", names.name(record.account))
            // Names that differ only in what a path cannot have are told apart by their numbers.
            stem += "_\(Artifacts.fileName(names.name(record.account)))-\(record.account.index)"
        }
        return Artifacts.File(
            path: "artifacts/drawdown/\(stem).json", bytes: Array((object.text + "\n").utf8))
    }

    private static func rules(of account: AccountID, _ settings: Settings) -> DrawdownRules {
        let own = Engine.settings(settings, of: account)
        var rules = DrawdownRules()
        rules.halt = (try? own[DrawdownKeys.haltThreshold]) ?? rules.halt
        rules.panic = (try? own[DrawdownKeys.panicThreshold]) ?? rules.panic
        return rules
    }
}
