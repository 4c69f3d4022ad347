import Dispatch
import LedgerDomain
import LedgerEvents
import LedgerImport
import LedgerTransport
import LedgerVenues
import Synchronization

/// A recorded web socket as a gateway: lines of `nanoseconds json`, with the receiver's clock and
/// the message. It provides market data at the recorded times, as fast as they are consumed, and
/// measures how far that clock was from the venue's. It ignores orders.
public final class RecordedGateway: VenueGateway {
    public let name: String
    public let countsFillsByReplacement = true
    public let isOrderStreamUp = false

    private let path: String
    private let reader: VenueDescriptor.MessageReader
    private let refresh: Nanoseconds
    private let isOver = Atomic<Bool>(false)
    private let isStopped = Atomic<Bool>(false)

    public let beginsAt: Timestamp?

    /// - Parameters:
    ///   - venue: the venue of the recorded stream.
    ///   - reader: reads one of its messages.
    ///   - refresh: how often to report the clock difference, in the recording's time.
    /// - Throws: `ImportError` for an unreadable file, `OverlongLine`.
    public init(
        path: String, of venue: VenueDescriptor, reader: @escaping VenueDescriptor.MessageReader,
        refresh: Nanoseconds
    ) throws {
        (name, self.reader) = (venue.name, reader)
        (self.path, self.refresh) = (path, refresh)
        var lines = SourceLines(try ByteSource(path: path))
        var first: Timestamp?
        while first == nil, let line = try lines.next() { first = RecordedLine(line)?.received }
        beginsAt = first
    }

    public var hasEnded: Bool { isOver.load(ordering: .acquiring) }

    public func start(symbols: [String], to sink: ReportSink) {
        DispatchQueue.global().async { [self] in
            do { try read(sink) } catch {
                sink.receive(
                    .fault(.malformed("\(path): \(error)"), "recording"), MachineTime.steady)
            }
            isOver.store(true, ordering: .releasing)
            sink.flush()
        }
    }

    public func stop() { isStopped.store(true, ordering: .releasing) }

    private func read(_ sink: ReportSink) throws {
        var lines = SourceLines(try ByteSource(path: path))
        var drift = RecordedDrift(refresh: refresh)
        var reports: [GatewayReport] = []
        while !isStopped.load(ordering: .acquiring), let line = try lines.next() {
            defer { sink.flush() }
            let readAt = MachineTime.steady
            guard let recorded = RecordedLine(line) else {
                let fault = VenueFault.malformed("line \(lines.count): no time")
                sink.receive(.fault(fault, "recording"), readAt)
                continue
            }
            reports.removeAll(keepingCapacity: true)
            do throws(JSONFault) {
                try reader(recorded.message, recorded.received, &reports)
            } catch {
                let fault = VenueFault.malformed("line \(lines.count): \(error)")
                sink.receive(.fault(fault, "recording"), readAt)
                continue
            }
            sink.receive(.recordedAt(recorded.received), readAt)
            for report in reports { sink.receive(report, readAt) }
            if let offset = drift.measure(reports, at: recorded.received) {
                sink.receive(.clock(offset: offset, roundTrip: Nanoseconds(0)), readAt)
            }
        }
    }

    public func submit(_ order: OrderRequest) {}
    public func cancel(_ order: OrderReference) {}
    public func replace(_ old: OrderReference, with order: OrderRequest) {}
    public func query(_ order: OrderReference) {}
    public func queryFills(_ order: OrderReference) {}
    public func queryFills(since: Timestamp, symbols: [String]) {}
    public func queryAccount(symbols: [String]) {}
}

/// How far a receiver's clock was from the venue's, estimated from trade times. No message arrives
/// before it was sent, so the largest value of venue minus receiver is the offset minus the fastest
/// transmission, and never too large.
struct RecordedDrift {
    private let refresh: Nanoseconds
    private var largest: Int64?
    private var count = 0
    private var reportedAt: Timestamp?

    /// Fewer samples mean nothing, because each is delayed by its own transmission.
    private static let enough = 20

    init(refresh: Nanoseconds) { self.refresh = refresh }

    mutating func measure(_ reports: [GatewayReport], at received: Timestamp) -> Nanoseconds? {
        for case .trade(_, _, _, _, _, let time) in reports {
            let (offset, overflow) = time.nanoseconds.subtractingReportingOverflow(
                received.nanoseconds)
            guard !overflow else { continue }
            largest = max(largest ?? offset, offset)
            count += 1
        }
        guard count >= Self.enough, let offset = largest else { return nil }
        if let last = reportedAt, received.nanoseconds(since: last) < refresh.count {
            return nil
        }
        (reportedAt, largest, count) = (received, nil, 0)
        return Nanoseconds(offset)
    }
}
