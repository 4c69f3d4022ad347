import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerReading
import LedgerSafety
import LedgerUpkeep

struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check whether each symbol's data are good enough to trade.",
        discussion: """
            A symbol is blocked by the first check that fails: the newest data are too old, an
            indicator cannot be computed, values are missing, the history is too short, or a
            price is impossible. One symbol never blocks another. The JSON output is the
            report that --write saves.

              ledger data check spy.zip --preset lean-daily --at 2021-04-01T04:00:00Z
              ledger data check aapl.zip --preset lean-daily --factors aapl.csv \\
                --from 2010-01-01
              ledger data check --journal live --write artifacts/data_quality

            Exit codes: 0 no symbol is blocked; 1 a symbol is blocked or there is none.
            """.paragraphs)

    @OptionGroup var data: QualityOptions
    @OptionGroup var output: RowOptions
    @Option(
        help: """
            Write data_quality_report_YYYYMMDD_HHMMSS.json (the time of --at) and its copy \
            data_quality_report_latest.json into this directory, such as artifacts/data_quality.
            """)
    var write: String?

    func run() throws {
        let reading = try QualityReading(data)
        let report = reading.quality.report(at: reading.asOf)
        for (symbol, bad) in reading.badRows {
            Terminal.complain("\(symbol): skipped \(bad.total) bad rows: \(bad.summary)")
        }
        if let write { try Self.write(report, into: write) }
        if output.format == .json {
            Terminal.write(report.json)
        } else {
            try Self.table(report).write(output.style)
        }
        guard report.passes else { throw ExitCode(1) }
    }

    private static func write(_ report: QualityReport, into folder: String) throws {
        let stamp = "\(report.asOf)".filter { $0 != "-" && $0 != ":" }.prefix(15)
        let name = stamp.split(separator: "T").joined(separator: "_")
        do throws(ArtifactError) {
            for name in [name, "latest"] {
                try ArtifactFile.write(
                    report.json, to: "\(folder)/data_quality_report_\(name).json")
            }
        } catch { throw CommandError("\(error)", code: error.isFull ? 4 : 2) }
    }

    static func table(_ report: QualityReport) -> Table {
        var table = Table([
            .init("symbol"), .init("result"), .init("rows", .number), .init("last"),
            .init("missing_sessions", .number, isDetail: true),
            .init("age_hours", .decimal, isDetail: true),
            .init("history_days", .number, isDetail: true),
            .init("missing_share", .decimal, isDetail: true), .init("warnings"),
            .init("reason"),
        ])
        for symbol in report.symbols {
            let warnings = QualityKind.allCases.filter { symbol.findings.count($0) > 0 }
            table.add([
                symbol.symbol, symbol.issue?.name ?? "ok", "\(symbol.rows)",
                symbol.last.map { "\($0)" }, symbol.missingSessions.map { "\($0)" },
                symbol.age.map(QualityReport.hours), "\(symbol.history)",
                "\(symbol.missingShare)",
                warnings.map { "\($0.name) \(symbol.findings.count($0))" }.joined(separator: ", "),
                symbol.reason,
            ])
        }
        return table
    }
}

struct DataInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "List gaps, duplicates, spikes and zero volumes.",
        discussion: """
            A row is the line of a file or the sequence number of an event. Values are shares of
            1, prices, or numbers of sessions and bars.

              ledger data inspect btcusd_trade.zip --preset lean-daily-crypto
              ledger data inspect --journal live --limit 100
            """.paragraphs)

    @OptionGroup var data: QualityOptions
    @OptionGroup var output: RowOptions

    func run() throws {
        let reading = try QualityReading(data)
        let report = reading.quality.report(at: reading.asOf)
        var table = Table([
            .init("symbol"), .init("finding"), .init("row"), .init("time"),
            .init("since", isDetail: true), .init("value", .decimal),
            .init("limit", .decimal, isDetail: true), .init("detail"),
        ])
        for symbol in report.symbols {
            for finding in symbol.findings.listed {
                table.add([
                    symbol.symbol, finding.kind.name, reading.place(finding.row),
                    "\(finding.time)", finding.since.map { "\($0)" },
                    finding.value.map(FixedPoint.format), finding.limit.map(FixedPoint.format), nil,
                ])
            }
            addBadRows(reading, of: symbol.symbol, to: &table)
        }
        try table.write(output.style)
        tellRest(report, reading)
    }

    /// Rows that are not events have no time; their error is given as text.
    private func addBadRows(
        _ reading: QualityReading, of symbol: String, to table: inout Table
    ) {
        for (owner, bad) in reading.badRows where owner == symbol {
            for error in bad.first.prefix(data.limit) {
                let place = error.line.map { "\(error.file):\($0)" } ?? error.file
                let column = error.column.map { "\($0): " } ?? ""
                table.add([
                    symbol, error.kind.quality.name, place, nil, nil, nil, nil,
                    column + error.problem,
                ])
            }
        }
    }

    private func tellRest(_ report: QualityReport, _ reading: QualityReading) {
        for symbol in report.symbols {
            let bad = reading.badRows.filter { $0.symbol == symbol.symbol }
                .flatMap { $0.report.first.prefix(data.limit) }
            for kind in QualityKind.allCases {
                let listed =
                    symbol.findings.listed.count { $0.kind == kind }
                    + bad.count { $0.kind.quality == kind }
                let more = symbol.findings.count(kind) - listed
                if more > 0 { Terminal.complain("\(symbol.symbol): \(more) more \(kind.name)") }
            }
        }
    }
}
