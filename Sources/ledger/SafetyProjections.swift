import ArgumentParser
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

struct GateProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Show the active latches.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        try options.tables().gate().write(options.output.style)
    }
}

struct UnprotectedProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotected",
        abstract: "Show exits and stops that are not at the venue and are sent again.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        var tables = try options.tables()
        try tables.unprotected().write(
            options.output.style, emptyBecause: "every exit and stop is where it belongs")
    }
}

struct DrawdownProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drawdown", abstract: "Show the drawdown stop, like `ledger drawdown status`.")

    @OptionGroup var options: ProjectionOptions

    func run() throws { try DrawdownStatus.show(options) }
}

struct RiskProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "risk", abstract: "Show every limit and how much of it is used.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        var tables = try options.tables()
        try tables.limits().write(options.output.style)
    }
}

struct QualityProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract:
            "Show each symbol's data quality as of the last event. `ledger data check` has more "
            + "options."
    )

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        let (journal, through) = try options.open()
        let engine = try EngineRestorer.engine(of: journal, through: through)
        let set = engine.main.rules
        var rules = QualityRules()
        rules.calendar = set.calendar
        rules.staleness = set.data.staleness
        rules.history = set.data.history
        var quality = DataQuality(rules)
        for instrument in engine.names.instruments { quality.define(instrument) }
        if through != .none {
            try journal.forEachRecord(
                from: .first, through: through, filter: EventFilter(DataQuality.types)
            ) { record in
                try quality.observe(record)
                return true
            }
        }
        let report = quality.report(at: max(engine.lastTime, .zero))
        try DataCheckCommand.table(report).write(options.output.style)
    }
}
