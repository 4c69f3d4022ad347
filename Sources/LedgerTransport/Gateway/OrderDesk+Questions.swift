import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Queries about orders and fills, the same for every venue.
extension OrderDesk {
    /// The order, or nil if the venue does not have it.
    public func find(
        _ order: OrderReference,
        _ then: @escaping @Sendable (Result<Answer?, VenueFault>) -> Void
    ) {
        core.channel.ask(dialect.order(order)) { result in
            switch result {
            case .failure(let fault): then(dialect.isNone(fault) ? .success(nil) : .failure(fault))
            case .success(let result):
                guard case .answer(let answer) = result.outcome else {
                    return then(.failure(.malformed("no answer")))
                }
                do throws(JSONFault) {
                    then(.success(try read(answer.body, about: order)))
                } catch {
                    then(.failure(.malformed("\(error)")))
                }
            }
        }
    }

    /// - Parameter then: receives what is known of the old order, unless the replacement is refused
    ///   first.
    public func beginReplacing(
        _ old: OrderReference, with order: OrderRequest,
        _ then: @escaping @Sendable (GatewayCore.KnownOrder) -> Void
    ) {
        core.orderLoop.execute {
            if let fault = refusal() { return reject(order, fault, as: .replaceRefused) }
            known(old) { result in
                switch result {
                case .failure(let fault): reject(order, fault, as: .replaceRefused)
                case .success(let known): then(known)
                }
            }
        }
    }

    /// What is known of an order that is to be changed. If nothing is known, the venue is asked.
    public func known(
        _ order: OrderReference,
        _ then: @escaping @Sendable (Result<GatewayCore.KnownOrder, VenueFault>) -> Void
    ) {
        if let known = core.known(order.clientOrder) {
            return core.orderLoop.execute { then(.success(known)) }
        }
        find(order) { result in
            then(
                result.flatMap { found in
                    guard let found = found?.order else {
                        return .failure(.refused(code: "none", "the venue has no such order"))
                    }
                    core.learn(found)
                    return .success(.init(venueOrder: found.venueOrder, filled: found.filled))
                })
        }
    }

    /// Asks until the venue knows the order or it can no longer arrive.
    ///
    /// - Parameters:
    ///   - ask: one query. It returns the reports of the order, nothing if the venue does not have
    ///     it, or the fault.
    public func settle(
        _ order: OrderReference, isWaiting: Bool = false,
        _ ask:
            @escaping @Sendable (
                @escaping @Sendable (Result<[GatewayReport], VenueFault>) -> Void
            ) -> Void
    ) {
        // An answer describes the moment at which the query was sent.
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
                // A query that already waits will ask for both.
                guard isWaiting || core.beginWait(order.clientOrder) else { return }
                let wait = min(left + 1_000_000, max(left / 4, 200_000_000))
                core.orderLoop.scheduleTask(in: .nanoseconds(wait)) {
                    settle(order, isWaiting: true, ask)
                }
            }
        }
    }

    /// Reports the order as it is, then what `fills` returns.
    public func queryFills(
        _ order: OrderReference,
        _ fills: @escaping @Sendable (Answer, _ done: @escaping @Sendable () -> Void) -> Void
    ) {
        core.enqueue { done in
            find(order) { result in
                switch result {
                case .failure(let fault):
                    core.failed(fault, order.clientOrder)
                    done()
                case .success(nil): done()
                case .success(let found?):
                    found.reports.forEach(core.report)
                    fills(found, done)
                }
            }
        }
    }

    /// Reports fills from a history in order. The history lacks client ids, so these are queried. A
    /// fill whose order the venue does not have is reported without it. If the venue does not answer,
    /// nobody knows whose fill it is: this one and those after it are left to the next query.
    /// - Parameter made: what is reported of each; a fill by default.
    public func report(
        _ fills: [VenueFill],
        as made: @escaping @Sendable (VenueFill) -> GatewayReport = { .fill($0) },
        _ then: @escaping @Sendable () -> Void
    ) {
        guard var fill = fills.first else { return then() }
        let rest = Array(fills.dropFirst())
        if let client = core.clientOrder(of: fill.venueOrder) {
            fill.clientOrder = client
            core.report(made(fill))
            return report(rest, as: made, then)
        }
        let order = OrderReference(
            clientOrder: "", venueOrder: fill.venueOrder, symbol: fill.symbol)
        find(order) { [fill] result in
            var fill = fill
            switch result {
            case .success(let found?):
                core.learn(found.order)
                fill.clientOrder = found.order.clientOrder
            case .success(nil): break
            case .failure(let fault):
                core.failed(fault, dialect.order(order).path)
                switch fault {
                // The next query would be answered in the same way.
                case .refused, .malformed: break
                default: return then()
                }
            }
            core.report(made(fill))
            report(rest, as: made, then)
        }
    }
}
