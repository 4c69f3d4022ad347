import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

extension AlpacaGateway {
    public func query(_ order: OrderReference) {
        core.orderLoop.execute { [self] in
            desk.settle(order) { [self] answered in
                desk.find(order) { [self] found in
                    switch found {
                    case .failure(let fault): answered(.failure(fault))
                    case .success(nil): answered(.success([]))
                    case .success(let found?): decide(found, answered)
                    }
                }
            }
        }
    }

    // MARK: Fills

    public func queryFills(_ order: OrderReference) {
        desk.queryFills(order) { [self] found, done in
            // Its first fill is not earlier than the order itself.
            let since = found.createdAt.advanced(by: Nanoseconds(-1_000_000_000))
            fills(
                since: since, of: found.order.venueOrder, page: "", about: order.clientOrder, done)
        }
    }

    public func queryFills(since: Timestamp, symbols: [String]) {
        core.enqueue { [self] done in
            fills(since: since, of: "", page: "", about: nil, done)
        }
    }

    private func fills(
        since: Timestamp, of order: String, page: String, about context: String?,
        _ done: @escaping @Sendable () -> Void
    ) {
        let request = AlpacaRequests.fills(after: since, page: page)
        core.ask(request, about: context) { (body) throws(JSONFault) in
            try AlpacaAnswers.fills(body)
        } _: { [self] found in
            guard let found else { return done() }
            core.report(found.unread, context ?? request.path)
            let wanted = found.elements.filter { order.isEmpty || $0.fill.venueOrder == order }
            report(wanted) { [self] in
                // Stop if a page repeats itself.
                guard found.elements.count + found.unread.count >= 100,
                    let last = found.elements.last?.activity, last != page
                else { return done() }
                fills(since: since, of: order, page: last, about: context, done)
            }
        }
    }

    /// Fills first: a correction names one of them.
    private func report(_ found: [AlpacaFill], _ done: @escaping @Sendable () -> Void) {
        let corrections = found.filter(\.isCorrection)
        desk.report(found.filter { !$0.isCorrection }.map(\.fill)) { [self] in
            report(corrections: corrections, done)
        }
    }

    private func report(
        corrections: [AlpacaFill], _ done: @escaping @Sendable () -> Void
    ) {
        guard let first = corrections.first else { return done() }
        let rest = Array(corrections.dropFirst())
        desk.report(
            [first.fill], as: { .correction(VenueCorrection(of: first.corrected, to: $0)) }
        ) { [self] in report(corrections: rest, done) }
    }

    // MARK: The account

    public func queryActivities(since: Timestamp) {
        core.enqueue { [self] done in activities(since, page: "", found: [], done) }
    }

    /// Reports nothing if a page is missing: the next comparison asks again.
    private func activities(
        _ since: Timestamp, page: String, found: [VenueActivity],
        _ done: @escaping @Sendable () -> Void
    ) {
        let request = AlpacaRequests.activities(after: since, page: page)
        core.ask(request) { (body) throws(JSONFault) in
            try AlpacaAnswers.activities(body)
        } _: { [self] list in
            guard let list else { return done() }
            core.report(list.unread, request.path)
            let all = found + list.elements.map(\.activity)
            guard list.elements.count + list.unread.count >= 100,
                let last = list.elements.last?.activity.id, last != page
            else {
                core.report(.activities(all))
                return done()
            }
            activities(since, page: last, found: all, done)
        }
    }

    public func queryAccount(symbols: [String]) {
        core.enqueue { [self] done in
            core.ask(AlpacaRequests.account) { (body) throws(JSONFault) in
                try AlpacaAnswers.account(body)
            } _: { [self] account in
                guard let account else { return done() }
                positions(account, symbols, done)
            }
        }
    }

    private func positions(
        _ account: VenueAccount, _ symbols: [String], _ done: @escaping @Sendable () -> Void
    ) {
        core.ask(AlpacaRequests.positions) { (body) throws(JSONFault) in
            try AlpacaAnswers.positions(body)
        } _: { [self] positions in
            guard let positions else { return done() }
            var account = account
            account.positions = positions.elements.map { $0.named(among: symbols) }
            account.unread += positions.unread
            openOrders(account, after: .zero, done)
        }
    }

    private func openOrders(
        _ account: VenueAccount, after: Timestamp, _ done: @escaping @Sendable () -> Void
    ) {
        core.ask(AlpacaRequests.openOrders(after: after)) { (body) throws(JSONFault) in
            try AlpacaAnswers.orders(body)
        } _: { [self] orders in
            guard let orders else { return done() }
            var account = account
            let next = account.add(orders)
            orders.elements.forEach { core.learn($0.order) }
            if let next { return openOrders(account, after: next, done) }
            core.report(.account(account))
            done()
        }
    }
}

extension VenueAccount {
    /// Adds a page of open orders.
    ///
    /// - Returns: the time after which the next page begins, just before the page's last order,
    ///   because orders with equal times may be on both sides of a page break; nil after the last
    ///   page.
    mutating func add(_ orders: VenueList<AlpacaOrder>) -> Timestamp? {
        let known = openOrders.map(\.venueOrder)
        let new = orders.elements.filter { !known.contains($0.order.venueOrder) }
        openOrders += new.map(\.order)
        unread += orders.unread.filter { !unread.contains($0) }
        guard orders.elements.count + orders.unread.count >= 500, !new.isEmpty else { return nil }
        return orders.elements.last?.submittedAt.advanced(by: Nanoseconds(-1000))
    }
}
