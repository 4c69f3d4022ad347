import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// The tables of what may trade, and of what became of orders and signals.
extension ProjectionTables {
    /// The trading mode of each account and since when it applies.
    public func mode() throws -> Table {
        let gates = try fold(ByAccount<TradingGate>.self)
        var table = byAccount([.init("mode"), .init("since")])
        for account in accounts {
            let gate = gates[account]
            let since = gate.modeSince == .zero ? nil : "\(gate.modeSince)"
            table.add(of: account, ["\(gate.mode)", since], names)
        }
        return table
    }

    /// The active latches, of all accounts or of some.
    public func gate(of some: [AccountID]? = nil) throws -> Table {
        let gates = try fold(ByAccount<TradingGate>.self)
        var table = byAccount(Self.latches(TradingGate(), names).columns)
        for account in some ?? accounts {
            for var row in Self.latches(gates[account], names).rows {
                if accounts.count > 1, let mend = row.removeLast() {
                    row.append(Self.mend(mend, account: names.name(account)))
                }
                table.add(of: account, row, names)
            }
        }
        return table
    }

    /// How something ends in one account of several: a command of an operator names it.
    public static func mend(_ text: String, account: String?) -> String {
        let commands = ["ledger kill-switch", "ledger mode", "ledger drawdown", "ledger reconcile"]
        guard let account, commands.contains(where: { text.contains($0) }) else { return text }
        return "\(text) (with --account \(account))"
    }

    public static func latches(_ gate: TradingGate, _ names: NameBook) -> Table {
        var table = Table([
            .init("source"), .init("scope"), .init("effect"), .init("since"),
            .init("event", .number, isDetail: true), .init("value", .decimal, isDetail: true),
            .init("limit", .decimal, isDetail: true),
            .init("actor", isDetail: true), .init("reason"), .init("clears_by"),
        ])
        for latch in gate.latches {
            let isCompared = latch.limit.raw != 0 || latch.value.raw != 0
            table.add([
                "\(latch.source)", latch.scope(names), "\(latch.effect)", "\(latch.since)",
                "\(latch.sequence)", isCompared ? "\(latch.value)" : nil,
                isCompared ? "\(latch.limit)" : nil, latch.actor, latch.reason, latch.source.mend,
            ])
        }
        return table
    }

    /// Orders that close or protect a position, are not at the venue, and are sent again.
    ///
    /// - Parameter one: only this account; nil for all.
    public mutating func unprotected(of one: AccountID? = nil) throws -> Table {
        var table = byAccount([
            .init("strategy"), .init("symbol"), .init("purpose"), .init("side"),
            .init("quantity", .decimal), .init("stop", .decimal), .init("since"), .init("cause"),
            .init("attempts", .number), .init("due"),
        ])
        for account in try engine().accounts where one == nil || account.account == one {
            for order in account.unprotected {
                let terms = order.terms
                let row = [
                    names.name(terms.strategy), names.symbol(terms.instrument),
                    "\(terms.purpose)", "\(terms.side)", "\(order.remaining)",
                    terms.stopPrice.raw > 0 ? "\(terms.stopPrice)" : nil, "\(order.since)",
                    order.causeText, "\(order.attempt)", order.due.map { "\($0)" },
                ]
                table.add(of: account.account, row, names)
            }
        }
        return table
    }

    /// The drawdown stop of each account, with the equity at which it triggers next.
    ///
    /// - Parameter some: only these accounts; nil for all.
    public mutating func drawdown(of some: [AccountID]? = nil) throws -> Table {
        var table = byAccount([
            .init("state"), .init("drawdown", .decimal), .init("cooldown_days", .number),
            .init("cooldown_end"), .init("triggered_at"), .init("rampup_end"),
            .init("equity", .decimal), .init("peak", .decimal), .init("peak_at"),
            .init("high_water_mark", .decimal), .init("halt_at", .decimal),
            .init("panic_at", .decimal), .init("trading_allowed", .flag),
            .init("sizing_multiplier", .decimal), .init("enabled", .flag),
        ])
        for account in try engine().accounts where some?.contains(account.account) ?? true {
            table.add(of: account.account, Self.drawdown(account), names)
        }
        return table
    }

    private static func drawdown(_ account: AccountEngine) -> [String?] {
        let (stop, rules) = (account.stop, account.rules.drawdown)
        let worth = account.profit.equity[account.account]
        let isStopped = !stop.allowsEntries
        let isKnown = account.isEquityKnown
        return [
            "\(stop.phase)".uppercased(),
            isKnown ? "\(worth.map { AccountEngine.fall($0) } ?? .zero)" : Table.unknown,
            isStopped ? "\(stop.days)" : "0", isStopped ? "\(stop.until)" : nil,
            stop.triggeredAt == .zero ? nil : "\(stop.triggeredAt)",
            stop.phase == .rampup ? "\(stop.until)" : nil,
            worth.map { isKnown ? "\($0.equity)" : Table.unknown },
            worth.map { "\($0.peak)" }, worth.map { "\($0.peakAt)" },
            worth.map { "\($0.highWaterMark)" }, line(rules.halt, worth),
            line(rules.panic, worth), "\(stop.allowsEntries)",
            isStopped ? "0" : "\(stop.sizing(rules) ?? Price(raw: FixedPoint.one))",
            "\(rules.isEnabled)",
        ]
    }

    /// The highest equity that triggers it, rounded down to 10^-9.
    private static func line(_ share: Price, _ worth: AccountEquity?) -> String? {
        guard let worth, worth.peakEquityValue > 0 else { return nil }
        let line = DrawdownRules.line(share, worth.peakEquityValue)
        return "\(Money(raw: line / Int128(FixedPoint.one)))"
    }

    /// Every limit and how much of it is used.
    public mutating func limits() throws -> Table {
        var table = byAccount([
            .init("setting"), .init("limit", .decimal), .init("used", .decimal),
            .init("enforced", .flag),
        ])
        for account in try engine().accounts {
            for usage in account.limitUsage {
                let row = [
                    usage.setting, "\(usage.limit)", usage.used.map { "\($0)" } ?? Table.unknown,
                    "\(usage.isEnforced)",
                ]
                table.add(of: account.account, row, names)
            }
        }
        let sums = try engine().deskUsage
        for (kind, limits) in sums {
            for usage in limits {
                table.add([
                    sums.count == 1 ? "all" : "all \(kind)", usage.setting, "\(usage.limit)",
                    usage.used.map { "\($0)" } ?? Table.unknown, "true",
                ])
            }
        }
        return table
    }

    /// The settings in force.
    public mutating func settings() throws -> Table {
        var table = Table([.init("key"), .init("value")])
        for (key, value) in try engine().settings.pairs { table.add([key, value]) }
        return table
    }

    /// The last reconciliation of each kind, and what was found since.
    public func reconciliations() throws -> Table {
        let logs = try fold(ByAccount<ReconciliationLog>.self)
        var table = byAccount([
            .init("kind"), .init("time"), .init("status"), .init("discrepancies", .number),
            .init("cash", .decimal), .init("portfolio_value", .decimal, isDetail: true),
            .init("snapshot", isDetail: true), .init("origin", isDetail: true),
            .init("failed_24h", .number, isDetail: true), .init("unexplained", .decimal),
            .init("unexplained_since"),
        ])
        for account in accounts {
            let log = logs[account]
            for row in Self.reconciliations(log) { table.add(of: account, row, names) }
            guard !log.foundSince.isEmpty else { continue }
            let row = ["since", nil, "FAIL", "\(log.foundSince.count)"]
            table.add(of: account, row + [String?](repeating: nil, count: 7), names)
        }
        return table
    }

    private static func reconciliations(_ log: ReconciliationLog) -> [[String?]] {
        log.latest.sorted { $0.at < $1.at }.map { entry in
            [
                "\(entry.kind)", "\(entry.at)", "\(entry.status)".uppercased(),
                "\(entry.discrepancies)", "\(entry.cash)", "\(entry.portfolioValue)",
                entry.snapshot.hex, entry.origin, "\(log.breaches(at: entry.at))",
                "\(entry.unexplained)",
                entry.unexplained.raw == 0 ? nil : log.unexplainedSince.map { "\($0)" },
            ]
        }
    }

    /// What each account holds and comparisons leave out.
    public func holdings() throws -> Table {
        let all = try fold(ByAccount<ForeignHoldings>.self)
        var table = byAccount([
            .init("symbol"), .init("kind"), .init("why"), .init("quantity", .decimal),
            .init("average_price", .decimal), .init("price", .decimal), .init("value", .decimal),
            .init("time"),
        ])
        for account in accounts {
            for holding in all[account].holdings {
                let price = holding.price
                let value = price.raw > 0 ? try? Money.notional(price, holding.quantity) : nil
                let row = [
                    holding.symbol, "\(holding.kind)", "\(holding.reason)", "\(holding.quantity)",
                    holding.averagePrice.raw > 0 ? "\(holding.averagePrice)" : nil,
                    price.raw > 0 ? "\(price)" : nil, value.map { "\($0)" }, "\(holding.at)",
                ]
                table.add(of: account, row, names)
            }
        }
        return table
    }

    /// What became of the last run's entry signals, by strategy.
    public func funnel() throws -> Table {
        let funnel = try fold(SignalFunnel.self)
        var table = Table([
            .init("run"), .init("strategy"), .init("raw", .number),
            .init("after_quality", .number), .init("after_gate", .number),
            .init("after_regime", .number), .init("after_correlation", .number),
            .init("after_throttle", .number), .init("after_risk", .number),
            .init("executed", .number),
        ])
        for counts in funnel.counts {
            table.add([
                funnel.run, names.name(counts.strategy), "\(counts.raw)",
                "\(counts.after(.dataQuality))", "\(counts.after(.reconciliation))",
                "\(counts.after(.regime))", "\(counts.after(.correlation))",
                "\(counts.after(.throttle))", "\(counts.after(.risk))", "\(counts.executed)",
            ])
        }
        return table
    }

    /// Each strategy's health score.
    public func health() throws -> Table {
        let health = try fold(StrategyHealth.self)
        var table = Table([
            .init("strategy"), .init("score", .number), .init("status"),
            .init("trades_short", .number), .init("trades_long", .number),
            .init("expectancy_short", .decimal), .init("expectancy_long", .decimal),
            .init("rejected_long", .decimal), .init("drawdown", .decimal),
            .init("fill_rate", .decimal),
        ])
        for strategy in names.strategies {
            let report = health.report(strategy.strategy)
            table.add([
                strategy.name, "\(report.score)", report.status.rawValue,
                "\(report.short.trades)", "\(report.long.trades)",
                "\(report.short.expectancy)", "\(report.long.expectancy)",
                Self.share(report.long.rejectionRate), Self.share(report.drawdown),
                Self.share(report.long.fillRate),
            ])
        }
        return table
    }
}

extension Latch {
    /// As in commands and tables: `global`, `strategy:NAME` or `symbol:NAME`.
    public func scope(_ names: NameBook) -> String {
        switch scope {
        case .global: "global"
        case .strategy: "strategy:\(names.name(strategy))"
        case .symbol: "symbol:\(names.symbol(instrument))"
        }
    }
}
