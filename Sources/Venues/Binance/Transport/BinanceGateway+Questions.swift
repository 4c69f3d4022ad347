import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

extension BinanceGateway {
    /// The venue archives an order after 90 days if it ended without a fill, and says nothing else
    /// about it.
    public func query(_ order: OrderReference) {
        core.orderLoop.execute { [desk] in
            desk.settle(order) { answered in
                desk.find(order) { found in
                    if case .failure(let fault) = found,
                        fault.isRefusal(BinanceErrors.Code.archived)
                    {
                        return answered(.success([.order(Self.archived(order, fault.text))]))
                    }
                    answered(found.map { $0.map { [.order($0.order)] } ?? [] })
                }
            }
        }
    }

    private static func archived(_ order: OrderReference, _ reason: String) -> VenueOrder {
        VenueOrder(
            clientOrder: order.clientOrder, venueOrder: order.venueOrder, symbol: order.symbol,
            status: .expired, reason: reason)
    }

    // MARK: Fills

    public func queryFills(_ order: OrderReference) {
        desk.queryFills(order) { [self] found, done in
            let fills = BinanceRequests.fills(order.symbol, .order(found.order.venueOrder))
            core.ask(fills, about: order.clientOrder) { (body) throws(JSONFault) in
                try BinanceAnswers.fills(body)
            } _: { [core, desk] found in
                core.report(found?.unread ?? [], order.clientOrder)
                desk.report(found?.elements.map(\.fill) ?? [], done)
            }
        }
    }

    public func queryFills(since: Timestamp, symbols: [String]) {
        core.enqueue { [self] done in fills(of: symbols, since, done) }
    }

    private func fills(
        of symbols: [String], _ since: Timestamp, _ done: @escaping @Sendable () -> Void
    ) {
        guard let symbol = symbols.first else { return done() }
        let next: @Sendable () -> Void = { [self] in
            fills(of: Array(symbols.dropFirst()), since, done)
        }
        let now = core.clock.now
        let longest = Nanoseconds(-7 * Nanoseconds.day.count)
        if since < now.advanced(by: longest) {
            fills(symbol, .from(0), since, next)
        } else {
            window(symbol, from: since, since: since, until: now.advanced(by: .minute), next)
        }
    }

    /// One day at a time, which is Binance's maximum.
    private func window(
        _ symbol: String, from start: Timestamp, since: Timestamp, until end: Timestamp,
        _ done: @escaping @Sendable () -> Void
    ) {
        guard start < end else { return done() }
        let next = min(start.advanced(by: .day), end)
        core.ask(BinanceRequests.fills(symbol, .between(start, next))) {
            (body) throws(JSONFault) in
            try BinanceAnswers.fills(body)
        } _: { [self] found in
            guard let found else { return done() }
            core.report(found.unread, "fills of \(symbol)")
            desk.report(found.elements.map(\.fill)) { [self] in
                // A full page: the rest is queried by number, to the end.
                guard found.elements.count + found.unread.count >= 1000,
                    let last = found.elements.map(\.number).max()
                else {
                    return window(symbol, from: next, since: since, until: end, done)
                }
                fills(symbol, .from(last + 1), since, done)
            }
        }
    }

    private func fills(
        _ symbol: String, _ which: BinanceRequests.Fills, _ since: Timestamp,
        _ done: @escaping @Sendable () -> Void
    ) {
        core.ask(BinanceRequests.fills(symbol, which)) { (body) throws(JSONFault) in
            try BinanceAnswers.fills(body)
        } _: { [self] found in
            guard let found else { return done() }
            core.report(found.unread, "fills of \(symbol)")
            desk.report(found.elements.map(\.fill).filter { $0.time >= since }) { [self] in
                guard found.elements.count + found.unread.count >= 1000,
                    let last = found.elements.map(\.number).max()
                else {
                    return done()
                }
                fills(symbol, .from(last + 1), since, done)
            }
        }
    }

    // MARK: The account

    public func queryAccount(symbols: [String]) {
        core.enqueue { [self] done in
            let quote = core.settings.quoteAsset
            core.ask(BinanceRequests.account) { (body) throws(JSONFault) in
                try BinanceAnswers.account(try BinanceAnswers.balances(body), quoteAsset: quote)
            } _: { [self] account in
                guard let account else { return done() }
                // All symbols together cost more than a dozen single ones.
                let each = symbols.isEmpty || symbols.count > 12 ? [""] : symbols
                openOrders(account, each, done)
            }
        }
    }

    private func openOrders(
        _ account: VenueAccount, _ symbols: [String], _ done: @escaping @Sendable () -> Void
    ) {
        guard let symbol = symbols.first else {
            core.report(.account(account))
            return done()
        }
        core.ask(BinanceRequests.openOrders(symbol)) { (body) throws(JSONFault) in
            try BinanceAnswers.orders(body)
        } _: { [self] orders in
            guard let orders else { return done() }
            var account = account
            account.openOrders += orders.elements.map(\.order)
            account.unread += orders.unread
            orders.elements.forEach { core.learn($0.order) }
            openOrders(account, Array(symbols.dropFirst()), done)
        }
    }
}
