import LedgerDomain

/// What to do with each field of a row, in file order.
struct RowPlan {
    enum Action: UInt8 {
        case ignore
        case decimal
        case side
        case identifier
        case writtenTime
        case compactTime
        case symbol
        case actionName
        case actionValue
        case payDate
        /// Forces the slow path for every row with this decimal.
        case factor
    }

    struct Step {
        var action: Action
        var column: Column
        var rule: DecimalRule
        /// Whether an empty field means 0: a side without a quote, or an unknown trade.
        var allowsEmpty: Bool
    }

    var kind: ImportFormat.Kind
    /// What was recognised without being told.
    var notes: [String]
    var steps: [Step]
    /// A row has at least this many fields, and at most one per step.
    var minimum: Int
    /// The names in the header, or `column 3`.
    var names: [String]
    var timeFormat: TimeFormat
    /// Read only rows with this symbol. Empty: read all rows.
    var symbol: [UInt8]

    func name(of column: Column) -> String {
        steps.firstIndex { $0.column == column && $0.action != .ignore }.map { names[$0] }
            ?? column.word
    }
}

/// Makes a plan from the format and the first line of the file.
struct RowPlanner {
    let format: ImportFormat
    let file: String
    /// The header's fields; nil if there is no header.
    let header: [String]?
    /// The number of fields of a row.
    let width: Int
    /// The fields of the first row, from which the time format is deduced.
    let sample: [[UInt8]]?

    private var plainHeader: [String] { (header ?? []).map(Self.plain) }

    func plan() throws(ImportError) -> RowPlan {
        let (kind, places) = try chosen()
        let time = try timeFormat(at: places[.time])
        var steps = [RowPlan.Step](
            repeating: RowPlan.Step(
                action: .ignore, column: .time, rule: .plain, allowsEmpty: true), count: width)
        for (column, index) in places.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            if steps[index].action != .ignore {
                throw bad("\(steps[index].column) and \(column) are both mapped to \(name(index))")
            }
            steps[index] = step(column, time)
        }
        var notes: [String] = []
        if let note = try indexNote(places[.time]) { notes.append(note) }
        return RowPlan(
            kind: kind, notes: notes, steps: steps,
            minimum: max(1, width - (header == nil ? format.optionalFields : 0)),
            names: (0..<width).map(name), timeFormat: time, symbol: Array(format.symbol.utf8))
    }

    private func chosen() throws(ImportError) -> (ImportFormat.Kind, [Column: Int]) {
        if let kind = format.kind { return (kind, try places(kind)) }
        var problem: ImportError?
        for kind in ImportFormat.Kind.allCases {
            do throws(ImportError) { return (kind, try places(kind)) } catch {
                problem = problem ?? error
            }
        }
        throw ImportError(
            .badHeader, file: file, line: 1,
            "the columns do not match a bar, quote, trade, prediction, action or factor (found "
                + "\(list(header ?? []))); map them with --columns time=1,open=2,…")
    }

    private func places(_ kind: ImportFormat.Kind) throws(ImportError) -> [Column: Int] {
        var result: [Column: Int] = [:]
        for column in Column.needed(by: kind) {
            guard let index = try place(of: column) else {
                let found = header.map { "the header has \(list($0))" } ?? "there is no header"
                throw bad(
                    "\(kind.rawValue) rows need a column for \(column); \(found). "
                        + "Map it with --columns \(column)=NAME or \(column)=NUMBER")
            }
            result[column] = index
        }
        for column in Column.optional(for: kind) {
            if let index = try place(of: column) { result[column] = index }
        }
        return result
    }

    private func place(of column: Column) throws(ImportError) -> Int? {
        switch format.columns[column] {
        case .number(let number):
            guard number <= width else {
                throw bad("\(column) is mapped to column \(number), but rows have \(width)")
            }
            return number - 1
        case .named(let name):
            guard let header else {
                throw bad("\(column) is mapped to '\(name)', but there is no header; use a number")
            }
            if let index = header.firstIndex(of: name) { return index }
            if let index = plainHeader.firstIndex(of: Self.plain(name)) { return index }
            throw bad("\(column) is mapped to '\(name)', but the header has \(list(header))")
        case nil:
            // A map by number is complete. Names are guessed only in addition to mapped names.
            let isByNumber = format.columns.values.contains {
                if case .number = $0 { true } else { false }
            }
            guard header != nil, !isByNumber else { return nil }
            return guessed(column)
        }
    }

    /// The first of the column's usual names that is in the header and not mapped to another
    /// column.
    private func guessed(_ column: Column) -> Int? {
        let plain = plainHeader
        for name in column.commonNames {
            if let index = plain.firstIndex(of: name) { return index }
        }
        return column == .time && hasTimeIndex ? 0 : nil
    }

    /// How pandas names an index that has no name, once its header is made plain.
    static func isIndex(_ plain: String) -> Bool {
        plain.isEmpty || plain == "unnamed0" || plain == "index"
    }

    /// Whether the first column is an index of times.
    private var hasTimeIndex: Bool {
        guard let first = plainHeader.first, Self.isIndex(first) else { return false }
        guard let value = sample?.first else { return true }
        return TimeFormat(firstValue: value) != nil
    }

    /// What the first column is, where it is an index; two columns that may both be the time are
    /// refused.
    private func indexNote(_ time: Int?) throws(ImportError) -> String? {
        guard format.columns.isEmpty, let first = plainHeader.first, Self.isIndex(first),
            let value = sample?.first, let time
        else { return nil }
        if time == 0 { return "the first column is an index of times, such as \(quoted(value))" }
        guard hasTimeIndex, time < (sample?.count ?? 0), sample?[time] != value else {
            return "the first column is a running number and is not read"
        }
        throw bad(
            "the first column, without a name, and '\(name(time))' may both be the time; choose with "
                + "--columns, as in time=\(name(time))")
    }

    private func timeFormat(at index: Int?) throws(ImportError) -> TimeFormat {
        guard format.timeFormat == .detect, let index else { return format.timeFormat }
        if header != nil, let named = TimeFormat(columnName: plainHeader[index]) { return named }
        guard let sample else { return .iso }
        guard index < sample.count, let found = TimeFormat(firstValue: sample[index]) else {
            let text = index < sample.count ? quoted(sample[index]) : "an empty field"
            throw ImportError(
                .badFormat, file: file, line: header == nil ? 1 : 2, column: name(index),
                "cannot tell the time format of \(text); name it with --time, as in --time iso "
                    + "or --time unixMillis"
            )
        }
        return found
    }

    private func step(_ column: Column, _ time: TimeFormat) -> RowPlan.Step {
        let floor = 9 - (format.roundTo ?? 9)
        let rounds = format.roundTo != nil
        let price = DecimalRule(exponent: 9 - format.priceDigits, floor: floor, rounds: rounds)
        let size = DecimalRule(exponent: 9, floor: floor, rounds: rounds)
        switch column {
        case .time: return timeStep(time)
        case .open, .high, .low, .close, .price, .predicted, .error:
            return decimal(column, price, allowsEmpty: false)
        case .bid, .ask: return decimal(column, price, allowsEmpty: format.allowsEmptySide)
        case .bidSize, .askSize: return decimal(column, size, allowsEmpty: format.allowsEmptySide)
        case .volume, .size: return decimal(column, size, allowsEmpty: false)
        case .horizon: return decimal(column, .plain, allowsEmpty: true)
        case .suspicious: return decimal(column, .plain, allowsEmpty: true)
        case .side: return text(.side, column, allowsEmpty: true)
        case .tradeId: return text(.identifier, column, allowsEmpty: true)
        case .symbol: return text(.symbol, column)
        case .action: return text(.actionName, column)
        case .value: return text(.actionValue, column, price)
        case .payDate: return text(.payDate, column, allowsEmpty: true)
        // Factors are rounded already.
        case .priceFactor, .splitFactor, .referencePrice:
            return text(.factor, column, DecimalRule(exponent: 9, floor: 0, rounds: true))
        }
    }

    private func text(
        _ action: RowPlan.Action, _ column: Column, _ rule: DecimalRule = .plain,
        allowsEmpty: Bool = false
    ) -> RowPlan.Step {
        RowPlan.Step(action: action, column: column, rule: rule, allowsEmpty: allowsEmpty)
    }

    private func decimal(
        _ column: Column, _ rule: DecimalRule, allowsEmpty: Bool
    ) -> RowPlan.Step {
        RowPlan.Step(action: .decimal, column: column, rule: rule, allowsEmpty: allowsEmpty)
    }

    private func timeStep(_ time: TimeFormat) -> RowPlan.Step {
        if let exponent = time.exponent {
            let rule = DecimalRule(exponent: exponent, floor: 0, rounds: false)
            return decimal(.time, rule, allowsEmpty: false)
        }
        return RowPlan.Step(
            action: time == .compactDate ? .compactTime : .writtenTime, column: .time, rule: .plain,
            allowsEmpty: false)
    }

    private func name(_ index: Int) -> String {
        guard let header, index < header.count, !header[index].isEmpty else {
            return "column \(index + 1)"
        }
        return header[index]
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(20).map { $0.isEmpty ? "''" : String($0.prefix(40)) }
        return shown.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
    }

    private func bad(_ problem: String) -> ImportError {
        ImportError(.badHeader, file: file, line: header == nil ? nil : 1, problem)
    }

    /// Lower case, letters and digits only, so that `Adj Close` and `adj_close` are equal.
    static func plain(_ name: String) -> String {
        String(
            decoding: name.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    byte
                default: nil
                }
            }, as: UTF8.self)
    }
}
