import LedgerDomain
import LedgerEvents

/// Structured events, one per line, by day of the account's calendar (A17), for `grep KILL_SWITCH` and jq.
struct EventLines {
    private var day = Int64.min
    private var file: LogFile?

    mutating func add(
        _ record: Record, on day: Int64, _ names: NameBook, _ run: String,
        _ sink: (Artifacts.File) throws -> Void
    ) throws {
        guard let (type, stage, data) = try Self.describe(record) else { return }
        if day > self.day {
            try flush(sink)
            self.day = day
            let date = CivilDate(daysSinceEpoch: day).description.filter { $0 != "-" }
            file = LogFile("logs/events/events_\(date).jsonl")
        }
        var object = JSONObject()
        object.add("timestamp", "\(record.time)")
        object.add("run_id", run)
        object.add("event_type", type)
        object.add("strategy_id", strategy(record, names))
        object.add("symbol", record.instrument == .none ? "" : names.symbol(record.instrument))
        object.add("stage", stage)
        object.add("event", record.sequence.number)
        object.add("data", raw: data.line)
        if names.accounts.count > 1, record.account != .none {
            object.add("account", names.name(record.account))
        }
        object.add("severity", try LogSeverity.of(record).rawValue)
        try file?.add(object.line, of: record.sequence, sink)
    }

    mutating func flush(_ sink: (Artifacts.File) throws -> Void) throws { try file?.flush(sink) }

    private func strategy(_ record: Record, _ names: NameBook) -> String {
        let id: StrategyID?
        switch record.type {
        case .signalGenerated: id = (try? SignalGenerated(record))?.strategy
        case .signalRejected: id = (try? SignalRejected(record))?.strategy
        case .intentRejected: id = (try? IntentRejected(record))?.strategy
        case .orderIntended: id = (try? OrderIntended(record))?.strategy
        case .orderFilled: id = (try? OrderFilled(record))?.strategy
        case .refusalRepeated: id = (try? RefusalRepeated(record))?.strategy
        case .sizeAdjusted: id = (try? SizeAdjusted(record))?.strategy
        case .latchEngaged: id = (try? LatchEngaged(record))?.strategy
        default: id = nil
        }
        guard let id, id != .none else { return "" }
        return names.name(id)
    }

    private static func describe(
        _ record: Record
    ) throws -> (type: String, stage: String, data: JSONObject)? {
        var data = JSONObject()
        switch record.type {
        case .signalGenerated, .signalRejected, .intentRejected, .refusalRepeated, .sizeAdjusted:
            return try describeSignal(record)
        case .reconciliationEnded:
            let event = try ReconciliationEnded(record)
            data.add("status", "\(event.status)".uppercased())
            data.add("discrepancies", event.discrepancies)
            return ("RECONCILIATION_CHECK", "RECONCILIATION", data)
        case .latchEngaged:
            let event = try LatchEngaged(record)
            data.add("source", "\(event.source)")
            data.add("effect", "\(event.effect)")
            data.add("actor", event.actor)
            data.add("reason", event.reason)
            let isStrategy = event.scope == .strategy
            return (isStrategy ? "STRATEGY_DISABLED" : "KILL_SWITCH_TRIGGERED", "GATE", data)
        case .faultReported:
            let event = try FaultReported(record)
            data.add("kind", "\(event.kind)")
            data.add("detail", event.detail)
            return ("ERROR", event.origin, data)
        case .runFailed:
            data.add("reason", try RunFailed(record).reason)
            return ("ERROR", "RUN", data)
        default: return try describeOrder(record)
        }
    }

    private static func describeSignal(
        _ record: Record
    ) throws -> (type: String, stage: String, data: JSONObject)? {
        var data = JSONObject()
        func refusal(_ refusal: Refusal) {
            data.add("reason", "\(refusal.reason)")
            data.add("limit", "\(refusal.limit)")
            data.add("value", "\(refusal.value)")
        }
        switch record.type {
        case .signalGenerated:
            let event = try SignalGenerated(record)
            data.add("side", "\(event.side)")
            data.add("purpose", "\(event.purpose)")
            data.add("quantity", "\(event.quantity)")
            data.add("price", "\(event.price)")
            return ("SIGNAL_GENERATED", "SIGNAL", data)
        case .signalRejected:
            let event = try SignalRejected(record)
            refusal(event.refusal)
            return ("SIGNAL_REJECTED", event.refusal.reason.stage.name, data)
        case .intentRejected:
            let event = try IntentRejected(record)
            refusal(event.refusal)
            return ("SIGNAL_REJECTED", event.refusal.reason.stage.name, data)
        case .refusalRepeated:
            let event = try RefusalRepeated(record)
            refusal(event.refusal)
            data.add("count", event.count)
            data.add("first", "\(event.first)")
            data.add("last", "\(event.last)")
            return ("SIGNAL_REJECTED", event.refusal.reason.stage.name, data)
        case .sizeAdjusted:
            let event = try SizeAdjusted(record)
            refusal(event.refusal)
            data.add("from", "\(event.from)")
            data.add("to", "\(event.to)")
            return ("RISK_LIMIT_HIT", event.refusal.reason.stage.name, data)
        default: return nil
        }
    }

    private static func describeOrder(
        _ record: Record
    ) throws -> (type: String, stage: String, data: JSONObject)? {
        var data = JSONObject()
        switch record.type {
        case .orderIntended:
            let event = try OrderIntended(record)
            data.add("intent", "\(event.intent)")
            data.add("side", "\(event.side)")
            data.add("quantity", "\(event.quantity)")
            return ("ORDER_INTENT_CREATED", "ORDER", data)
        case .orderSubmitted:
            data.add("order", try OrderSubmitted(record).order.number)
            return ("ORDER_SUBMITTED", "ORDER", data)
        case .orderFilled:
            let event = try OrderFilled(record)
            data.add("order", event.order.number)
            data.add("side", "\(event.side)")
            data.add("quantity", "\(event.quantity)")
            data.add("price", "\(event.price)")
            return ("ORDER_FILLED", "ORDER", data)
        case .orderRejected:
            data.add("reason", try OrderRejected(record).reason)
            return ("ORDER_REJECTED", "ORDER", data)
        default: return nil
        }
    }
}
