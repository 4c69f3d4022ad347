import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// The state of a journal after one of its events, as the tables that `ledger project` prints.
///
/// Each table is folded from its nearest checkpoint on demand. Amounts are in the account's
/// currency. Shares have nine decimals if they are compared and six if they are only displayed.
public struct ProjectionTables {
    let journal: any Journal
    public let through: SequenceNumber
    /// Whether a long fold to the journal's end may write a checkpoint.
    private let saves: Bool
    public let names: NameBook
    private var restored: Engine?
    /// What came later and concerns this state.
    private var late: [SequenceNumber] = []

    public init(
        _ journal: any Journal, through: SequenceNumber, saves: Bool = false
    ) throws {
        (self.journal, self.through, self.saves) = (journal, through, saves)
        names = try ProjectionReader.fold(of: journal, through: through, saves: saves)
    }

    /// The state as of a moment, with what was known of it later.
    ///
    /// - Parameters:
    ///   - time: the moment.
    ///   - known: the last event of what is known.
    public init(
        _ journal: any Journal, asOf time: Timestamp, through: SequenceNumber,
        knownThrough known: SequenceNumber
    ) throws {
        try self.init(journal, through: through)
        late = try LateFacts(
            of: journal, after: through, at: time, knownThrough: known
        ).bookings
    }

    public func fold<P: Projection>(_ type: P.Type = P.self) throws -> P {
        var state: P = try ProjectionReader.fold(of: journal, through: through, saves: saves)
        for sequence in late {
            try journal.forEachRecord(
                from: sequence, through: sequence, filter: EventFilter(P.types)
            ) { record in
                try state.apply(record)
                return false
            }
        }
        return state
    }

    /// Restored once for all tables that need it.
    public mutating func engine() throws -> Engine {
        if let restored { return restored }
        let engine = try EngineRestorer.engine(of: journal, through: through)
        restored = engine
        return engine
    }

    // MARK: Accounts

    /// The accounts that the journal defines; one unnamed account before the first.
    public var accounts: [AccountID] {
        names.accounts.isEmpty ? [.none] : names.accounts.map(\.id)
    }

    /// The account of a name, or all where it is nil.
    ///
    /// - Throws: `InputError` for a name that the journal does not have.
    public func accounts(in name: String?) throws -> [AccountID] {
        guard let name else { return accounts }
        guard let known = names.accounts.first(where: { $0.name == name }) else {
            throw InputError(
                "there is no account '\(name)'; the journal has "
                    + names.accounts.map(\.name).joined(separator: ", "))
        }
        return [known.id]
    }

    /// A text about an account, with its name where there are several.
    public func said(_ text: String, of account: AccountID) -> String {
        accounts.count > 1 ? "\(names.name(account)): \(text)" : text
    }

    /// A table of what each account has: with a column for the account where there are several.
    public func byAccount(_ columns: [Table.Column]) -> Table {
        Table(accounts.count > 1 ? [.init("account")] + columns : columns)
    }

    /// A share with six decimals, rounded.
    static func share(_ value: Double) -> String {
        "\(Price(rounding: (value * 1e6).rounded() / 1e6) ?? .zero)"
    }

    // MARK: Books

    /// By account, strategy and instrument.
    ///
    /// - Parameter includesClosed: also shows positions with quantity 0.
    public func positions(includesClosed: Bool) throws -> Table {
        let equity = try fold(EquityBook.self)
        var table = Table([
            .init("account", isDetail: accounts.count == 1), .init("strategy"), .init("symbol"),
            .init("quantity", .decimal),
            .init("average_cost", .decimal), .init("cost", .decimal, isDetail: true),
            .init("mark", .decimal),
            .init("value", .decimal), .init("unrealised", .decimal), .init("realised", .decimal),
            .init("dividends", .decimal, isDetail: true), .init("fees", .decimal, isDetail: true),
            .init("fills", .number, isDetail: true),
            .init("held_price", .decimal),
        ])
        for position in try held(includesClosed) {
            let mark = equity.mark(position.instrument)
            let value = try Money.notional(mark, position.quantity)
            table.add([
                names.name(position.account), names.name(position.strategy),
                names.symbol(position.instrument), "\(position.quantity)",
                position.averageCost.map { "\($0)" }, "\(position.cost)", "\(mark)", "\(value)",
                "\(value - position.cost)", "\(position.realised)", "\(position.dividends)",
                "\(position.fees)", "\(position.fills)",
                equity.heldPrice(position.instrument).map { "\($0)" },
            ])
        }
        return table
    }

    private func held(_ includesClosed: Bool) throws -> [Position] {
        try fold(PositionBook.self).positions.filter { includesClosed || $0.quantity.raw != 0 }
            .sorted {
                ($0.account, $0.strategy, $0.instrument) < (
                    $1.account, $1.strategy, $1.instrument
                )
            }
    }

    /// Each open lot, by position, oldest first.
    public func lots(includesClosed: Bool) throws -> Table {
        var table = Table([
            .init("account"), .init("strategy"), .init("symbol"), .init("opened"),
            .init("fill", .number), .init("quantity", .decimal), .init("cost", .decimal),
        ])
        for position in try held(includesClosed) {
            for lot in position.lots {
                table.add([
                    names.name(position.account), names.name(position.strategy),
                    names.symbol(position.instrument), "\(lot.openedAt)", "\(lot.fill)",
                    "\(lot.quantity)", "\(lot.cost)",
                ])
            }
        }
        return table
    }

    /// What an order at an external venue waits for; nil if it only waits for the market.
    private func awaited(_ order: Order, _ accounts: [AccountEngine]) -> String? {
        guard let engine = accounts.first(where: { $0.account == order.account }), engine.isRemote,
            order.state.isOpen
        else { return nil }
        if engine.isHeldBack(order.id) { return "exits to be back" }
        let asked = engine.awaited(order.id)
        if let reason = asked.cancel { return "cancel, \(reason)" }
        if let replace = asked.replace { return "replacement by \(replace.quantity)" }
        if engine.ordersMissingFills.contains(where: { $0.id == order.id }) {
            return "missing fills"
        }
        return order.state == .intended ? "the venue's answer" : nil
    }

    /// Open orders and `ended` ones, by number.
    ///
    /// - Parameter account: only its orders; nil for all.
    public mutating func orders(_ ended: [Order] = [], of account: AccountID? = nil) throws -> Table
    {
        let open = try fold(OrderRegister.self).open.filter {
            account == nil || $0.account == account
        }
        let isOutside = open.contains { $0.account.kind != .simulated }
        let engines = isOutside ? try self.engine().accounts : []
        var table = Table([
            .init("order", .number), .init("intended"), .init("state"),
            .init("account", isDetail: accounts.count == 1),
            .init("strategy"), .init("symbol"), .init("side"), .init("type"),
            .init("purpose", isDetail: true),
            .init("quantity", .decimal), .init("filled", .decimal), .init("average", .decimal),
            .init("limit", .decimal, isDetail: true), .init("stop", .decimal, isDetail: true),
            .init("fees", .decimal, isDetail: true),
            .init("awaits"), .init("intent", isDetail: true),
        ])
        for order in (open + ended).sorted(by: { $0.id < $1.id }) {
            let terms = order.intended
            table.add([
                "\(order.id)", "\(order.intendedAt)", "\(order.state)", names.name(order.account),
                names.name(terms.strategy), names.symbol(terms.instrument), "\(terms.side)",
                "\(terms.orderType)", "\(terms.purpose)", "\(terms.quantity)", "\(order.filled)",
                order.averagePrice.map { "\($0)" },
                terms.limitPrice == .zero ? nil : "\(terms.limitPrice)",
                terms.stopPrice == .zero ? nil : "\(terms.stopPrice)", "\(order.fees)",
                awaited(order, engines), "\(terms.intent)",
            ])
        }
        return table
    }

    /// The current definition of each instrument.
    public func instruments() -> Table {
        var table = Table([
            .init("symbol"), .init("instrument", .number), .init("venue"), .init("currency"),
            .init("kind"), .init("tick", .decimal), .init("lot", .decimal),
        ])
        for instrument in names.instruments {
            table.add([
                instrument.symbol, "\(instrument.id.number)", instrument.venue, instrument.currency,
                "\(instrument.kind)", "\(instrument.tick)", "\(instrument.lot)",
            ])
        }
        return table
    }

    /// How many orders reached each state.
    public func counts() throws -> Table {
        let register = try fold(OrderRegister.self)
        var table = Table([.init("what"), .init("count", .number)])
        table.add(["signals", "\(register.signals)"])
        table.add(["signals rejected", "\(register.rejectedSignals)"])
        table.add(["intents rejected", "\(register.rejectedIntents)"])
        for state in OrderState.allCases {
            table.add(["orders \(state)", "\(register.counts[Int(state.rawValue)])"])
        }
        table.add(["orders open", "\(register.openCount)"])
        table.add(["fills", "\(register.fills)"])
        return table
    }

    /// Cash, worth, peak and drawdown of each account.
    public func equity() throws -> Table {
        let book = try fold(EquityBook.self)
        let profit = book.currencies.isActive ? try fold(ProfitAndLoss.self) : nil
        var table = Table(
            [
                .init("account"), .init("time"), .init("cash", .decimal),
                .init("market_value", .decimal, isDetail: true), .init("equity", .decimal),
                .init("peak", .decimal),
                .init("peak_at", isDetail: true), .init("drawdown", .decimal),
                .init("largest_drawdown", .decimal),
                .init("net_deposits", .decimal, isDetail: true),
                .init("held_prices", isDetail: true),
            ] + (book.actions.isEmpty ? [] : [.init("receivable", .decimal)])
                + (profit == nil ? [] : Self.contributions))
        for account in book.accounts.compactMap({ $0 }) {
            let gap = book.gap(account.account)
            func known(_ text: String) -> String { gap == nil ? text : Table.unknown }
            let cells = [
                names.name(account.account), "\(book.lastTime)", "\(account.cash)",
                known("\(account.marketWorth)"), known("\(account.equity)"), "\(account.peak)",
                "\(account.peakAt)", known(Self.share(account.drawdown)),
                Self.share(account.maximumDrawdown), known("\(account.netDeposits)"),
                book.heldPrices(names, of: account.account),
            ]
            let receivable = known("\(book.receivable(account.account))")
            table.add(
                cells + (book.actions.isEmpty ? [] : [receivable])
                    + (profit.map { Self.contributions($0.total(account.account), gap) } ?? []))
        }
        for sum in try DeskSum.all(of: journal, through: through, names: names, book) {
            let cells = [
                sum.name, "\(book.lastTime)", sum.text(of: \.cash), sum.text(of: \.marketWorth),
                sum.text(of: \.equity), nil, nil, nil, nil, sum.text(of: \.netDeposits),
            ]
            table.add(cells + table.columns.dropFirst(cells.count).map { _ in nil })
        }
        return table
    }

    private func curves() throws -> [(account: Account, curve: EquityCurve)] {
        guard through != .none else { return [] }
        let curves = try EquityCurve.all(
            of: journal, accounts: names.accounts.map(\.id), through: through)
        return Array(zip(names.accounts, curves))
    }

    /// Each account's equity at the end of each of its trading days.
    public func curve() throws -> Table {
        var table = Table([.init("account"), .init("day"), .init("equity", .decimal)])
        for (account, curve) in try curves() {
            for point in curve.points {
                table.add([
                    account.name, "\(CivilDate(daysSinceEpoch: point.day))", "\(point.equity)",
                ])
            }
        }
        return table
    }

    /// Ratios of each account's daily returns, as exact as doubles are.
    public func metrics() throws -> Table {
        var table = Table([
            .init("account"), .init("days", .number), .init("returns", .number),
            .init("returns_a_year", .decimal), .init("total_return", .decimal),
            .init("growth_a_year", .decimal), .init("volatility_a_year", .decimal),
            .init("sharpe", .decimal), .init("largest_daily_drawdown", .decimal),
        ])
        for (account, curve) in try curves() {
            let ratios = [
                curve.returnsPerYear, curve.totalReturn, curve.growthPerYear,
                curve.volatilityPerYear, curve.sharpeRatio, curve.largestDailyDrawdown,
            ]
            table.add(
                [account.name, curve.days.map { "\($0)" }, "\(curve.returns.count)"]
                    + ratios.map { $0.map { "\($0)" } })
        }
        return table
    }

    private func lastTime() throws -> Timestamp {
        try ProjectionReader.time(of: through, in: journal)
    }

    /// Profit of each account: of the last event's trading day, and in total.
    public func profit() throws -> Table {
        let book = try fold(ProfitAndLoss.self)
        let time = try lastTime()
        let others = book.otherParts
        var table = Table(
            [
                .init("account", isDetail: accounts.count == 1), .init("span"),
                .init("realised", .decimal), .init("unrealised", .decimal),
                .init("dividends", .decimal), .init("fees", .decimal), .init("net", .decimal),
                .init("equity", .decimal), .init("net_deposits", .decimal, isDetail: true),
            ] + others.map { .init($0.name, .decimal) })
        for account in book.equity.accounts.compactMap({ $0?.account }) {
            guard let total = book.total(account) else { continue }
            var days = try AccountDays(of: journal, account: account, through: through)
            let day = days.day(of: time)
            let before = try ProjectionReader.sequence(of: journal, atOrBefore: day.opens)
            let start: ProfitAndLoss = try ProjectionReader.fold(of: journal, through: before)
            let today = total - (start.total(account) ?? ProfitParts())
            for (span, parts) in [
                ("\(CivilDate(daysSinceEpoch: day.number))", today), ("total", total),
            ] {
                let amounts = [
                    parts.realised, parts.unrealised, parts.dividends, parts.fees, parts.net,
                    parts.equity, parts.netDeposits,
                ]
                table.add(
                    [names.name(account), span]
                        + (amounts + others.map { $0.amount(parts) }).map {
                            parts.isKnown ? "\($0)" : Table.unknown
                        })
            }
        }
        return table
    }
}

extension Table {
    /// Adds a row of `ProjectionTables.byAccount`.
    public mutating func add(of account: AccountID, _ row: [String?], _ names: NameBook) {
        add(row.count < columns.count ? [names.name(account)] + row : row)
    }
}
