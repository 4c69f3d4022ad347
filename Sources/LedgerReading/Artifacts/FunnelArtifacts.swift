import LedgerDomain
import LedgerEvents
import LedgerSafety

/// The files of one run's signals (F01, F02).
enum FunnelArtifacts {
    static func files(_ funnel: SignalFunnel, _ names: NameBook) -> [Artifacts.File] {
        let run = Artifacts.fileName(funnel.run)
        var files: [Artifacts.File] = []
        func add(_ name: String, text: String) {
            files.append(
                Artifacts.File(
                    path: "artifacts/funnel/\(name)_\(run).json", bytes: Array((text + "\n").utf8)))
        }
        for counts in funnel.counts {
            let strategy = Artifacts.fileName(names.name(counts.strategy))
            add("signal_funnel_\(strategy)", text: counted(counts, funnel, names))
            add("signal_rejections_\(strategy)", text: rejected(counts, funnel, names))
        }
        if funnel.executed == 0 {
            add("why_no_trade_summary", text: WhyNoTrade(funnel).json(names))
        } else {
            // One that was written before the run traded is not true any more.
            files.append(
                Artifacts.File(path: "artifacts/funnel/why_no_trade_summary_\(run).json", bytes: [])
            )
        }
        return files
    }

    private static func head(
        _ counts: SignalFunnel.Counts, _ funnel: SignalFunnel, _ names: NameBook
    ) -> JSONObject {
        var object = JSONObject()
        object.add("run_id", funnel.run)
        object.add("strategy", names.name(counts.strategy))
        object.add("timestamp", "\(funnel.startedAt)")
        return object
    }

    private static func counted(
        _ counts: SignalFunnel.Counts, _ funnel: SignalFunnel, _ names: NameBook
    ) -> String {
        var object = head(counts, funnel, names)
        let gate = counts.after(.reconciliation)
        object.add("raw", counts.raw)
        object.add("after_quality", counts.after(.dataQuality))
        object.add("after_gate", gate)
        object.add("after_regime", counts.after(.regime))
        object.add("after_correlation", counts.after(.correlation))
        object.add("after_throttle", counts.after(.throttle))
        object.add("after_risk", counts.after(.risk))
        object.add("executed", counts.executed)
        object.add("regime_pass", raw: rate(counts.after(.regime), of: gate))
        object.add(
            "correlation_pass", raw: rate(counts.after(.correlation), of: counts.after(.regime)))
        object.add("risk_pass", raw: rate(counts.after(.risk), of: counts.after(.correlation)))
        object.add("execution", raw: rate(counts.executed, of: counts.after(.risk)))
        object.add("overall", raw: rate(counts.executed, of: counts.raw))
        return object.text
    }

    /// Rounded half to even to 10^-6; 0 if there was nothing.
    static func rate(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0 else { return "0" }
        let millionths = FixedPoint.dividedHalfEven(
            Int128(part) * 1_000_000, by: Int128(whole))
        return FixedPoint.format(millionths * 1000)
    }

    private static func rejected(
        _ counts: SignalFunnel.Counts, _ funnel: SignalFunnel, _ names: NameBook
    ) -> String {
        var object = head(counts, funnel, names)
        let rows = counts.rejections.sorted {
            ($0.reason.stage.rawValue, $0.reason.rawValue, $0.instrument.number)
                < ($1.reason.stage.rawValue, $1.reason.rawValue, $1.instrument.number)
        }.map { rejection in
            var row = JSONObject()
            row.add("stage", rejection.reason.stage.name)
            row.add("reason", "\(rejection.reason)")
            row.add("symbol", names.symbol(rejection.instrument))
            row.add("count", rejection.count)
            row.add("last_limit", "\(rejection.limit)")
            row.add("last_value", "\(rejection.value)")
            row.add("last_event", rejection.sequence.number)
            return row.line
        }
        object.add("total", counts.rejections.reduce(0) { $0 + $1.count })
        object.add(
            "rejections",
            raw: rows.isEmpty ? "[]" : "[\n    " + rows.joined(separator: ",\n    ") + "\n  ]")
        return object.text
    }
}
