import LedgerDomain
import LedgerVenues
import NIOCore

/// The single path by which a gateway's requests leave: within the venue's budget, orders at most
/// once, queries again after temporary failures.
///
/// While the venue refuses the key (K15), entries and queries stay here. Cancels and orders that reduce risk
/// still leave, as the gate says. A harmless query tries the key at a growing interval; the first answer to
/// a request with the key ends the refusal.
///
/// Orders leave from the caller's thread, in the order of the calls; those that wait for the budget
/// leave after those that reduce risk. Completions run on the event loop.
// Sendable unchecked: state used by both sides is under the lock; the rest belongs to the loop.
public final class RequestChannel: @unchecked Sendable {
    /// The outcome of an order request.
    public enum OrderOutcome: Sendable {
        /// It was not sent.
        case refused(VenueFault)
        case outcome(WireOutcome)
    }

    private struct WaitingOrder {
        public var request: WireRequest
        public var reducesRisk: Bool
        public var onWrite: (@Sendable (Int64) -> Void)?
        public var deadline: Int64
        public var completion: @Sendable (OrderOutcome) -> Void
    }

    private let client: HTTPClient
    private let loop: any EventLoop
    private let settings: GatewaySettings
    private let dialect: RequestDialect
    private let clock: VenueClock
    private let lock = GatewayLock()
    // Under the lock.
    private var budget: RequestBudget
    private var refusedKey: VenueFault?
    /// What waits for the key to be accepted.
    private var held: [@Sendable () -> Void] = []
    private var orders: [WaitingOrder] = []
    private var isStopped = false
    private var counted = RequestCount()
    // Used only on the loop.
    private var backoff: Backoff
    /// Called at once when the venue rejects a time stamp, so that the next attempt uses another.
    public var timestampRefused: (@Sendable () -> Void)?
    /// Called when the venue begins to refuse the key, with its words, and with nil when it accepts it again.
    public var keyChanged: (@Sendable (VenueFault?) -> Void)?
    private var probes: Backoff

    public init(
        _ client: HTTPClient, _ loop: any EventLoop, _ settings: GatewaySettings,
        _ dialect: RequestDialect, _ clock: VenueClock
    ) {
        (self.client, self.loop) = (client, loop)
        (self.settings, self.dialect, self.clock) = (settings, dialect, clock)
        budget = RequestBudget(settings.budget, now: MachineTime.steady)
        backoff = Backoff(settings.backoff, seed: settings.seed ^ 0x5eed)
        probes = Backoff(settings.backoff, seed: settings.seed ^ 0x9407)
    }

    public func stop() { lock.hold { isStopped = true } }

    public var requests: RequestCount { lock.hold { counted } }

    // MARK: Orders

    public func order(
        _ request: WireRequest, reducesRisk: Bool = false,
        onWrite: (@Sendable (Int64) -> Void)? = nil,
        _ completion: @escaping @Sendable (OrderOutcome) -> Void
    ) {
        let now = MachineTime.steady
        let refusal: VenueFault? = lock.hold {
            if let refusedKey, !reducesRisk { return refusedKey }
            if isStopped { return .unreachable("the gateway has stopped") }
            let verdict: RequestBudget.Verdict =
                orders.allSatisfy { reducesRisk && !$0.reducesRisk }
                ? budget.spend(
                    request.weight, isOrder: true, reducesRisk: reducesRisk, now: now)
                : .wait(.zero)
            guard case .wait(let span) = verdict else {
                send(request, onWrite, completion)
                return nil
            }
            guard span <= settings.orderWait, orders.count < settings.orderQueue else {
                return .rateLimited(retryAfter: span, "the request budget is used up")
            }
            let place =
                reducesRisk
                ? orders.firstIndex { !$0.reducesRisk } ?? orders.count : orders.count
            orders.insert(
                WaitingOrder(
                    request: request, reducesRisk: reducesRisk, onWrite: onWrite,
                    deadline: now + settings.orderWait.count, completion: completion), at: place)
            if place == 0 { drain(after: span) }
            return nil
        }
        if let refusal { loop.execute { completion(.refused(refusal)) } }
    }

    private func drain(after span: Nanoseconds) {
        loop.scheduleTask(in: .nanoseconds(span.count)) { [self] in
            var late: [WaitingOrder] = []
            lock.hold {
                let now = MachineTime.steady
                while let first = orders.first {
                    if now > first.deadline || isStopped
                        || refusedKey != nil && !first.reducesRisk
                    {
                        late.append(orders.removeFirst())
                        continue
                    }
                    let verdict = budget.spend(
                        first.request.weight, isOrder: true, reducesRisk: first.reducesRisk,
                        now: now)
                    switch verdict {
                    case .go:
                        orders.removeFirst()
                        send(first.request, first.onWrite, first.completion)
                    case .wait(let more):
                        drain(after: min(more, Nanoseconds(max(first.deadline - now, 0) + 1)))
                        return
                    }
                }
            }
            for order in late {
                order.completion(
                    .refused(.rateLimited(retryAfter: .zero, "the request budget is used up")))
            }
        }
    }

    private func send(
        _ request: WireRequest, _ onWrite: (@Sendable (Int64) -> Void)?,
        _ completion: @escaping @Sendable (OrderOutcome) -> Void
    ) {
        var http = self.http(request)
        http.isOnce = true
        http.onWrite = onWrite
        client.send(http) { [self] result in
            loop.execute { [self] in
                note(result.outcome, of: request)
                completion(.outcome(result.outcome))
            }
        }
    }

    // MARK: Questions

    /// Asks until there is an answer other than a temporary failure, or no attempts remain.
    ///
    /// - Parameter retries: attempts after the first; `settings.retries` by default.
    public func ask(
        _ request: WireRequest, retries: Int? = nil,
        _ completion: @escaping @Sendable (Result<HTTPResult, VenueFault>) -> Void
    ) {
        loop.execute { [self] in
            attempt(request, left: retries ?? settings.retries, completion)
        }
    }

    private func attempt(
        _ request: WireRequest, left: Int,
        _ completion: @escaping @Sendable (Result<HTTPResult, VenueFault>) -> Void
    ) {
        let verdict: Result<RequestBudget.Verdict, VenueFault> = lock.hold {
            if let refusedKey, request.security != .none { return .failure(refusedKey) }
            if isStopped { return .failure(.unreachable("the gateway has stopped")) }
            return .success(
                budget.spend(request.weight, isOrder: false, now: MachineTime.steady))
        }
        switch verdict {
        case .failure(let fault): completion(.failure(fault))
        case .success(.wait(let span)):
            loop.scheduleTask(in: .nanoseconds(span.count)) { [self] in
                attempt(request, left: left, completion)
            }
        case .success(.go):
            client.send(http(request)) { [self] result in
                loop.execute { [self] in answered(request, left: left, result, completion) }
            }
        }
    }

    private func answered(
        _ request: WireRequest, left: Int, _ result: HTTPResult,
        _ completion: @escaping @Sendable (Result<HTTPResult, VenueFault>) -> Void
    ) {
        guard let fault = note(result.outcome, of: request) else {
            backoff.reset()
            return completion(.success(result))
        }
        guard let wait = backoff.wait(after: fault, left: left) else {
            return completion(.failure(fault))
        }
        loop.scheduleTask(in: .nanoseconds(wait.count)) { [self] in
            attempt(request, left: left - 1, completion)
        }
    }

    /// Signed with the venue's time at the moment of sending.
    private func http(_ request: WireRequest) -> HTTPRequest {
        dialect.http(request, to: settings.address(of: request), now: clock.now)
    }

    // MARK: Answers

    /// Learns the venue's request counts from an answer, and what a failure forbids.
    @discardableResult
    private func note(_ outcome: WireOutcome, of request: WireRequest) -> VenueFault? {
        let fault = learn(outcome, of: request)
        lock.hold { counted.add(fault) }
        return fault
    }

    private func learn(_ outcome: WireOutcome, of request: WireRequest) -> VenueFault? {
        let isOrder = request.isOrder
        guard case .answer(let answer) = outcome else {
            guard case .failed(let mayHaveArrived, let reason) = outcome else { return nil }
            // A query that was lost on its way may be repeated.
            return isOrder
                ? WireOutcome.fault(mayHaveArrived: mayHaveArrived, reason) : .unreachable(reason)
        }
        let fault = answer.isSuccess ? nil : dialect.fault(answer, isOrder)
        if case .timestamp? = fault { timestampRefused?() }
        lock.hold {
            let now = MachineTime.steady
            budget.observe(used: answer.usedWeight, remaining: answer.remaining, now: now)
            switch fault {
            case .rateLimited(let after, _)?:
                budget.pause(after > .zero ? after : settings.backoff.base, now: now)
            default: break
            }
        }
        switch fault {
        case .authentication? where request.isOptional: break
        case .authentication?: if let fault { refuseKey(fault) }
        case nil: if request.security != .none { endRefusal(isProven: true) }
        default: break
        }
        return fault
    }

    // MARK: The key

    /// The venue refused the key, in an answer or over a stream. Runs on the loop.
    public func refuseKey(_ fault: VenueFault) {
        let isNew = lock.hold {
            defer { refusedKey = fault }
            return refusedKey == nil
        }
        guard isNew else { return }
        probes.reset()
        keyChanged?(fault)
        probeLater()
    }

    /// Forgets that the key was refused; the next answer says whether it still is.
    public func tryKeyAgain() { loop.execute { [self] in endRefusal(isProven: false) } }

    /// Calls a closure once the venue does not refuse the key. Runs on the loop.
    public func whenKeyIsAccepted(_ then: @escaping @Sendable () -> Void) {
        let isFree = lock.hold {
            if refusedKey != nil { held.append(then) }
            return refusedKey == nil
        }
        if isFree { then() }
    }

    private func endRefusal(isProven: Bool) {
        let waiting: [@Sendable () -> Void]? = lock.hold {
            guard refusedKey != nil else { return nil }
            defer { (refusedKey, held) = (nil, []) }
            return held
        }
        guard let waiting else { return }
        if isProven { keyChanged?(nil) }
        for then in waiting { then() }
    }

    private func probeLater() {
        loop.scheduleTask(in: .nanoseconds(probes.next().count)) { [self] in
            guard lock.hold({ refusedKey != nil && !isStopped }) else { return }
            guard lock.hold({ budget.pauseLeft(now: MachineTime.steady) }) == .zero else {
                return probeLater()
            }
            client.send(http(dialect.probe)) { [self] result in
                loop.execute { [self] in
                    note(result.outcome, of: dialect.probe)
                    if lock.hold({ refusedKey != nil && !isStopped }) { probeLater() }
                }
            }
        }
    }

    // MARK: Pauses

    /// Pauses requests because a stream reported a limit or a ban.
    public func pause(_ span: Nanoseconds) {
        lock.hold {
            budget.pause(
                span > .zero ? span : settings.backoff.base, now: MachineTime.steady)
        }
    }

    /// Calls a closure once the venue takes requests again. Runs on the loop.
    public func afterPause(_ then: @escaping @Sendable () -> Void) {
        let left = lock.hold { budget.pauseLeft(now: MachineTime.steady) }
        guard left > .zero else { return then() }
        loop.scheduleTask(in: .nanoseconds(left.count)) { [self] in afterPause(then) }
    }
}
