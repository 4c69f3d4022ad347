import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// Finds the causes of an event. Every link leads to an earlier event, so each walk ends.
struct Explainer {
    struct Link {
        var relation: String
        var sequence: SequenceNumber
        /// What matters about the event here, if its text does not say it.
        var note: String?

        init(_ relation: String, _ sequence: SequenceNumber, note: String? = nil) {
            (self.relation, self.sequence, self.note) = (relation, sequence, note)
        }
    }

    let journal: any Journal
    private let text: EventText
    private var told: Set<SequenceNumber> = []

    init(_ journal: any Journal) throws {
        self.journal = journal
        text = EventText(try ProjectionReader.fold(of: journal))
    }

    /// The tree below an event.
    mutating func explain(
        _ sequence: SequenceNumber, relation: String = ""
    ) throws -> Explanation.Node {
        let event = try event(sequence)
        var node = try node(event, relation)
        guard !event.isInput else { return node }
        guard told.insert(sequence).inserted else {
            node.isRepeated = true
            return node
        }
        for link in try causes(of: event) {
            var cause = try explain(link.sequence, relation: link.relation)
            if let note = link.note { cause.text = note }
            node.causes.append(cause)
        }
        return node
    }

    private func node(_ event: KeptEvent, _ relation: String) throws -> Explanation.Node {
        try event.read { record in
            Explanation.Node(
                relation: relation, sequence: event.sequence,
                type: record.type?.name ?? "Unknown\(record.rawType)", time: record.time,
                text: try text.describe(record), json: try text.json(record),
                isInput: event.isInput)
        }
    }

    // MARK: Reading

    func event(_ sequence: SequenceNumber) throws -> KeptEvent {
        var found: KeptEvent?
        try journal.forEachRecord(from: sequence, through: sequence) { record in
            found = KeptEvent(record)
            return false
        }
        guard let found else { throw InputError("the journal has no event \(sequence)") }
        return found
    }

    /// Events derived from the same input before this event.
    func step(before event: KeptEvent) throws -> [KeptEvent] {
        var found: [KeptEvent] = []
        guard event.cause.next < event.sequence else { return found }
        let last = SequenceNumber(event.sequence.number - 1)
        try journal.forEachRecord(from: event.cause.next, through: last) { record in
            found.append(KeptEvent(record))
            return true
        }
        return found
    }

    /// The last event of these types before another one, for an instrument if one is given.
    func last(
        _ types: [EventType], before sequence: SequenceNumber, _ instrument: InstrumentID? = nil,
        from first: SequenceNumber = .first,
        where isWanted: (Record) throws -> Bool = { _ in true }
    ) throws -> SequenceNumber? {
        guard sequence > first else { return nil }
        var filter = EventFilter(types)
        filter.instrument = instrument
        let from = SequenceNumber(sequence.number - 1)
        let reader = try journal.reader(
            from: from, through: first, filter: filter, direction: .backward)
        while let block = try reader.next() {
            for record in try block.reversedRecords()
            where record.sequence <= from && filter.matches(record) {
                if try isWanted(record) { return record.sequence }
            }
        }
        return nil
    }

    func fold<P: Projection>(
        _ type: P.Type = P.self, before sequence: SequenceNumber
    ) throws -> P {
        try ProjectionReader.fold(of: journal, through: SequenceNumber(sequence.number - 1))
    }

    // MARK: Effects

    /// The effects of an input, a signal, an order, a fill or a latch; other events have no effects by
    /// themselves.
    mutating func outcomes(
        of sequence: SequenceNumber, limit: Int
    ) throws -> [Explanation.Node] {
        let event = try event(sequence)
        if event.isInput { return try consequences(limit) { $0.cause == sequence }(self, event) }
        switch event.type {
        case .signalGenerated: return try outcome(ofSignal: event)
        case .orderIntended: return try outcome(ofOrder: event, limit)
        case .latchEngaged: return try end(ofLatch: event)
        case .orderFilled: return try corrections(ofFill: event, limit)
        default: return []
        }
    }

    private func consequences(
        _ limit: Int, _ isWanted: @escaping (Record) -> Bool
    ) -> (Explainer, KeptEvent) throws -> [Explanation.Node] {
        { explainer, event in
            var found: [Explanation.Node] = []
            try explainer.journal.forEachRecord(from: event.sequence.next) { record in
                guard isWanted(record), found.count < limit else { return false }
                found.append(try explainer.node(KeptEvent(record), ""))
                return true
            }
            return found
        }
    }

    /// A signal is decided at once; for a refusal the tree shows what stopped it.
    private mutating func outcome(ofSignal event: KeptEvent) throws -> [Explanation.Node] {
        let ends: [EventType] = [.signalRejected, .intentRejected, .orderIntended, .sizeAdjusted]
        var links: [SequenceNumber] = []
        try journal.forEachRecord(from: event.sequence.next) { record in
            guard record.cause == event.cause else { return false }
            guard record.correlation == event.sequence, let type = record.type, ends.contains(type)
            else { return true }
            links.append(record.sequence)
            return type == .sizeAdjusted
        }
        return try links.map { try explain($0) }
    }

    private func outcome(
        ofOrder event: KeptEvent, _ limit: Int
    ) throws -> [Explanation.Node] {
        var found: [Explanation.Node] = []
        var filter = EventFilter([
            .orderSubmitted, .orderAccepted, .orderRejected, .orderFilled, .orderCancelled,
            .orderExpired, .cancelIntended, .replaceIntended, .orderReplaced, .intentReleased,
            .retryScheduled,
        ])
        filter.correlation = event.correlation == .none ? nil : event.correlation
        try journal.forEachRecord(from: event.sequence.next, filter: filter) { record in
            guard try Self.order(record) == event.sequence else { return true }
            found.append(try node(KeptEvent(record), ""))
            let ends = try Self.ends(record)
            return !ends && found.count < limit
        }
        return try found + faults(ofOrder: event, through: found.last?.sequence)
    }

    /// What went wrong on the way to a venue: requests without an answer, refusals.
    private func faults(
        ofOrder event: KeptEvent, through last: SequenceNumber?
    ) throws -> [Explanation.Node] {
        let intent = try event.read { "\(try OrderIntended($0).intent)" }
        var found: [Explanation.Node] = []
        try journal.forEachRecord(
            from: event.sequence.next, through: try last ?? journal.head.lastSequence,
            filter: EventFilter([.faultReported])
        ) { record in
            guard try FaultReported(record).origin.contains(intent) else { return true }
            found.append(try node(KeptEvent(record), ""))
            return true
        }
        return found
    }

    /// What the venue made of a fill afterwards.
    private func corrections(
        ofFill event: KeptEvent, _ limit: Int
    ) throws -> [Explanation.Node] {
        var found: [Explanation.Node] = []
        try journal.forEachRecord(
            from: event.sequence.next, filter: EventFilter([.fillCorrected])
        ) { record in
            guard try FillCorrected(record).fill == event.sequence.number else { return true }
            found.append(try node(KeptEvent(record), ""))
            return found.count < limit
        }
        return found
    }

    private func end(ofLatch event: KeptEvent) throws -> [Explanation.Node] {
        let latch = try event.read { try LatchEngaged($0) }
        var found: [Explanation.Node] = []
        try journal.forEachRecord(
            from: event.sequence.next, filter: EventFilter([.latchCleared])
        ) { record in
            let clear = try LatchCleared(record)
            guard clear.source == latch.source, clear.scope == latch.scope,
                clear.strategy == latch.strategy, clear.instrument == latch.instrument
            else { return true }
            found.append(try node(KeptEvent(record), ""))
            return false
        }
        return found
    }

    /// The order that an event concerns; none for other events.
    static func order(_ record: Record) throws -> OrderID {
        switch record.type {
        case .orderSubmitted: try OrderSubmitted(record).order
        case .orderAccepted: try OrderAccepted(record).order
        case .orderRejected: try OrderRejected(record).order
        case .orderFilled: try OrderFilled(record).order
        case .orderCancelled: try OrderCancelled(record).order
        case .orderExpired: try OrderExpired(record).order
        case .cancelIntended: try CancelIntended(record).order
        case .replaceIntended: try ReplaceIntended(record).order
        case .orderReplaced: try OrderReplaced(record).order
        case .intentReleased: try IntentReleased(record).order
        case .retryScheduled: try RetryScheduled(record).order
        default: .none
        }
    }

    private static func ends(_ record: Record) throws -> Bool {
        switch record.type {
        case .orderRejected, .orderCancelled, .orderExpired: true
        case .orderFilled: try OrderFilled(record).remaining.raw == 0
        default: false
        }
    }
}
