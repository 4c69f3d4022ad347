import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading

struct ProjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Show positions, orders, equity or profit at any moment.",
        discussion: """
              ledger project positions --journal demo
              ledger project pnl --journal demo --at 2008-10-10
              ledger project pnl --journal demo --at 2008-10-10 --as-known-at 2008-12-31
              ledger project equity --journal demo --curve --format csv > curve.csv
              ledger project instruments --journal demo
            """.paragraphs,
        subcommands: [
            PositionsProjection.self, OrdersProjection.self, EquityProjection.self,
            ProfitProjection.self, GateProjection.self, UnprotectedProjection.self,
            DrawdownProjection.self,
            RiskProjection.self, ReconciliationProjection.self, FunnelProjection.self,
            HealthProjection.self, QualityProjection.self, ViewProjection.self,
        ], defaultSubcommand: ViewProjection.self)
}

/// Prints any registered table. Tables with options of their own have a command above.
struct ViewProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show one of " + ProjectionView.all.map(\.name).joined(separator: ", ") + ".")

    @Argument(help: "Projection.")
    var view: ProjectionView?
    @OptionGroup var options: BookOptions

    func validate() throws {
        let books = ["balances", "exposure"]
        guard options.asKnownAt == nil || view.map({ books.contains($0.name) }) == true else {
            throw ValidationError(
                "--as-known-at is for positions, equity, pnl, balances and exposure")
        }
    }

    func run() throws {
        guard let view else { throw CleanExit.helpRequest(ProjectCommand.self) }
        var tables = try options.tables()
        try view.table(&tables).write(
            options.style, emptyBecause: "the journal holds none at this moment")
    }
}

struct ProjectionOptions: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("Show the state after \(Moment.help)."))
    var at: Moment?

    /// Opens the journal and resolves the moment.
    func open() throws -> (journal: LMDBJournal, through: SequenceNumber) {
        let journal = try open(at == nil)
        if at == nil { try Standing(journal).tellActivity(onOutput: false) }
        let through = try at?.last(in: journal) ?? journal.head.lastSequence
        return (journal, through)
    }

    /// Opens the journal and folds it up to the moment.
    ///
    /// - Parameter saves: whether a long fold up to now may write a checkpoint.
    func tables(saves: Bool = false) throws -> ProjectionTables {
        let (journal, through) = try open()
        return try ProjectionTables(journal, through: through, saves: saves)
    }

    /// Writes a checkpoint after a long fold up to now, if allowed.
    private func open(_ wantsToSave: Bool) throws -> LMDBJournal {
        if wantsToSave,
            let journal = try? SealedJournal.open(directory: journals.directory, mode: .readWrite)
        {
            return journal
        }
        return try journals.openForReading()
    }
}

/// The options of tables that are made of bookings, which may be corrected later.
struct BookOptions: ParsableArguments {
    @OptionGroup var projection: ProjectionOptions
    @Option(
        help: ArgumentHelp(
            "With --at, also apply what was learned until \(Moment.help): corrected fills, and late "
                + "fees, dividends and transfers that belong before --at."))
    var asKnownAt: Moment?

    var style: OutputStyle { projection.output.style }

    func validate() throws {
        guard asKnownAt == nil || projection.at != nil else {
            throw ValidationError("--as-known-at needs --at")
        }
    }

    func tables() throws -> ProjectionTables {
        guard let asKnownAt, let at = projection.at else {
            return try projection.tables(saves: true)
        }
        let (journal, through) = try projection.open()
        let known = try asKnownAt.last(in: journal)
        guard through <= known else {
            throw CommandError("--as-known-at is before --at; give the later moment")
        }
        let time: Timestamp =
            if case .time(let time) = at.place { time } else {
                try ProjectionReader.time(of: through, in: journal)
            }
        return try ProjectionTables(
            journal, asOf: time, through: through, knownThrough: known)
    }
}

struct PositionsProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "positions",
        abstract: "Show what each account and strategy holds and what it cost.")

    @OptionGroup var options: BookOptions
    @Flag(help: "Show each open lot.")
    var lots = false
    @Flag(help: "Also show closed positions.")
    var all = false

    func run() throws {
        let tables = try options.tables()
        let table =
            lots
            ? try tables.lots(includesClosed: all) : try tables.positions(includesClosed: all)
        try table.write(
            options.style,
            emptyBecause: all
                ? "nothing was bought or sold up to this moment"
                : "nothing is held at this moment; --all shows closed positions")
    }
}

struct OrdersProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Show open orders.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Also show orders that have ended.")
    var all = false
    @Flag(help: "Show only the number of orders in each state.")
    var counts = false

    func run() throws {
        let (journal, through) = try options.open()
        var tables = try ProjectionTables(journal, through: through, saves: true)
        let table =
            counts
            ? try tables.counts() : try tables.orders(all ? ended(journal, through) : [])
        try table.write(
            options.output.style,
            emptyBecause: all
                ? "there was no order up to this moment"
                : "no order is open at this moment; --all shows those that ended")
    }

    private func ended(_ journal: any Journal, _ through: SequenceNumber) throws -> [Order] {
        var ended: [Order] = []
        var register = OrderRegister()
        guard through != .none else { return ended }
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter(OrderRegister.types)
        ) { record in
            try register.apply(record)
            if let order = register.lastEnded { ended.append(order) }
            return true
        }
        return ended
    }
}

struct EquityProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "equity", abstract: "Show cash, holdings, peak and drawdown of each account.")

    @OptionGroup var options: BookOptions
    @Flag(help: "Show each account's equity at the end of each of its trading days instead.")
    var curve = false
    @Flag(help: "Show growth, volatility and Sharpe ratio of the daily returns instead.")
    var metrics = false

    func validate() throws {
        guard !(curve && metrics) else {
            throw ValidationError("--curve and --metrics exclude each other")
        }
        guard options.asKnownAt == nil || !(curve || metrics) else {
            throw ValidationError("--as-known-at shows one moment; leave out --curve and --metrics")
        }
    }

    func run() throws {
        let tables = try options.tables()
        let table =
            try metrics ? tables.metrics() : curve ? tables.curve() : tables.equity()
        try table.write(options.style, emptyBecause: Self.reason)
    }

    static let reason = "no account has money at this moment"
}

struct ProfitProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pnl",
        abstract: "Show each account's profit and loss: of its last trading day, and in total.",
        discussion: "net = realised + unrealised + dividends - fees = equity - deposits, exactly.")

    @OptionGroup var options: BookOptions

    func run() throws {
        try options.tables().profit().write(
            options.style, emptyBecause: EquityProjection.reason)
    }
}
