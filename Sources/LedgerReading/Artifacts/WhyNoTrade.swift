import LedgerDomain
import LedgerEvents
import LedgerSafety

/// Why a run made no trade (F03): the stage that stopped most of its signals.
public struct WhyNoTrade {
    private let funnel: SignalFunnel

    public init(_ funnel: SignalFunnel) { self.funnel = funnel }

    public var rejections: [(strategy: StrategyID, rejection: SignalFunnel.Rejection)] {
        funnel.counts.flatMap { counts in counts.rejections.map { (counts.strategy, $0) } }
            .sorted {
                ($1.rejection.count, $0.rejection.sequence) < (
                    $0.rejection.count, $1.rejection.sequence
                )
            }
    }

    /// Among equals, the earliest stage.
    public var blocker: String {
        guard funnel.raw > 0 else { return "NO_RAW_SIGNALS" }
        var best: (stage: SignalStage, count: UInt64)?
        for stage in SignalStage.allCases {
            let count = funnel.counts.reduce(0) { $0 + $1.dropped(stage) }
            if count > (best?.count ?? 0) { best = (stage, count) }
        }
        return best?.stage.blocker ?? "EXECUTION_ISSUES"
    }

    /// At most this many are shown.
    public static let mostExamples = 5

    func json(_ names: NameBook) -> String {
        var object = JSONObject()
        object.add("run_id", funnel.run)
        object.add("timestamp", "\(funnel.startedAt)")
        object.add("primary_blocker", blocker)
        object.add("raw_signals", funnel.raw)
        object.add("executed", funnel.executed)
        let examples = rejections.prefix(Self.mostExamples).map { strategy, rejection in
            var row = JSONObject()
            row.add("strategy", names.name(strategy))
            row.add("symbol", names.symbol(rejection.instrument))
            row.add("stage", rejection.reason.stage.name)
            row.add("reason", "\(rejection.reason)")
            row.add("count", rejection.count)
            return row.line
        }
        object.add(
            "examples",
            raw: examples.isEmpty
                ? "[]" : "[\n    " + examples.joined(separator: ",\n    ") + "\n  ]")
        return object.text
    }
}
