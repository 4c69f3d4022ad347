import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerSafety

/// Compares a journal's books with a venue's account, and sets them to it, beside the process that runs the
/// journal as well as without one.
public struct ReconciliationDesk {
    /// What one comparison found.
    public struct Result: Sendable {
        public var status: ReconciliationStatus
        public var reason: String
        public var discrepancies: [DiscrepancyFound]
        /// Whether this process wrote the journal.
        public var wasStepped = false
    }

    /// What a synchronisation did.
    public enum Synchronisation: Sendable {
        /// Books and venue agreed before it.
        case unneeded(Result)
        /// These would still differ after it, so nothing was changed.
        case refused([DiscrepancyFound])
        /// - Parameters:
        ///   - command: the operator's event; the adjustments name it as their cause.
        ///   - after: the comparison that followed it.
        case adjusted(command: SequenceNumber, after: Result)
    }

    private let journal: any Journal
    private let desk: OperatorDesk

    public init(_ journal: any Journal, desk: OperatorDesk) {
        (self.journal, self.desk) = (journal, desk)
    }

    /// Gives a venue's account; the names find its instruments.
    public typealias Account = (NameBook) throws -> VenueSnapshot

    /// What a comparison would find; the journal stays as it is.
    public func difference(_ account: Account) throws -> [DiscrepancyFound] {
        let engine = try EngineRestorer.engine(
            of: journal, through: try journal.head.lastSequence)
        return engine.difference(from: try account(engine.names))
    }

    /// Journals the account and compares the books with it.
    public func compare(_ account: Account) throws -> Result {
        var snapshot = UInt64(0)
        let outcome = try desk.submit { engine in
            let found = try account(engine.names)
            snapshot = found.began.snapshot
            return found.records
        }
        return try result(of: snapshot, from: outcome, comparisons: 1)
    }

    /// Journals that the venue could not be asked.
    public func recordUnreachable() throws -> Result {
        let number = try journal.head.lastSequence.next.number
        return try compare { _ in
            VenueSnapshot(
                VenueSnapshotBegan(
                    kind: .reconciliation, isReachable: false, snapshot: number, cash: .zero,
                    origin: "operator"))
        }
    }

    /// Sets the books to the account, unless that would leave a difference.
    ///
    /// - Parameter command: the operator's command for a snapshot.
    public func synchronise(
        _ account: Account, _ command: (_ snapshot: UInt64) -> OperatorCommanded
    ) throws -> Synchronisation {
        var snapshot = UInt64(0)
        var left: [DiscrepancyFound] = []
        var isNeeded = true
        let outcome = try desk.submit { engine in
            let found = try account(engine.names)
            snapshot = found.began.snapshot
            isNeeded = !engine.difference(from: found).isEmpty
            guard isNeeded else { return found.records }
            let command = command(found.began.snapshot)
            left = try engine.rehearsed(found.records + [command]).difference(from: found)
            guard left.isEmpty else { return [] }
            return found.records + [command] + found.records
        }
        guard left.isEmpty else { return .refused(left) }
        let after = try result(of: snapshot, from: outcome, comparisons: isNeeded ? 2 : 1)
        guard isNeeded else { return .unneeded(after) }
        var commanded = SequenceNumber.none
        try journal.forEachRecord(
            from: outcome.first, filter: EventFilter([.operatorCommanded])
        ) { record in
            commanded = record.sequence
            return false
        }
        return .adjusted(command: commanded, after: after)
    }

    /// What came of the last of a submission's comparisons.
    private func result(
        of snapshot: UInt64, from outcome: OperatorDesk.Outcome, comparisons: Int
    ) throws -> Result {
        var result = Result(
            status: .fail, reason: "", discrepancies: [], wasStepped: outcome.wasStepped)
        var (ends, cause) = (0, SequenceNumber.none)
        try journal.forEachRecord(
            from: outcome.first,
            filter: EventFilter([.venueSnapshotEnded, .discrepancyFound, .reconciliationEnded])
        ) { record in
            switch record.type {
            case .venueSnapshotEnded:
                guard try VenueSnapshotEnded(record).snapshot == snapshot else { break }
                ends += 1
                if ends == comparisons { cause = record.sequence }
            case .discrepancyFound where record.cause == cause:
                result.discrepancies.append(try DiscrepancyFound(record))
            case .reconciliationEnded where record.cause == cause:
                let ended = try ReconciliationEnded(record)
                (result.status, result.reason) = (ended.status, ended.reason)
                return false
            default: break
            }
            return true
        }
        return result
    }
}

extension VenueSnapshot {
    /// The inputs that make it.
    public var records: [any Event] {
        [began] as [any Event] + positions + orders + [
            VenueSnapshotEnded(
                snapshot: began.snapshot, positions: UInt32(positions.count),
                orders: UInt32(orders.count))
        ]
    }
}

extension Engine {
    fileprivate func difference(from snapshot: VenueSnapshot) -> [DiscrepancyFound] {
        standing.compare(with: snapshot, rules.reconciliation)
    }

    /// A copy of the engine that took the inputs.
    fileprivate func rehearsed(_ inputs: [any Event]) throws -> Engine {
        var engine = self
        var step = Step(next: .first)
        for input in inputs {
            let sequence = try step.append(input, Envelope(time: max(lastTime, .zero)))
            if let record = step.batch.record(sequence) { try engine.step(record, in: &step) }
        }
        return engine
    }
}
