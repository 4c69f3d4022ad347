import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
import Testing

/// Every event of a busy journal can be explained, down to inputs.
@Suite struct ExplanationTests {
    /// Shorts, exits, latency, partial fills and dividends; the drawdown stop and the limits act too.
    private static let guarded =
        SampleRun.busy + [
            ("drawdown.enabled", "true"), ("drawdown.warning_threshold", "0.002"),
            ("drawdown.halt_threshold", "0.004"), ("drawdown.panic_threshold", "0.006"),
            ("risk.enabled", "true"), ("risk.max_order_notional", "900"),
            ("risk.max_abs_position_notional", "2000"), ("risk.max_portfolio_heat", "0"),
            ("risk.max_daily_loss_pct", "0.003"), ("risk.max_entries_per_day", "1"),
            ("risk.top_signals", "0"),
        ]

    private func journal() throws -> MemoryJournal {
        let journal = MemoryJournal()
        let run = try SampleRun()
        try run.copy(through: "2001-12-31")
        try run.run(into: journal, Self.guarded)
        return journal
    }

    private func check(_ node: Explanation.Node, _ told: inout Set<SequenceNumber>) {
        #expect(!node.text.isEmpty || node.isInput, "event \(node.sequence)")
        #expect(
            node.isInput || node.isRepeated || !node.causes.isEmpty,
            "event \(node.sequence), \(node.type), has no cause")
        if node.isInput { #expect(node.causes.isEmpty) }
        if node.isRepeated { #expect(told.contains(node.sequence)) }
        told.insert(node.sequence)
        for cause in node.causes {
            #expect(cause.sequence < node.sequence)
            check(cause, &told)
        }
    }

    @Test func `every event is explained, and every explanation ends in inputs`() throws {
        let journal = try journal()
        let head = try journal.head.lastSequence
        var types: Set<String> = []
        for number in 1...head.number {
            let explanation = try Explanation(of: SequenceNumber(number), in: journal)
            #expect(explanation.root.sequence.number == number)
            types.insert(explanation.root.type)
            var told: Set<SequenceNumber> = []
            check(explanation.root, &told)
            for outcome in explanation.outcomes { #expect(outcome.sequence.number > number) }
        }
        for type in [
            EventType.orderFilled, .orderCancelled, .signalRejected, .intentRejected, .sizeAdjusted,
            .latchEngaged, .latchCleared, .drawdownChanged, .healthChecked, .peakRebased,
            .dividendPaid, .alertRaised,
        ] { #expect(types.contains(type.name), "no \(type.name) was there to explain") }
    }

    @Test func `an event's own cause is among the inputs of its tree`() throws {
        let journal = try journal()
        try journal.forEachRecord(from: .first) { record in
            guard record.sequence.number % 7 == 0, !record.isInput else { return true }
            let root = try Explanation(of: record.sequence, in: journal).root
            var inputs: [SequenceNumber] = []
            func walk(_ node: Explanation.Node) {
                if node.isInput { inputs.append(node.sequence) }
                for cause in node.causes { walk(cause) }
            }
            walk(root)
            #expect(inputs.contains(record.cause), "event \(record.sequence)")
            return true
        }
    }

    @Test func `an event is found by its number, its order, its fill and its intent`() throws {
        let journal = try journal()
        var intents = 0
        try journal.forEachRecord(from: .first, filter: EventFilter([.orderIntended])) { record in
            let intent = try OrderIntended(record).intent
            let number = "\(record.sequence)"
            for text in [number, "order:\(number)", "\(intent)"] {
                #expect(try Explanation.sequence(of: text, in: journal) == record.sequence)
            }
            #expect(throws: InputError.self) {
                try Explanation.sequence(of: "fill:\(number)", in: journal)
            }
            intents += 1
            return intents < 20
        }
        #expect(intents == 20)
        for text in ["0", "", "x", "order:", "order:0", "trade:5", "999999999", "ab", "-1"] {
            #expect(throws: InputError.self, "\(text)") {
                try Explanation.sequence(of: text, in: journal)
            }
        }
    }
}
