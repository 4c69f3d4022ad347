import LedgerDomain

/// What the first lines of a file without a column map are: layouts that people have.
///
/// | layout | known by |
/// |---|---|
/// | klines | eleven or twelve fields, the first and the seventh Unix times of one bar, no header |
/// | Yahoo | a header of two or three rows: `Price`, `Ticker`, then `Date` alone |
/// | Yahoo, flat | `Adj Close`, or `Dividends` and `Stock Splits`, in the header |
/// | pandas | a first column without a name, `Unnamed: 0` or `index` |
/// | Alpaca's tables | `trade_count` in the header |
///
/// A layout that is recognised sets what only it can know, and `notes` says so.
struct Recognition {
    private(set) var format: ImportFormat
    private(set) var notes: [String] = []
    /// Rows before the first one of data.
    private(set) var headerRows = 0
    /// The header that several rows make.
    private(set) var header: [String]?
    /// Whether the interval may be taken from the distances of the rows.
    private(set) var tellsInterval = false

    private let file: String

    init(
        _ format: ImportFormat, _ rows: [[[UInt8]]], file: String
    ) throws(ImportError) {
        self.format = format
        self.file = file
        tellsInterval = format.infersInterval
        guard format.columns.isEmpty, format.header == .detect, let first = rows.first else {
            return
        }
        if format.kind == nil || format.kind == .bar {
            if try readKlines(first) { return }
            if rows.count > 2, try readTickers(rows) { return }
        }
        readFlat(first.map { String(decoding: $0, as: UTF8.self) }, rows.dropFirst())
    }

    // MARK: Klines

    private mutating func readKlines(_ row: [[UInt8]]) throws(ImportError) -> Bool {
        guard (11...12).contains(row.count), let time = TimeFormat(firstValue: row[0]),
            let exponent = time.exponent, time != .unixSeconds, row[0].count == row[6].count,
            let start = Self.whole(row[0]), let end = Self.whole(row[6]), end > start,
            row[1...5].allSatisfy({ Self.isDecimal($0) })
        else { return false }
        let (length, overflow) = (end - start + 1).multipliedReportingOverflow(
            by: smallPowers[exponent])
        guard !overflow, length % 1_000_000_000 == 0,
            let seconds = UInt32(exactly: length / 1_000_000_000)
        else { return false }
        for (place, column) in [Column.time, .open, .high, .low, .close, .volume].enumerated() {
            format.columns[column] = .number(place + 1)
        }
        format.kind = .bar
        format.header = .absent
        format.timeFormat = time
        notes.append("klines without a header, times in \(Self.unit(of: time))")
        try set(interval: seconds, "the first bar lasts from \(start) to \(end)")
        return true
    }

    private static func unit(of time: TimeFormat) -> String {
        switch time {
        case .unixMicros: "microseconds"
        case .unixNanos: "nanoseconds"
        default: "milliseconds"
        }
    }

    /// A closing time beside the opening time tells the interval; see `RowPlanner`.
    mutating func set(interval: UInt32, _ reason: String) throws(ImportError) {
        guard format.interval == 0 || format.interval == interval else {
            throw ImportError(
                .badFormat, file: file, line: 1,
                "\(reason), which are \(interval) seconds, but --interval says \(format.interval); "
                    + "give the bars' true length or none")
        }
        format.interval = interval
        notes.append("bars of \(interval) seconds: \(reason)")
    }

    // MARK: Yahoo

    /// A header of rows for fields and for tickers, in either order, and one that names the index.
    private mutating func readTickers(_ rows: [[[UInt8]]]) throws(ImportError) -> Bool {
        let texts = rows.prefix(3).map { $0.map { String(decoding: $0, as: UTF8.self) } }
        let index = RowPlanner.plain(texts[2].first ?? "")
        guard index == "date" || index == "datetime", texts[2].count > 1,
            texts[2].dropFirst().allSatisfy(\.isEmpty), texts[0].count == texts[1].count,
            let fieldRow = texts.prefix(2).firstIndex(where: { row in
                row.contains { RowPlanner.plain($0) == "close" }
            })
        else { return false }
        let (fields, tickers) = (texts[fieldRow], texts[1 - fieldRow])
        let names = Array(tickers.dropFirst())
        let symbol = format.symbol
        let isAlone = names.allSatisfy { $0 == names.first }
        guard isAlone || names.contains(symbol) else {
            let all = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
            throw ImportError(
                .badHeader, file: file, line: 2 - fieldRow,
                "the columns are of \(all.joined(separator: ", ")) and none of them of "
                    + "\(symbol.isEmpty ? "a named symbol" : symbol); name one with --symbol")
        }
        let wanted = isAlone ? names.first ?? "" : symbol
        header =
            [texts[2][0]]
            + zip(fields, tickers).dropFirst().map { $1 == wanted ? $0 : "" }
        headerRows = 3
        format.header = .present
        notes.append("Yahoo's table with a header of three rows, columns of \(wanted)")
        beFloats(fields.map(RowPlanner.plain), rows.dropFirst(3))
        return true
    }

    /// Numbers computed in binary have more decimals than any price.
    private mutating func beFloats(_ names: [String], _ rows: ArraySlice<[[UInt8]]>) {
        tellsInterval = true
        let isLong = rows.contains { row in
            zip(names, row).contains { name, field in
                ["open", "high", "low", "close", "volume"].contains(name)
                    && ExactDecimal.decimals(in: field, atMost: 38) > 9
            }
        }
        guard format.roundTo == nil, isLong else { return }
        format.roundTo = 9
        notes.append("prices and volumes are rounded to nine decimals")
    }

    private mutating func readFlat(_ names: [String], _ rows: ArraySlice<[[UInt8]]>) {
        let plain = names.map(RowPlanner.plain)
        guard plain.contains("close"), let first = plain.first else { return }
        let isYahoo =
            plain.contains("adjclose")
            || plain.contains("dividends") && plain.contains("stocksplits")
        if isYahoo || RowPlanner.isIndex(first) || plain.contains("tradecount") {
            beFloats(plain, rows)
        }
    }

    // MARK: Intervals

    /// Takes the interval of bars from their closing times, or from the distances of the first rows.
    mutating func completeInterval(
        _ plan: RowPlan, _ rows: [[[UInt8]]], header: [String]?
    ) throws(ImportError) {
        guard plan.kind == .bar else { return }
        if let (start, end, seconds) = closing(plan, rows, header) {
            let reason = "the first bar lasts from \(start) to \(end)"
            if seconds != format.interval { try set(interval: seconds, reason) }
        }
        guard format.interval == 0 else { return }
        let places = plan.steps.indices.filter {
            plan.steps[$0].column == .time && plan.steps[$0].action != .ignore
        }
        let times = rows.map { row -> Int64? in
            guard let place = places.first, place < row.count else { return nil }
            return plan.timeFormat.localSeconds(row[place])
        }
        let seconds = Self.interval(of: times)
        if let seconds, tellsInterval, times.count > 2 {
            format.interval = seconds
            notes.append("bars of \(seconds) seconds, by the distances of the first rows")
            return
        }
        let hint = seconds.map { "; the first rows are \($0) seconds apart" } ?? ""
        throw ImportError(
            .badFormat, file: file, "bars need --interval SECONDS, such as 60 or 86400\(hint)")
    }

    /// The first bar's opening and closing time, which is its last unit, and its length.
    private func closing(
        _ plan: RowPlan, _ rows: [[[UInt8]]], _ header: [String]?
    ) -> (start: Int64, end: Int64, seconds: UInt32)? {
        let plain = (header ?? []).map(RowPlanner.plain)
        guard format.columns.isEmpty, let row = rows.first,
            let from = plain.firstIndex(of: "opentime"),
            let to = plain.firstIndex(of: "closetime"), max(from, to) < row.count,
            row[from].count == row[to].count, let start = Self.whole(row[from]),
            let end = Self.whole(row[to]), end > start, let exponent = plan.timeFormat.exponent
        else { return nil }
        let (length, overflow) = (end - start + 1).multipliedReportingOverflow(
            by: smallPowers[exponent])
        guard !overflow, length % 1_000_000_000 == 0,
            let seconds = UInt32(exactly: length / 1_000_000_000)
        else { return nil }
        return (start, end, seconds)
    }

    /// The interval that most of the rows keep: a part of a day, a day, a week, a month, a quarter or
    /// a year. Nil where there is none. Two rows prove nothing yet.
    private static func interval(of times: [Int64?]) -> UInt32? {
        let known = times.compactMap { $0 }
        let distances = zip(known, known.dropFirst()).map { $1 - $0 }
        guard known.count == times.count, let shortest = distances.min(),
            let longest = distances.max(), shortest > 0
        else { return nil }
        let day: Int64 = 86_400
        for (days, interval) in [(28...31, 30), (89...92, 90), (365...366, 365)]
            as [(ClosedRange<Int64>, Int64)]
        where shortest >= days.lowerBound * day && longest <= days.upperBound * day {
            return UInt32(interval * day)
        }
        let isUsual = shortest < day ? day % shortest == 0 : shortest == day || shortest == 7 * day
        guard isUsual, distances.count(where: { $0 == shortest }) * 2 >= distances.count else {
            return nil
        }
        return UInt32(shortest)
    }

    // MARK: Numbers

    private static func whole(_ digits: [UInt8]) -> Int64? {
        guard digits.count <= 18, digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    private static func isDecimal(_ field: [UInt8]) -> Bool {
        let rule = DecimalRule(exponent: 9, floor: 9, rounds: true)
        if case .value = ExactDecimal.read(field, rule) { return true }
        return false
    }
}
