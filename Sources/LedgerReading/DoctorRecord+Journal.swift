import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal

extension DoctorRecord {
    /// The last record of a journal, and when it was made; nil where there is none.
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

    /// Nil where live may start by what the doctor said, else why not (V02): its last record is healthy,
    /// looked at the network, and is younger than `lifetime`.
    public static func problem(
        in journal: any Journal, at now: Timestamp, lifetime: Nanoseconds = lifetime
    ) throws -> String? {
        let mend = "run `ledgerd doctor --record` on this journal"
        guard let (record, time, _) = try latest(in: journal) else {
            return "the doctor has not looked at this journal: \(mend)"
        }
        let age = Int128(now.nanoseconds) - Int128(time.nanoseconds)
        guard age >= -Int128(Nanoseconds.minute.count), age < Int128(lifetime.count) else {
            let hours = lifetime.count / 3_600_000_000_000
            return "the doctor's last record is of \(time), and counts for \(hours) hours: \(mend)"
        }
        guard record.isHealthy else {
            return "the doctor found \(record.failed) errors at \(time): mend them, then \(mend)"
        }
        return record.hasNetwork ? nil : "the doctor did not look at the network: \(mend)"
    }
}
