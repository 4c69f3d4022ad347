import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import NIOCore

/// Replacements at Alpaca. A replacement is an order of its own with its own quantity. If it got
/// the total quantity of the old order, it would fill what the old order has already filled once
/// more. Therefore `PATCH` is used only for an order without fills; one that has begun to fill is
/// cancelled, and the remainder is placed as a new order.
///
/// A successful `PATCH` only means that the replacement is on its way: until the old order is
/// `replaced`, the new one may be rejected and the old one continue. A fill may also overtake it,
/// against which Alpaca offers no condition; the new order is then too large and is cancelled.
extension AlpacaGateway {
    private static let pause = TimeAmount.milliseconds(100)

    public func replace(_ old: OrderReference, with order: OrderRequest) {
        desk.beginReplacing(old, with: order) { [self] known in
            // The quantity of a fractional share cannot be changed.
            known.filled == .zero && AlpacaRequests.isWhole(order)
                ? patch(known.venueOrder, with: order)
                : replaceInSteps(old, known.venueOrder, with: order)
        }
    }

    private func patch(_ id: String, with order: OrderRequest) {
        desk.place(
            order, { () throws(VenueFault) in try AlpacaRequests.replace(id, with: order) },
            no: { [desk] in desk.reject(order, $0, as: .replaceRefused) }
        ) { [self] found in decide(found) }
    }

    // MARK: In steps

    private func replaceInSteps(
        _ old: OrderReference, _ id: String, with order: OrderRequest
    ) {
        core.channel.order(AlpacaRequests.cancel(id), reducesRisk: true) { [self] outcome in
            let body = desk.body(
                outcome, order.clientOrder, no: { desk.reject(order, $0, as: .replaceRefused) })
            guard body != nil else { return }
            placeOnceEnded(
                OrderReference(clientOrder: "", venueOrder: id, symbol: old.symbol), order,
                deadline: MachineTime.steady + core.settings.processingLimit.count)
        }
    }

    /// The answer to a cancel has no body: the order itself says when it ended and how much it
    /// filled.
    private func placeOnceEnded(
        _ old: OrderReference, _ order: OrderRequest, deadline: Int64
    ) {
        desk.find(old) { [self] found in
            switch found {
            case .success(let found?) where found.order.status.isEnd:
                desk.placeRest(of: order, behind: found.order)
            case .success where MachineTime.steady < deadline:
                core.orderLoop.scheduleTask(in: Self.pause) { [self] in
                    placeOnceEnded(old, order, deadline: deadline)
                }
            case .failure(let fault): desk.reject(order, fault, as: .replaceRefused)
            case .success:
                desk.reject(
                    order, .refused(code: "cancel", "the cancel was not done in time"),
                    as: .replaceRefused)
            }
        }
    }

    // MARK: Decided or not

    /// Reports a replacement once its outcome is known.
    func decide(_ order: AlpacaOrder) {
        core.learn(order.order)
        decide(order) { [core] result in
            switch result {
            case .success(let reports): reports.forEach(core.report)
            case .failure(let fault): core.failed(fault, order.order.clientOrder)
            }
        }
    }

    /// - Parameter then: receives the reports of the order, or why there are none. An unknown
    ///   outcome is queried later, as always.
    func decide(
        _ order: AlpacaOrder, until deadline: Int64? = nil,
        _ then: @escaping @Sendable (Result<[GatewayReport], VenueFault>) -> Void
    ) {
        let isWorking = !order.order.status.isEnd && order.order.status != .replaced
        guard order.isUndecided || (!order.replaces.isEmpty && isWorking) else {
            return then(.success([.order(order.order)]))
        }
        let old = OrderReference(
            clientOrder: "", venueOrder: order.replaces, symbol: order.order.symbol)
        let deadline = deadline ?? MachineTime.steady + core.settings.processingLimit.count
        desk.find(old) { [self] found in
            switch found {
            case .failure(let fault): then(.failure(fault))
            case .success(let found?) where found.order.status == .replaced:
                if found.order.filled > .zero { takeBack(order) }
                then(.success([.order(order.order)]))
            case .success where order.order.status == .rejected:
                var refused = order.order
                refused.status = .replaceRefused
                then(.success([.order(refused)]))
            case .success where order.order.status != .pending:
                then(.success([.order(order.order)]))
            case .success where MachineTime.steady < deadline:
                core.orderLoop.scheduleTask(in: Self.pause) { [self] in
                    ask(order, until: deadline, then)
                }
            case .success:
                then(.failure(.unknownOutcome("the replacement is still on its way")))
            }
        }
    }

    private func ask(
        _ order: AlpacaOrder, until deadline: Int64,
        _ then: @escaping @Sendable (Result<[GatewayReport], VenueFault>) -> Void
    ) {
        let id = OrderReference(
            clientOrder: "", venueOrder: order.order.venueOrder, symbol: order.order.symbol)
        desk.find(id) { [self] found in
            switch found {
            case .failure(let fault): then(.failure(fault))
            case .success(let found): decide(found ?? order, until: deadline, then)
            }
        }
    }

    /// A fill of the old order came before its replacement, which did not know about it.
    private func takeBack(_ order: AlpacaOrder) {
        guard order.order.status != .rejected else { return }
        let (client, symbol) = (order.order.clientOrder, order.order.symbol)
        core.report(
            .fault(
                .refused(code: "overtaken", "a fill overtook the replacement: it is cancelled"),
                client))
        cancel(
            OrderReference(
                clientOrder: client, venueOrder: order.order.venueOrder, symbol: symbol))
    }
}
