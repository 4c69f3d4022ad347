import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections

struct ProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Fold the journal into positions, orders, equity or profit, at any moment.",
        discussion: """
            Examples:
              ledger project positions --journal demo
              ledger project pnl --journal demo --at 2008-10-10
              ledger project equity --journal demo --curve --format csv > curve.csv
            """,
        subcommands: [
            PositionsProjection.self, OrdersProjection.self, EquityProjection.self,
            ProfitProjection.self, GateProjection.self, DrawdownProjection.self,
            RiskProjection.self, ReconciliationProjection.self, FunnelProjection.self,
            HealthProjection.self, QualityProjection.self,
        ])
}

struct ProjectionOptions: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("The state after \(Moment.help)."))
    var at: Moment?

    /// Opens the journal and finds the moment.
    func open() throws -> (journal: LMDBJournal, through: SequenceNumber) {
        let journal = try open(at == nil)
        let through = try at?.last(in: journal) ?? journal.head.lastSequence
        return (journal, through)
    }

    /// Readers of the present leave a checkpoint after a long fold, where they may.
    private func open(_ wantsToSave: Bool) throws -> LMDBJournal {
        if wantsToSave,
            let journal = try? SealedJournal.open(directory: journals.directory, mode: .readWrite)
        {
            return journal
        }
        return try journals.openForReading()
    }
}

struct PositionsProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "positions",
        abstract: "What each account and strategy holds, and what it cost.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show each open lot.")
    var lots = false
    @Flag(help: "Show closed positions too.")
    var all = false

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through, saves: true)
        let book: PositionBook = try ProjectionReader.fold(
            of: journal, through: through, saves: true)
        let shown = book.positions.filter { all || $0.quantity.raw != 0 }.sorted {
            ($0.account, $0.strategy, $0.instrument) < ($1.account, $1.strategy, $1.instrument)
        }
        if lots { return lotTable(shown, names).write(options.output.format) }
        let equity: EquityBook = try ProjectionReader.fold(
            of: journal, through: through, saves: true)
        var table = Table([
            .init("account"), .init("strategy"), .init("symbol"), .init("quantity", .decimal),
            .init("average_cost", .decimal), .init("cost", .decimal), .init("mark", .decimal),
            .init("value", .decimal), .init("unrealised", .decimal), .init("realised", .decimal),
            .init("dividends", .decimal), .init("fees", .decimal), .init("fills", .number),
        ])
        for position in shown {
            let mark = equity.mark(position.instrument)
            let value = try Money.notional(mark, position.quantity)
            table.add([
                names.name(position.account), names.name(position.strategy),
                names.symbol(position.instrument), "\(position.quantity)",
                position.averageCost.map { "\($0)" }, "\(position.cost)", "\(mark)", "\(value)",
                "\(value - position.cost)", "\(position.realised)", "\(position.dividends)",
                "\(position.fees)", "\(position.fills)",
            ])
        }
        table.write(options.output.format)
    }

    private func lotTable(_ positions: [Position], _ names: NameBook) -> Table {
        var table = Table([
            .init("account"), .init("strategy"), .init("symbol"), .init("opened"),
            .init("fill", .number), .init("quantity", .decimal), .init("cost", .decimal),
        ])
        for position in positions {
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
}

struct OrdersProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Open orders; with --all those that ended too.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show orders that ended too.")
    var all = false
    @Flag(help: "Show only how many orders are in which state.")
    var counts = false

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through, saves: true)
        var ended: [Order] = []
        let register: OrderRegister
        if all {
            register = try history(journal, through, &ended)
        } else {
            register = try ProjectionReader.fold(of: journal, through: through, saves: true)
        }
        if counts { return countTable(register).write(options.output.format) }
        var table = Table([
            .init("order", .number), .init("intended"), .init("state"), .init("account"),
            .init("strategy"), .init("symbol"), .init("side"), .init("type"), .init("purpose"),
            .init("quantity", .decimal), .init("filled", .decimal), .init("average", .decimal),
            .init("limit", .decimal), .init("stop", .decimal), .init("fees", .decimal),
            .init("intent"),
        ])
        for order in (register.open + ended).sorted(by: { $0.id < $1.id }) {
            let terms = order.intended
            table.add([
                "\(order.id)", "\(order.intendedAt)", "\(order.state)", names.name(order.account),
                names.name(terms.strategy), names.symbol(terms.instrument), "\(terms.side)",
                "\(terms.orderType)", "\(terms.purpose)", "\(terms.quantity)", "\(order.filled)",
                order.averagePrice.map { "\($0)" },
                terms.limitPrice == .zero ? nil : "\(terms.limitPrice)",
                terms.stopPrice == .zero ? nil : "\(terms.stopPrice)", "\(order.fees)",
                "\(terms.intent)",
            ])
        }
        table.write(options.output.format)
    }

    private func history(
        _ journal: any Journal, _ through: SequenceNumber, _ ended: inout [Order]
    ) throws -> OrderRegister {
        var register = OrderRegister()
        guard through != .none else { return register }
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter(OrderRegister.types)
        ) { record in
            try register.apply(record)
            if let order = register.lastEnded { ended.append(order) }
            return true
        }
        return register
    }

    private func countTable(_ register: OrderRegister) -> Table {
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
}

struct EquityProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "equity", abstract: "Cash, worth, peak and drawdown of each account.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show each account's equity at the end of each UTC day instead.")
    var curve = false

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through, saves: true)
        if curve { return try curveTable(journal, through, names).write(options.output.format) }
        let book: EquityBook = try ProjectionReader.fold(
            of: journal, through: through, saves: true)
        var table = Table([
            .init("account"), .init("time"), .init("cash", .decimal),
            .init("market_value", .decimal), .init("equity", .decimal), .init("peak", .decimal),
            .init("peak_at"), .init("drawdown", .decimal), .init("largest_drawdown", .decimal),
            .init("net_deposits", .decimal),
        ])
        for account in book.accounts.compactMap({ $0 }) {
            table.add([
                names.name(account.account), "\(book.lastTime)", "\(account.cash)",
                "\(account.marketWorth)", "\(account.equity)", "\(account.peak)",
                "\(account.peakAt)", Self.share(account.drawdown),
                Self.share(account.maximumDrawdown), "\(account.netDeposits)",
            ])
        }
        table.write(options.output.format)
    }

    /// Six decimals of a share, rounded.
    private static func share(_ value: Double) -> String {
        "\(Price(rounding: (value * 1e6).rounded() / 1e6) ?? .zero)"
    }

    private func curveTable(
        _ journal: any Journal, _ through: SequenceNumber, _ names: NameBook
    ) throws -> Table {
        var table = Table([.init("account"), .init("day"), .init("equity", .decimal)])
        for account in names.accounts where through != .none {
            let curve = try EquityCurve(of: journal, account: account.id, through: through)
            for point in curve.points {
                table.add([
                    account.name, "\(CivilDate(daysSinceEpoch: point.day))", "\(point.equity)",
                ])
            }
        }
        return table
    }
}

struct ProfitProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pnl",
        abstract: "Profit and loss of each account: today (UTC) and in total.",
        discussion: "net = realised + unrealised + dividends - fees = equity - deposits, exactly.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through, saves: true)
        let book: ProfitAndLoss = try ProjectionReader.fold(
            of: journal, through: through, saves: true)
        var table = Table([
            .init("account"), .init("span"), .init("realised", .decimal),
            .init("unrealised", .decimal), .init("dividends", .decimal), .init("fees", .decimal),
            .init("net", .decimal), .init("equity", .decimal), .init("net_deposits", .decimal),
        ])
        for account in book.equity.accounts.compactMap({ $0?.account }) {
            for (span, parts) in [
                ("\(CivilDate(daysSinceEpoch: book.day))", book.today(account)),
                ("total", book.total(account)),
            ] {
                guard let parts else { continue }
                table.add([
                    names.name(account), span, "\(parts.realised)", "\(parts.unrealised)",
                    "\(parts.dividends)", "\(parts.fees)", "\(parts.net)", "\(parts.equity)",
                    "\(parts.netDeposits)",
                ])
            }
        }
        table.write(options.output.format)
    }
}
