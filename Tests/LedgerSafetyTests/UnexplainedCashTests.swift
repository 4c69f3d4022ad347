import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// Cash of the venue that the books do not explain.
@Suite struct UnexplainedCashTests {
    private func log(_ steps: [(cash: String, fee: String)]) throws -> ReconciliationLog {
        var batch = Batch(next: .first)
        func at(_ day: Int) -> Envelope {
            Envelope(time: Timestamp(nanoseconds: Int64(day) * Nanoseconds.day.count))
        }
        try batch.append(CashDeposited(amount: Money("1000")), at(0))
        for (day, step) in steps.enumerated() {
            try batch.append(
                FeeCharged(instrument: .none, amount: try Money(step.fee), kind: "FEE"), at(day))
            try batch.append(
                VenueSnapshotBegan(
                    kind: .reconciliation, snapshot: UInt64(day), cash: try Money(step.cash),
                    origin: "test"), at(day))
            try batch.append(
                ReconciliationEnded(
                    .pass, discrepancies: 0, snapshot: UInt64(day), reason: ""), at(day))
        }
        var log = ReconciliationLog()
        var failed: FoldError?
        batch.forEachRecord(from: .first) { record in
            do throws(FoldError) { try log.apply(record) } catch { failed = error }
        }
        #expect(failed == nil)
        return log
    }

    @Test func `what has no explanation is shown with its age`() throws {
        let log = try log([("1000", "0"), ("995", "0"), ("994", "0"), ("993.5", "1")])
        #expect(log.last?.unexplained == (try Money("-5.5")))
        #expect(log.unexplainedSince?.nanoseconds == Nanoseconds.day.count)
        let explained = try self.log([("995", "0"), ("995", "5")])
        #expect(explained.last?.unexplained == .zero && explained.unexplainedSince == nil)
        var writer = StateWriter()
        log.encode(into: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try ReconciliationLog(from: &reader) == log)
    }
}
