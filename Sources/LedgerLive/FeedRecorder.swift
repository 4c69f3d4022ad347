import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerVenues

/// Records a live feed as a tape, which holds inputs only, so that any back-test can use it. It
/// also records gaps in the connection.
public struct FeedRecorder: ~Copyable {
    private let journal: LMDBJournal
    private let instruments: [Instrument]
    private let gateway: any VenueGateway
    private let queue: InputQueue
    private var clock: JournalClock
    private var batch: Batch
    private var last: Timestamp
    private var faults = FaultDigest()
    public private(set) var recorded: UInt64 = 0

    /// - Parameter journal: empty, or an existing tape to continue.
    public init(
        _ journal: LMDBJournal, named name: String, instruments: [Instrument],
        gateway: any VenueGateway, queueCapacity: Int
    ) throws {
        let head = try journal.head.lastSequence
        var clock = JournalClock()
        if let begin = gateway.beginsAt { clock.set(begin) }
        var known: [Instrument] = []
        var end = Timestamp(nanoseconds: .min)
        if head != .none {
            known = try ProjectionReader.fold(NameBook.self, of: journal).instruments
            try journal.forEachRecord(from: head, through: head) { record in
                end = record.time
                return false
            }
        }
        var opening = Batch(next: head.next)
        let envelope = Envelope(time: max(end, clock.now))
        if head == .none {
            try opening.append(
                JournalOpened(kind: .tape, name: name, build: Build.identity), envelope)
        }
        var numbered: [Instrument] = []
        for wanted in instruments {
            var instrument = wanted
            if let known = known.first(where: { $0.symbol == wanted.symbol }) {
                instrument.id = known.id
                guard instrument == known else {
                    throw InputError("\(wanted.symbol) has a different definition in \(name)")
                }
                numbered.append(known)
                continue
            }
            instrument.id = InstrumentID(UInt32(known.count + numbered.count + 1))
            numbered.append(instrument)
            try opening.append(InstrumentDefined(instrument), envelope)
        }
        (self.journal, self.gateway, self.instruments) = (journal, gateway, numbered)
        (self.clock, last) = (clock, envelope.time)
        queue = InputQueue(capacity: queueCapacity)
        batch = opening
    }

    /// Records until it is stopped or the feed ends.
    public mutating func run(shouldStop: () -> Bool) throws {
        let lease = try journal.acquireLease(holder: "feed record")
        let queue = self.queue
        let sink = ReportSink(
            receive: { queue.push($0, receivedAt: $1) }, flush: { queue.wake() })
        gateway.start(symbols: instruments.map(\.symbol), to: sink)
        defer {
            gateway.stop()
            queue.close()
        }
        queue.awaitTurn(until: 0)
        while !shouldStop() {
            queue.awaitMore(until: MachineTime.steady + 100_000_000)
            for item in queue.taken { try record(item.report) }
            for fault in faults.due(at: MachineTime.steady) { try append(fault, at: clock.now) }
            try commit()
        }
        queue.awaitMore(until: 0)
        for item in queue.taken { try record(item.report) }
        try commit()
        try journal.flush()
        try journal.release(lease)
    }

    private mutating func commit() throws {
        guard batch.eventCount > 0 else { return }
        try journal.append(&batch)
        batch.removeAll(next: batch.nextSequence)
    }

    private mutating func record(_ report: GatewayReport) throws {
        switch report {
        case .recordedAt(let time): clock.set(time)
        case .quote, .trade, .bar: try takeMarket(report)
        case .link(let link, let isUp, let reason):
            guard link == .marketData || link == .coinData else { return }
            try append(
                LinkChanged(link, isUp: isUp, venue: gateway.name, reason: reason), at: clock.now)
        case .clock:
            if let skew = report.clockSkew(gateway.name) { try append(skew, at: clock.now) }
        case .fault(let fault, let context):
            let event = faults.count(
                fault, "\(gateway.name) \(context)",
                isOfSocket: GatewayStream.names.contains(context), at: MachineTime.steady)
            if let event { try append(event, at: clock.now) }
        case .order, .fill, .correction, .account, .activities: return
        }
    }

    private mutating func takeMarket(_ report: GatewayReport) throws {
        switch report.market({ number($0) }) {
        case .quote(let quote, let time): try append(quote, at: time)
        case .trade(let trade, let time): try append(trade, at: time)
        case .bar(let bar, let time): try append(bar, at: time)
        default: return
        }
    }

    private func number(_ symbol: String) -> InstrumentID? {
        instruments.first { $0.symbol == symbol }?.id
    }

    /// Uses the venue's time, never earlier than the last. Skips what a record cannot hold.
    private mutating func append(_ event: some Event, at time: Timestamp) throws {
        let now = clock.now
        let (distance, overflow) = time.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        let isNear = !overflow && distance.magnitude <= 10_000_000_000
        last = max(last, isNear ? time : now)
        guard (try? batch.append(event, Envelope(time: last, recordTime: now))) != nil else {
            return
        }
        recorded += 1
        if batch.byteCount > 1 << 18 { try commit() }
    }
}
