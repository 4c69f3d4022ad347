import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal

extension DoctorRecord {
    /// The last doctor record in a journal, and its time; nil if there is none.
    public static func latest(
        in journal: any Journal
    ) throws -> (record: DoctorRecord, time: Timestamp, sequence: SequenceNumber)? {
        var found: (record: DoctorRecord, time: Timestamp, sequence: SequenceNumber)?
        guard try journal.head.lastSequence != .none else { return nil }
        try journal.forEachRecord(
            from: journal.beginning, filter: EventFilter([.operatorCommanded])
        ) { event in
            let command = try OperatorCommanded(event)
            if case .doctor(let record) = try? OperatorCommand(command) {
                found = (record, event.time, event.sequence)
            }
            return true
        }
        return found
    }

    /// Nil if the doctor's record allows live trading, otherwise why not (V02): the last record
    /// must be healthy, include the network, and be younger than `lifetime`.
    public static func problem(
        in journal: any Journal, at now: Timestamp, lifetime: Nanoseconds = lifetime
    ) throws -> String? {
        let mend = "run `ledgerd doctor --record` on this journal"
        guard let (record, time, _) = try latest(in: journal) else {
            return "there is no doctor record in this journal; \(mend)"
        }
        let age = Int128(now.nanoseconds) - Int128(time.nanoseconds)
        guard age >= -Int128(Nanoseconds.minute.count), age < Int128(lifetime.count) else {
            let hours = lifetime.count / 3_600_000_000_000
            return "the last doctor record, from \(time), is older than \(hours) hours; \(mend)"
        }
        guard record.isHealthy else {
            return "the doctor found \(record.failed) errors at \(time); fix them, then \(mend)"
        }
        return record.hasNetwork ? nil : "the doctor did not check the network; \(mend)"
    }
}
