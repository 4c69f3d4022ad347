import Glibc
import LedgerDomain
import LedgerEvents

/// Reads rows as events. Each row first takes the fast path. If that rejects the row, the slow path
/// reads it field by field and returns the same event or the error.
struct RowReader: ~Copyable {
    private let format: ImportFormat
    private let instrument: InstrumentID
    let plan: RowPlan
    private let scanner: RowScanner
    private var lines: LineBuffer
    private var values = RowValues()
    private var times: RowTimes
    private(set) var bad = BadRowReport()
    private(set) var suspiciousRows = 0
    private(set) var otherSymbolRows = 0
    /// Rows with a size of more digits than a record can hold.
    private(set) var roundedRows = 0
    private let symbolIndex: Int?
    /// The first symbol of which rows were passed over.
    private var otherSymbol: [UInt8]?
    private var lastSplit: Int64?
    /// The time of a row before the first one, if nothing else followed that.
    private var lowest: Int64?
    private var lastFactors: FactorRow?
    /// Further events of the row, after the one returned.
    private var pending: MarketEvent?

    var lineNumber: Int { lines.lineNumber }
    var source: ByteSource { lines.source }

    /// Reads the header, if there is one, and examines the first row.
    init(
        _ source: ByteSource, _ given: ImportFormat, _ instrument: InstrumentID
    ) throws(ImportError) {
        try given.check(file: source.name)
        let rules = try ZoneRules(named: given.zone)
        var lines = LineBuffer(source)
        var notes: [String] = []
        var given = given
        if let bars = try FirstLines.json(&lines, given) {
            lines = LineBuffer(bars.source)
            (given, notes) = (bars.format, bars.notes)
        }
        var (plan, format) = try FirstLines.plan(&lines, given)
        plan.notes = notes + plan.notes
        let base = try FirstLines.baseDate(plan, format, source)
        self.format = format
        self.instrument = instrument
        self.plan = plan
        self.lines = lines
        symbolIndex = plan.symbol.isEmpty ? nil : plan.steps.firstIndex { $0.action == .symbol }
        scanner = RowScanner(plan, delimiter: format.delimiter)
        times = RowTimes(rules, format, plan, base: base)
    }

    /// The next event, or nil at the end.
    ///
    /// - Throws: `ImportError` for a bad row, unless bad rows are skipped, and for a source that
    ///   cannot be read any further.
    @inline(__always)
    mutating func next() throws(ImportError) -> MarketEvent? {
        if pending != nil { return pending.take() }
        while true {
            do throws(ImportError) {
                guard let line = try lines.next() else {
                    try checkSymbols()
                    return nil
                }
                if let event = fast(line) { return event }
                if let event = try slow(line) { return event }
            } catch {
                // A factor row only has a meaning together with its neighbours, so none can be
                // skipped.
                guard error.kind.isOfARow, format.badRows == .skip, plan.kind != .factor else {
                    throw error
                }
                bad.add(error)
            }
        }
    }

    /// Bars that are all of other symbols are not what was meant.
    @inline(never)
    private func checkSymbols() throws(ImportError) {
        guard plan.kind == .bar, times.last.event == .min, let otherSymbol else { return }
        throw ImportError(
            .badFormat, file: lines.source.name,
            "all \(otherSymbolRows) rows are of other symbols than \(format.symbol), such as "
                + "\(quoted(otherSymbol)); name one of them with --symbol")
    }

    @inline(__always)
    private mutating func fast(_ line: UnsafeBufferPointer<UInt8>) -> MarketEvent? {
        if lines.mayHoldNUL { return nil }
        guard line.count > 0, scanner.scan(line, into: &values), values[.suspicious] == 0,
            values.finding(plan.kind, refuseCrossed: format.refuseCrossed) == nil
        else { return nil }
        guard case .moment(let moment) = times.moment(of: values) else { return nil }
        times.accept(moment, of: values)
        return event(moment)
    }

    @inline(__always)
    private mutating func event(_ moment: RowMoment) -> MarketEvent {
        if values.roundSizes(plan.kind) { roundedRows += 1 }
        return values.event(
            plan.kind, instrument, interval: format.interval,
            at: Timestamp(nanoseconds: moment.event))
    }

    /// Nil for a line without an event: blank, marked as suspicious, for another symbol, or with
    /// the same factors as the previous row.
    @inline(never)
    private mutating func slow(
        _ line: UnsafeBufferPointer<UInt8>
    ) throws(ImportError) -> MarketEvent? {
        if line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { return nil }
        if line.contains(0) { throw complaint(.nulByte, nil, []) }
        guard let fields = RowFields.split(line, delimiter: format.delimiter) else {
            throw complaint(.badQuoting, nil, [])
        }
        if fields.count < plan.minimum { throw complaint(.missingColumns, nil, fields) }
        if fields.count > plan.steps.count { throw complaint(.extraColumns, nil, fields) }
        if let symbolIndex, symbolIndex < fields.count, fields[symbolIndex] != plan.symbol {
            otherSymbolRows += 1
            otherSymbol = otherSymbol ?? fields[symbolIndex]
            return nil
        }
        try read(fields)
        if values[.suspicious] != 0 {
            suspiciousRows += 1
            return nil
        }
        if let found = values.finding(plan.kind, refuseCrossed: format.refuseCrossed) {
            throw complaint(found.kind, found.column, fields)
        }
        switch times.moment(of: values) {
        case .failed(let kind): throw complaint(falling(kind), .time, fields)
        case .moment(let moment):
            switch plan.kind {
            case .factor: return try factors(moment, fields)
            case .action: return try action(moment, fields)
            default:
                times.accept(moment, of: values)
                return event(moment)
            }
        }
    }

    /// Two rows that are each earlier than the one before, at the beginning of a file: all of them are.
    /// Where bad rows are skipped, only the first row would be left.
    private mutating func falling(_ kind: ImportError.Kind) -> ImportError.Kind {
        guard kind == .backwardTime, times.isAtFirst, bad.total <= 1 else { return kind }
        let isLower = lowest.map { times.fallen < $0 } ?? false
        lowest = times.fallen
        return isLower ? .backwardRows : kind
    }

    private mutating func action(
        _ moment: RowMoment, _ fields: [[UInt8]]
    ) throws(ImportError) -> MarketEvent {
        if values.isSplit {
            if lastSplit == moment.event { throw complaint(.duplicateTime, .time, fields) }
            lastSplit = moment.event
        }
        values.payable = nil
        if let written = values.payDate, !values.isSplit {
            guard let payable = times.midnight(of: written) else {
                throw complaint(.badPayDate, .payDate, fields)
            }
            guard payable >= moment.event else { throw complaint(.earlyPayDate, .payDate, fields) }
            values.payable = Timestamp(nanoseconds: payable)
        }
        times.accept(moment, of: values)
        return event(moment)
    }

    /// The dividend and the split between the previous row and this one.
    private mutating func factors(
        _ moment: RowMoment, _ fields: [[UInt8]]
    ) throws(ImportError) -> MarketEvent? {
        let new = values.factors(effective: moment.event) { column in
            plan.steps.firstIndex { $0.action == .factor && $0.column == column }
                .map { $0 < fields.count ? ExactDecimal.decimals(in: fields[$0]) : 0 } ?? 0
        }
        defer { lastFactors = new }
        times.accept(moment, of: values)
        guard let old = lastFactors else { return nil }
        do throws(FactorProblem) {
            return try FactorChain.events(from: old, to: new, instrument, pending: &pending)
        } catch { throw complaint(error.finding.kind, error.finding.column, fields) }
    }

    private mutating func read(_ fields: [[UInt8]]) throws(ImportError) {
        for (index, step) in plan.steps.enumerated() {
            guard index < fields.count else {
                if step.action != .ignore { values[step.column] = 0 }
                if step.action == .payDate { values.payDate = nil }
                continue
            }
            let found = fields[index].withUnsafeBufferPointer { values.read($0, step) }
            if let found { throw complaint(found, step.column, fields) }
        }
    }

    private func complaint(
        _ kind: ImportError.Kind, _ column: Column?, _ fields: [[UInt8]]
    ) -> ImportError {
        let complaint = RowComplaint(
            format: format, plan: plan, file: lines.source.name, zone: times.zone,
            line: lines.lineNumber, fields: fields, spacing: times.shortestSpacing,
            isSecond: times.isAtFirst && bad.total == 0)
        return ImportError(
            kind, file: lines.source.name, line: lines.lineNumber,
            column: column.map(plan.name), complaint.sentence(kind, column ?? .time))
    }
}
