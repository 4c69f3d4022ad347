import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerSafety
import LedgerSettings
import LedgerVenues

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

    /// What a comparison would find, and what a synchronisation would do beyond correcting it.
    public struct Difference: Sendable {
        public var discrepancies: [DiscrepancyFound]
        /// Holdings that the journal does not know.
        public var adoptable: [VenuePosition]
    }

    /// What a comparison would find; the journal stays as it is.
    public func difference(_ account: AccountStatement) throws -> Difference {
        try check(account)
        let engine = try desk.part(
            of: EngineRestorer.engine(of: journal, through: try journal.head.lastSequence))
        return Difference(
            discrepancies: engine.difference(from: account.snapshot(knowing: engine)),
            adoptable: account.adoptable(knowing: engine))
    }

    /// Journals the account and compares the books with it.
    public func compare(_ account: AccountStatement) throws -> Result {
        try check(account)
        let outcome = try desk.submit { account.snapshot(knowing: try desk.part(of: $0)).records }
        return try result(of: account.snapshot, from: outcome, comparisons: 1)
    }

    /// - Throws: `InputError` for a file that states another venue than the journal's, or a time before
    ///   the journal's last change of a position or after the present.
    private func check(_ account: AccountStatement) throws {
        guard account.venue != nil || account.takenAt != nil else { return }
        let engine = try desk.part(
            of: EngineRestorer.engine(of: journal, through: try journal.head.lastSequence))
        let venue = (try? engine.settings[ModeKeys.venue]) ?? ModeKeys.simulated
        var last: (sequence: SequenceNumber, time: Timestamp)?
        try journal.forEachRecord(
            from: try journal.beginning,
            filter: EventFilter([.orderFilled, .fillCorrected, .positionAdjusted])
        ) { record in
            if record.account == engine.account { last = (record.sequence, record.time) }
            return true
        }
        if let stated = account.venue, venue != ModeKeys.simulated, stated != venue {
            throw InputError(
                "\(account.origin) is of \(stated), but the journal's account is at \(venue)")
        }
        guard let taken = account.takenAt else { return }
        if let last, taken < last.time {
            throw InputError(
                "\(account.origin) was taken at \(taken), before event \(last.sequence) of "
                    + "\(last.time) changed a position; fetch the account again")
        }
        guard taken <= desk.now.advanced(by: Nanoseconds(60_000_000_000)) else {
            throw InputError(
                "\(account.origin) was taken at \(taken), which is in the future; fetch it again")
        }
    }

    /// Journals that the venue could not be asked.
    public func recordUnreachable() throws -> Result {
        let number = try journal.head.lastSequence.next.number
        let snapshot = VenueSnapshot(
            VenueSnapshotBegan(
                kind: .reconciliation, isReachable: false, snapshot: number, cash: .zero,
                origin: "operator"))
        let outcome = try desk.submit { engine in
            _ = try desk.part(of: engine)
            return snapshot.records
        }
        return try result(of: number, from: outcome, comparisons: 1)
    }

    /// Sets the books to the account, unless that would leave a difference. Holdings that the journal
    /// does not know and that have a price are defined and adopted.
    ///
    /// - Parameter event: an operator's command as an event.
    public func synchronise(
        _ account: AccountStatement, _ event: (OperatorCommand) -> OperatorCommanded
    ) throws -> Synchronisation {
        try check(account)
        var left: [DiscrepancyFound] = []
        var isNeeded = true
        let outcome = try desk.submit { journal in
            let engine = try desk.part(of: journal)
            let plain = account.snapshot(knowing: engine)
            isNeeded = !engine.difference(from: plain).isEmpty
            guard isNeeded else { return plain.records }
            let adoptable = account.adoptable(knowing: engine)
            let definitions = try Self.definitions(of: adoptable, engine)
            let found = account.snapshot(
                knowing: try desk.part(of: rehearsed(journal, definitions)))
            let commands =
                adoptable.map { event(.adopt(symbol: $0.symbol, price: nil)) }
                + [event(.sync(snapshot: account.snapshot))]
            let inputs: [any Event] = definitions + found.records + commands
            left = try desk.part(of: rehearsed(journal, inputs)).difference(from: found)
            return left.isEmpty ? inputs + found.records : []
        }
        guard left.isEmpty else { return .refused(left) }
        let after = try result(
            of: account.snapshot, from: outcome, comparisons: isNeeded ? 2 : 1)
        guard isNeeded else { return .unneeded(after) }
        return .adjusted(command: try firstCommand(from: outcome.first), after: after)
    }

    /// Takes one holding of the account into the books, and defines its instrument first where the
    /// journal does not know it.
    ///
    /// - Parameters:
    ///   - name: a symbol, or an asset without the account's currency.
    ///   - event: the command as an event.
    /// - Returns: the command's event, and whether this process wrote the journal.
    public func adopt(
        _ name: String, price: Price?, _ event: (OperatorCommand) -> OperatorCommanded
    ) throws -> (command: SequenceNumber, wasStepped: Bool) {
        let outcome = try desk.submit { journal in
            let engine = try desk.part(of: journal)
            let holding = engine.unknownHolding(name)
            let symbol = holding?.symbol ?? name
            let definitions =
                try holding.map { try Self.definitions(of: [$0], engine) } ?? []
            return definitions + [event(.adopt(symbol: symbol, price: price))]
        }
        return (try firstCommand(from: outcome.first), outcome.wasStepped)
    }

    private static func definitions(
        of positions: [VenuePosition], _ engine: AccountEngine
    ) throws -> [any Event] {
        guard !positions.isEmpty else { return [] }
        var definition = try HoldingDefinition(engine)
        return positions.flatMap { definition.inputs(symbol: $0.symbol, kind: $0.kind) }
    }

    /// A copy of an engine that took the inputs.
    private func rehearsed(_ engine: Engine, _ inputs: [any Event]) throws -> Engine {
        var engine = engine
        var step = Step(next: .first)
        let envelope = Envelope(
            account: try desk.part(of: engine).account, time: max(engine.lastTime, .zero))
        for input in inputs {
            let sequence = try step.append(input, envelope)
            if let record = step.batch.record(sequence) { try engine.step(record, in: &step) }
        }
        return engine
    }

    private func firstCommand(from first: SequenceNumber) throws -> SequenceNumber {
        var commanded = SequenceNumber.none
        try journal.forEachRecord(
            from: first, filter: EventFilter([.operatorCommanded])
        ) { record in
            commanded = record.sequence
            return false
        }
        return commanded
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
        [began] as [any Event] + positions + orders + holdings + unread + [
            VenueSnapshotEnded(
                snapshot: began.snapshot, positions: UInt32(positions.count),
                orders: UInt32(orders.count))
        ]
    }
}

extension AccountEngine {
    /// A holding of the last answers whose symbol the journal does not define.
    fileprivate func unknownHolding(_ name: String) -> VenuePosition? {
        let foreign = holdings.holdings.map {
            VenuePosition(symbol: $0.symbol, quantity: $0.quantity, kind: $0.kind)
        }
        let reported = (snapshots.last?.positions ?? []).filter { $0.instrument == .none }.map {
            VenuePosition(
                symbol: $0.symbol, quantity: $0.quantity,
                kind: $0.symbol.contains("/") ? .crypto : .equity)
        }
        let unknown = (foreign + reported).filter {
            instrument(venueSymbol: $0.symbol) == nil
        }
        return unknown.first { $0.symbol == name }
            ?? unknown.first { ReconciliationScope.isName(name, of: $0.symbol, currency: currency) }
    }

    fileprivate func difference(from snapshot: VenueSnapshot) -> [DiscrepancyFound] {
        standing.compare(with: snapshot, reconciliationRules)
    }
}
