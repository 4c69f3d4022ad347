import LedgerDomain
import LedgerEvents
import LedgerVenues

/// What a gateway says of an order that it was to send, the same for every venue.
///
/// - An order that certainly did not leave, or that the venue clearly refused, is `rejected`; a fault
///   beside it says why where the order is not at fault.
/// - What is neither a yes nor a no is a fault `unknownOutcome` about the client order id and nothing else:
///   the order may be there. It is asked for, and never sent again.
struct OrderDesk: Sendable {
    let core: GatewayCore

    /// What is wrong with sending it now; nil where nothing is.
    func refusal() -> VenueFault? {
        core.isOrderStreamUp ? nil : .unreachable("order stream is down")
    }

    /// Told when the order's request is about to be written.
    func hook(_ order: OrderRequest) -> (@Sendable (Int64) -> Void)? {
        guard let told = core.settings.onOrderWritten else { return nil }
        let id = order.clientOrder
        return { time in told(id, time) }
    }

    /// The order did not leave, or the venue refused it. For a fault of the way, the fault goes before.
    func reject(
        _ order: OrderRequest, _ fault: VenueFault, as status: VenueStatus = .rejected
    ) {
        if case .refused = fault {} else { core.failed(fault, order.clientOrder) }
        core.report(
            .order(
                VenueOrder(
                    clientOrder: order.clientOrder, symbol: order.symbol, side: order.side,
                    status: status, quantity: order.quantity, limitPrice: order.limitPrice,
                    stopPrice: order.stopPrice, reason: Self.reason(fault))))
    }

    /// A cancel that did not leave, or that the venue refused.
    func refuseCancel(_ order: OrderReference, _ fault: VenueFault) {
        if case .refused = fault {} else { core.failed(fault, order.clientOrder) }
        core.report(
            .order(
                VenueOrder(
                    clientOrder: order.clientOrder, venueOrder: order.venueOrder,
                    symbol: order.symbol, status: .cancelRefused, reason: Self.reason(fault))))
    }

    /// The body of an answer of success; anything else is given to `no` as a clear refusal, or reported as
    /// an unknown outcome.
    func body(
        _ outcome: RequestChannel.OrderOutcome, _ clientOrder: String,
        fault: (WireAnswer) -> VenueFault, no: (VenueFault) -> Void
    ) -> [UInt8]? {
        switch outcome {
        case .refused(let fault): no(fault)
        case .outcome(.failed(let mayHaveArrived, let reason)):
            let fault = WireOutcome.fault(mayHaveArrived: mayHaveArrived, reason)
            if mayHaveArrived { core.failed(fault, clientOrder) } else { no(fault) }
        case .outcome(.answer(let answer)):
            if answer.isSuccess { return answer.body }
            let fault = fault(answer)
            if case .unknownOutcome = fault { core.failed(fault, clientOrder) } else { no(fault) }
        }
        return nil
    }

    /// The venue said yes in words that cannot be read.
    func unreadable(_ error: JSONFault, _ clientOrder: String) {
        core.report(.fault(.malformed("\(error)"), clientOrder))
        core.report(.fault(.unknownOutcome("the answer cannot be read"), clientOrder))
    }

    /// Asks until the venue knows the order, or none can arrive any more.
    ///
    /// - Parameters:
    ///   - ask: one question; given back are the reports of the order, nothing where the venue has none,
    ///     or the fault.
    func settle(
        _ order: OrderReference, isWaiting: Bool = false,
        _ ask:
            @escaping @Sendable (
                @escaping @Sendable (Result<[GatewayReport], VenueFault>) -> Void
            ) -> Void
    ) {
        // An answer is about the moment at which the question left.
        let asked = MachineTime.steady
        ask { result in
            switch result {
            case .failure(let fault):
                if isWaiting { core.endWait(order.clientOrder) }
                core.failed(fault, order.clientOrder)
            case .success(let reports) where !reports.isEmpty:
                if isWaiting { core.endWait(order.clientOrder) }
                reports.forEach(core.report)
            case .success:
                let left = core.arrivalDeadline(order.clientOrder) - asked
                guard left > 0 else {
                    if isWaiting { core.endWait(order.clientOrder) }
                    core.report(
                        .order(
                            VenueOrder(
                                clientOrder: order.clientOrder, venueOrder: order.venueOrder,
                                symbol: order.symbol, status: .unknown,
                                reason: "the venue has no such order")))
                    return
                }
                // One that waits already will ask for both.
                guard isWaiting || core.beginWait(order.clientOrder) else { return }
                let wait = min(left + 1_000_000, max(left / 4, 200_000_000))
                core.orderLoop.scheduleTask(in: .nanoseconds(wait)) {
                    settle(order, isWaiting: true, ask)
                }
            }
        }
    }

    static func reason(_ fault: VenueFault) -> String {
        switch fault {
        case .refused(_, let text), .authentication(let text), .rateLimited(_, let text),
            .timestamp(let text), .unknownOutcome(let text), .unreachable(let text),
            .closed(let text), .malformed(let text):
            text
        }
    }
}
