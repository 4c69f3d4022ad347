import LedgerDomain
import LedgerEvents
import LedgerVenues

extension BinanceGateway {
    public func query(_ order: OrderReference) {
        core.orderLoop.execute { [self] in
            desk.settle(order) { [self] answered in
                find(order) { answered($0.map { $0.map { [.order($0.order)] } ?? [] }) }
            }
        }
    }

    /// The order, or nil where the venue has none. One that it has put away ended without a fill.
    func find(
        _ order: OrderReference,
        _ then: @escaping @Sendable (Result<BinanceOrder?, VenueFault>) -> Void
    ) {
        core.channel.ask(BinanceRequests.order(order)) { result in
            switch result {
            case .failure(.refused(code: "\(BinanceErrors.Code.noSuchOrder)", _)):
                then(.success(nil))
            case .failure(let fault): then(.failure(fault))
            case .success(let result):
                guard case .answer(let answer) = result.outcome else { return }
                do {
                    then(.success(try BinanceAnswers.order(answer.body)))
                } catch {
                    then(.failure(.malformed("\(error)")))
                }
            }
        }
    }

    // MARK: Fills

    public func queryFills(_ order: OrderReference) {
        core.enqueue { [self] done in
            find(order) { [self] result in
                switch result {
                case .failure(let fault):
                    core.failed(fault, order.clientOrder)
                    done()
                case .success(nil): done()
                case .success(let found?):
                    core.report(.order(found.order))
                    let fills = BinanceRequests.fills(
                        order.symbol, .order(found.order.venueOrder))
                    core.ask(fills, about: order.clientOrder) { (body) throws(JSONFault) in
                        try BinanceAnswers.fills(body)
                    } _: { [self] fills in
                        report(fills ?? [], done)
                    }
                }
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
            window(symbol, since, since, now.advanced(by: .minute), next)
        }
    }

    /// A day at a time, which is the most that Binance gives at once.
    private func window(
        _ symbol: String, _ start: Timestamp, _ since: Timestamp, _ end: Timestamp,
        _ done: @escaping @Sendable () -> Void
    ) {
        guard start < end else { return done() }
        let next = min(start.advanced(by: .day), end)
        core.ask(BinanceRequests.fills(symbol, .between(start, next))) {
            (body) throws(JSONFault) in
            try BinanceAnswers.fills(body)
        } _: { [self] found in
            guard let found else { return done() }
            report(found) { [self] in
                // A full page: what is behind it is asked for by number, to the end.
                guard found.count >= 1000, let last = found.map(\.number).max() else {
                    return window(symbol, next, since, end, done)
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
            report(found.filter { $0.fill.time >= since }) { [self] in
                guard found.count >= 1000, let last = found.map(\.number).max() else {
                    return done()
                }
                fills(symbol, .from(last + 1), since, done)
            }
        }
    }

    /// In their order; what the history leaves out, the client's id, is asked for.
    private func report(_ trades: [BinanceTrade], _ then: @escaping @Sendable () -> Void) {
        guard var fill = trades.first?.fill else { return then() }
        let rest = Array(trades.dropFirst())
        if let client = core.clientOrder(of: fill.venueOrder) {
            fill.clientOrder = client
            core.report(.fill(fill))
            return report(rest, then)
        }
        let order = OrderReference(
            clientOrder: "", venueOrder: fill.venueOrder, symbol: fill.symbol)
        core.ask(BinanceRequests.order(order)) { (body) throws(JSONFault) in
            try BinanceAnswers.order(body)
        } _: { [self, fill] found in
            var fill = fill
            if let found {
                core.learn(found.order)
                fill.clientOrder = found.order.clientOrder
            }
            core.report(.fill(fill))
            report(rest, then)
        }
    }

    // MARK: The account

    public func queryAccount(symbols: [String]) {
        core.enqueue { [self] done in
            let quote = core.settings.quoteAsset
            core.ask(BinanceRequests.account) { (body) throws(JSONFault) in
                BinanceAnswers.account(try BinanceAnswers.balances(body), quoteAsset: quote)
            } _: { [self] account in
                guard let account else { return done() }
                // All symbols at once cost more than a dozen do.
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
            account.openOrders += orders.map(\.order)
            orders.forEach { core.learn($0.order) }
            openOrders(account, Array(symbols.dropFirst()), done)
        }
    }
}
