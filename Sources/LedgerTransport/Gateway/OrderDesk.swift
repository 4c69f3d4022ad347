import LedgerDomain
import LedgerEvents
import LedgerVenues

/// An order in a venue's answer.
public protocol OrderAnswer: Sendable {
    var order: VenueOrder { get }
    /// The executions first, then the resulting state.
    var reports: [GatewayReport] { get }
}

/// How every gateway sends orders, queries them and reports them.
///
/// - An order that certainly was not sent, or that the venue clearly refused, is `rejected`. A
///   separate fault gives the reason if the order itself is not at fault.
/// - If the outcome is unclear, the fault `unknownOutcome` names the client order id and nothing
///   else: the order may be at the venue. It is queried and never sent again.
/// - An answer about another order than the requested one counts as unreadable.
public struct OrderDesk<Answer: OrderAnswer>: Sendable {
    /// What distinguishes the orders of one venue from another's.
    public struct Dialect: Sendable {
        public var submit: @Sendable (OrderRequest) throws(VenueFault) -> WireRequest
        public var order: @Sendable (OrderReference) -> WireRequest
        /// The meaning of an unsuccessful answer to an order request.
        public var fault: @Sendable (WireAnswer) -> VenueFault
        /// Whether a query was refused because there is no such order.
        public var isNone: @Sendable (VenueFault) -> Bool
        public var read: @Sendable ([UInt8]) throws(JSONFault) -> Answer

        public init(
            submit: @escaping @Sendable (OrderRequest) throws(VenueFault) -> WireRequest,
            order: @escaping @Sendable (OrderReference) -> WireRequest,
            fault: @escaping @Sendable (WireAnswer) -> VenueFault,
            isNone: @escaping @Sendable (VenueFault) -> Bool,
            read: @escaping @Sendable ([UInt8]) throws(JSONFault) -> Answer
        ) {
            (self.submit, self.order, self.fault) = (submit, order, fault)
            (self.isNone, self.read) = (isNone, read)
        }
    }

    public let core: GatewayCore
    public let dialect: Dialect

    public init(core: GatewayCore, dialect: Dialect) {
        (self.core, self.dialect) = (core, dialect)
    }

    // MARK: Sending

    public func submit(_ order: OrderRequest) {
        place(
            order, { () throws(VenueFault) in try dialect.submit(order) },
            no: { reject(order, $0) }
        ) { answer in answer.reports.forEach(core.report) }
    }

    /// Sends a request that places an order: once, and only while its reports can arrive.
    ///
    /// - Parameters:
    ///   - no: called on the order loop if it was not sent or the venue refused it.
    ///   - yes: called with what the venue made of it.
    public func place(
        _ order: OrderRequest, _ request: () throws(VenueFault) -> WireRequest,
        no: @escaping @Sendable (VenueFault) -> Void,
        yes: @escaping @Sendable (Answer) -> Void
    ) {
        let wire: WireRequest
        do throws(VenueFault) {
            if let fault = refusal() { throw fault }
            wire = try request()
        } catch {
            return core.orderLoop.execute { no(error) }
        }
        core.willSend(order.clientOrder)
        core.channel.order(wire, reducesRisk: order.reducesRisk, onWrite: hook(order)) { outcome in
            guard let body = self.body(outcome, order.clientOrder, no: no) else { return }
            do throws(JSONFault) {
                yes(
                    try read(
                        body,
                        about: OrderReference(
                            clientOrder: order.clientOrder, symbol: order.symbol)))
            } catch {
                unreadable(error, order.clientOrder)
            }
        }
    }

    /// Places a replacement for what remains of a cancelled order, so that the two never fill more
    /// than was wanted.
    ///
    /// - Parameter order: its quantity is the total, including what the cancelled order filled.
    public func placeRest(of order: OrderRequest, behind cancelled: VenueOrder) {
        var rest = order
        rest.quantity = order.quantity - cancelled.filled
        place(
            rest,
            { () throws(VenueFault) in
                guard rest.quantity > .zero else {
                    throw .refused(code: "filled", "nothing is left to replace")
                }
                return try dialect.submit(rest)
            },
            no: { [rest] fault in
                reject(rest, fault)
                core.report(.order(cancelled))
            }
        ) { answer in
            var gone = cancelled
            gone.status = .replaced
            core.report(.order(gone))
            answer.reports.forEach(core.report)
        }
    }

    /// Why an order cannot be sent now; nil if it can.
    public func refusal() -> VenueFault? {
        core.isOrderStreamUp ? nil : .unreachable("order stream is down")
    }

    /// Called when the order's request is about to be written.
    public func hook(_ order: OrderRequest) -> (@Sendable (Int64) -> Void)? {
        guard let told = core.settings.onOrderWritten else { return nil }
        let id = order.clientOrder
        return { time in told(id, time) }
    }

    // MARK: Outcomes

    /// The order was not sent, or the venue refused it. A transport fault is reported first.
    public func reject(
        _ order: OrderRequest, _ fault: VenueFault, as status: VenueStatus = .rejected
    ) {
        if case .refused = fault {} else { core.failed(fault, order.clientOrder) }
        core.report(
            .order(
                VenueOrder(
                    clientOrder: order.clientOrder, symbol: order.symbol, side: order.side,
                    status: status, quantity: order.quantity, limitPrice: order.limitPrice,
                    stopPrice: order.stopPrice, reason: fault.text, deferral: fault.deferral)))
    }

    /// A cancel that was not sent, or that the venue refused.
    public func refuseCancel(_ order: OrderReference, _ fault: VenueFault) {
        if case .refused = fault {} else { core.failed(fault, order.clientOrder) }
        core.report(
            .order(
                VenueOrder(
                    clientOrder: order.clientOrder, venueOrder: order.venueOrder,
                    symbol: order.symbol, status: .cancelRefused, reason: fault.text,
                    deferral: fault.deferral)))
    }

    /// The body of a successful answer. Anything else goes to `no` as a clear refusal or is
    /// reported as an unknown outcome.
    public func body(
        _ outcome: RequestChannel.OrderOutcome, _ clientOrder: String, no: (VenueFault) -> Void
    ) -> [UInt8]? {
        switch outcome {
        case .refused(let fault): no(fault)
        case .outcome(.failed(let mayHaveArrived, let reason)):
            let fault = WireOutcome.fault(mayHaveArrived: mayHaveArrived, reason)
            if mayHaveArrived { core.failed(fault, clientOrder) } else { no(fault) }
        case .outcome(.answer(let answer)):
            if answer.isSuccess { return answer.body }
            let fault = dialect.fault(answer)
            if case .unknownOutcome = fault { core.failed(fault, clientOrder) } else { no(fault) }
        }
        return nil
    }

    public func read(_ body: [UInt8], about order: OrderReference) throws(JSONFault) -> Answer {
        let answer = try dialect.read(body)
        let isMeant =
            order.clientOrder.isEmpty
            ? answer.order.venueOrder == order.venueOrder
            : answer.order.clientOrder == order.clientOrder
        guard isMeant, answer.order.symbol == order.symbol else {
            throw JSONFault(.anotherOrder, at: 0)
        }
        return answer
    }

    /// The venue accepted, but its answer cannot be read.
    public func unreadable(_ error: JSONFault, _ clientOrder: String) {
        core.report(.fault(.malformed("\(error)"), clientOrder))
        core.report(.fault(.unknownOutcome("the answer cannot be read"), clientOrder))
    }
}
