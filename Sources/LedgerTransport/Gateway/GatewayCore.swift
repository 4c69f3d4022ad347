import LedgerDomain
import LedgerEvents
import LedgerVenues
import NIOCore
import NIOPosix

/// The common parts of every gateway: threads, requests, the venue's clock, known orders, and the
/// single path by which reports leave.
///
/// Order reports and answers come from one thread, in the order received; market data come from
/// another.
// Sendable unchecked: state shared by threads is under the lock; the rest belongs to the order
// loop.
public final class GatewayCore: @unchecked Sendable {
    /// What reports have said about an order.
    public struct KnownOrder: Hashable, Sendable {
        public var venueOrder: String
        public var filled: Quantity

        public init(venueOrder: String, filled: Quantity) {
            (self.venueOrder, self.filled) = (venueOrder, filled)
        }
    }

    public let name: String
    public let settings: GatewaySettings
    public let clock: VenueClock
    public let orderLoop: any EventLoop
    public let marketLoop: any EventLoop
    public let channel: RequestChannel
    private let group: MultiThreadedEventLoopGroup
    private let client: HTTPClient
    private let dialect: RequestDialect
    private let redaction: Redaction
    private let startedAt = MachineTime.steady
    let lock = GatewayLock()
    // Under the lock.
    private var sink: ReportSink?
    private var flushes: (orders: Bool, market: Bool) = (false, false)
    private var isUp = false
    private var sentAt: [String: Int64] = [:]
    private var orders = OrderMemory()
    // Used only on the order loop.
    private var questions: [(@escaping @Sendable () -> Void) -> Void] = []
    private var isAsking = false
    private var isMeasuring = false
    private var isStopped = false
    private var requestsUp: Bool?
    /// Orders without any report whose last possible arrival is awaited.
    private var awaited: Set<String> = []
    private var clockTask: RepeatedTask?

    public init(_ name: String, _ settings: GatewaySettings, _ dialect: RequestDialect) {
        (self.name, self.settings) = (name, settings)
        redaction = Redaction(settings.keys)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        (orderLoop, marketLoop) = (group.next(), group.next())
        client = HTTPClient(settings.http)
        let clock = VenueClock(settings.clock)
        self.clock = clock
        self.dialect = dialect
        channel = RequestChannel(client, orderLoop, settings, dialect, clock)
        channel.timestampRefused = { [weak self] in
            self?.clock.invalidate()
            self?.measureClock()
        }
        channel.keyChanged = { [weak self] fault in
            self?.report(
                .link(.key, isUp: fault == nil, fault?.text ?? "the venue accepts the key"))
        }
    }

    // MARK: Life

    public func start(_ sink: ReportSink) {
        lock.hold { self.sink = sink }
        orderLoop.execute { [self] in
            measureClock()
            let refresh = TimeAmount.nanoseconds(settings.clock.refresh.count)
            clockTask = orderLoop.scheduleRepeatedTask(initialDelay: refresh, delay: refresh) {
                [self] _ in measureClock()
            }
        }
    }

    /// Nothing is reported afterwards. Do not call it from a sink.
    public func stop() {
        lock.hold { (sink, isUp) = (nil, false) }
        channel.stop()
        orderLoop.execute { [self] in
            isStopped = true
            clockTask?.cancel()
            questions = []
        }
        client.stop()
        // A pending name lookup still answers to its loop.
        orderLoop.scheduleTask(in: .seconds(5)) { [group] in group.shutdownGracefully { _ in } }
    }

    // MARK: Reports

    /// Whether the stream of order reports is up.
    public var isOrderStreamUp: Bool {
        get { lock.hold { isUp } }
        set { lock.hold { isUp = newValue } }
    }

    public func report(_ report: GatewayReport) { self.report(report, readAt: MachineTime.steady) }

    /// - Parameter readAt: when its bytes were read, on the steady clock.
    public func report(_ report: GatewayReport, readAt: Int64) {
        let report = redaction.applied(to: report)
        let sink = lock.hold {
            switch report {
            case .order(let order): orders.learn(order)
            case .fill(let fill): orders.learn(fill)
            default: break
            }
            return self.sink
        }
        sink?.receive(report, readAt)
        flush(\.orders, on: orderLoop)
    }

    /// From the market loop. Market data teach nothing about orders and cannot contain a secret.
    ///
    /// - Parameter readAt: when its bytes were read, on the steady clock.
    public func reportMarket(_ reports: [GatewayReport], readAt: Int64) {
        guard let sink = lock.hold({ self.sink }) else { return }
        for report in reports { sink.receive(report, readAt) }
        flush(\.market, on: marketLoop)
    }

    /// Acts on reports that arrived together, once the loop has read them all.
    private func flush(
        _ kind: WritableKeyPath<(orders: Bool, market: Bool), Bool> & Sendable,
        on loop: any EventLoop
    ) {
        lock.hold {
            // After `stop` the loop accepts nothing more.
            guard sink != nil, !flushes[keyPath: kind] else { return }
            flushes[keyPath: kind] = true
            loop.execute { [self] in
                let sink = lock.hold {
                    flushes[keyPath: kind] = false
                    return self.sink
                }
                sink?.flush()
            }
        }
    }

    // MARK: Orders

    /// From now on the order may be on its way.
    public func willSend(_ clientOrder: String) {
        lock.hold {
            // Old orders are no longer asked about.
            if sentAt.count >= 4096 {
                let limit = MachineTime.steady - 2 * arrivalSpan
                sentAt = sentAt.filter { $0.value > limit }
            }
            sentAt[clientOrder] = MachineTime.steady
        }
    }

    public func known(_ clientOrder: String) -> KnownOrder? {
        lock.hold { orders.known(clientOrder) }
    }
    public func clientOrder(of venueOrder: String) -> String? {
        lock.hold { orders.clientOrder(of: venueOrder) }
    }
    public func learn(_ order: VenueOrder) { lock.hold { orders.learn(order) } }

    /// Nanoseconds after which a sent order is either at the venue or lost: the second by which a
    /// time stamp may be ahead, the window in which the venue accepts a request, and the venue's
    /// own time limit for it.
    private var arrivalSpan: Int64 {
        1_000_000_000 + settings.receiveWindow * 1_000_000 + settings.processingLimit.count
    }

    /// The time from which "no such order" is certain. An order that this process did not send may
    /// have been sent just before it started.
    public func arrivalDeadline(_ clientOrder: String) -> Int64 {
        lock.hold { (sentAt[clientOrder] ?? startedAt) + arrivalSpan }
    }

    /// - Returns: whether nobody waits for it yet. Runs on the order loop.
    public func beginWait(_ clientOrder: String) -> Bool { awaited.insert(clientOrder).inserted }
    public func endWait(_ clientOrder: String) { awaited.remove(clientOrder) }

    // MARK: Questions

    /// Queries are answered one after another, in the order in which they were asked.
    public func enqueue(_ question: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        orderLoop.execute { [self] in
            guard !isStopped else { return }
            questions.append(question)
            askNext()
        }
    }

    private func askNext() {
        guard !isAsking, !questions.isEmpty else { return }
        isAsking = true
        let question = questions.removeFirst()
        question { [self] in
            orderLoop.execute { [self] in
                isAsking = false
                askNext()
            }
        }
    }

    /// Sends a query, reads its answer and reports a failure.
    ///
    /// - Parameters:
    ///   - context: what the fault concerns: a client order id or the path of the request.
    ///   - then: receives nil after a failure.
    public func ask<T: Sendable>(
        _ request: WireRequest, about context: String? = nil,
        _ read: @escaping @Sendable ([UInt8]) throws(JSONFault) -> T,
        _ then: @escaping @Sendable (T?) -> Void
    ) {
        channel.ask(request) { [self] result in
            switch result {
            case .failure(let fault):
                failed(fault, context ?? request.path)
                then(nil)
            case .success(let result):
                guard case .answer(let answer) = result.outcome else { return then(nil) }
                noteRequests(true, "")
                do {
                    then(try read(answer.body))
                } catch {
                    report(.fault(.malformed("\(error)"), context ?? request.path))
                    then(nil)
                }
            }
        }
    }

    /// Reports a fault and takes the action that it requires.
    public func failed(_ fault: VenueFault, _ context: String) {
        report(.fault(fault, context))
        switch fault {
        case .authentication(let text):
            noteRequests(false, text)
            channel.refuseKey(fault)
        case .unreachable(let text): noteRequests(false, text)
        default: break
        }
    }

    private func noteRequests(_ isUp: Bool, _ reason: String) {
        guard requestsUp != isUp else { return }
        requestsUp = isUp
        report(.link(.requests, isUp: isUp, reason))
    }

    // MARK: Clock

    /// Asks several times in a row and reports the median (N02).
    private func measureClock() {
        guard !isMeasuring, !isStopped else { return }
        isMeasuring = true
        sample([])
    }

    private func sample(_ samples: [ClockSample]) {
        guard samples.count < settings.clock.attempts else { return finishClock(samples) }
        channel.ask(dialect.clock, retries: 0) { [self] result in
            switch result {
            case .failure(let fault):
                report(.fault(fault, dialect.clock.path))
                if case .unreachable(let reason) = fault { noteRequests(false, reason) }
                finishClock(samples)
            case .success(let result):
                let local = MachineTime.now
                noteRequests(true, "")
                guard case .answer(let answer) = result.outcome else { return finishClock(samples) }
                do {
                    let server = try dialect.readClock(answer.body)
                    let trip = Nanoseconds(max(result.endedAt - result.writtenAt, 0))
                    // The completion came slightly after the answer.
                    let late = Nanoseconds(result.endedAt - MachineTime.steady)
                    let new = ClockSample(
                        server: server, roundTrip: trip, local: local.advanced(by: late))
                    sample(samples + [new])
                } catch {
                    report(.fault(.malformed("\(error)"), dialect.clock.path))
                    finishClock(samples)
                }
            }
        }
    }

    private func finishClock(_ samples: [ClockSample]) {
        isMeasuring = false
        guard let reading = clock.add(samples) else { return }
        report(.clock(offset: reading.measured, roundTrip: reading.roundTrip))
    }
}
