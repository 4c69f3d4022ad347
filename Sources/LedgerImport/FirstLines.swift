import LedgerDomain

/// What the first lines say about the rows: the header, the number of fields, the time format, and
/// the day in the file's name.
enum FirstLines {
    /// The most lines that are looked at.
    private static let most = 24

    /// The bars of a JSON text, as rows of klines or of six columns; nil for another text.
    static func json(
        _ lines: inout LineBuffer, _ given: ImportFormat
    ) throws(ImportError) -> (source: ByteSource, format: ImportFormat, notes: [String])? {
        try skipByteOrderMark(&lines)
        let first = try lines.firstByte()
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["), given.columns.isEmpty else {
            return nil
        }
        let name = lines.source.name
        guard let text = try lines.rest(atMost: JSONBars.limit) else {
            throw ImportError(
                .unsupported, file: name, "is JSON of more than \(JSONBars.limit >> 20) MiB")
        }
        let bars = try JSONBars.read(text, file: name, symbol: given.symbol)
        var format = given
        if !bars.areLists {
            format.kind = .bar
            format.header = .absent
            for (place, column) in [Column.time, .open, .high, .low, .close, .volume].enumerated() {
                format.columns[column] = .number(place + 1)
            }
            format.roundTo = given.roundTo ?? 9
            format.infersInterval = true
        }
        let source = try ByteSource(bytes: bars.rows, name: "\(name)#bar")
        return (
            source, format, ["JSON bars; an error's line is the number of its bar"] + bars.notes
        )
    }

    /// The plan of the rows, and the format with what the file itself says.
    static func plan(
        _ lines: inout LineBuffer, _ given: ImportFormat
    ) throws(ImportError) -> (plan: RowPlan, format: ImportFormat) {
        let file = lines.source.name
        try skipByteOrderMark(&lines)
        let rows = try lines.peek(most).filter { !isBlank($0) }.map { line in
            RowFields.split(line, delimiter: given.delimiter) ?? [Array(line.prefix(80))]
        }
        var found = try Recognition(given, rows, file: file)
        var header = found.header
        for _ in 0..<found.headerRows { _ = try lines.next() }
        if header == nil, expectsHeader(found.format) {
            guard let fields = try row(&lines, given) else {
                throw ImportError(.badHeader, file: file, "the file is empty; it needs a header")
            }
            header = fields.map { String(decoding: $0, as: UTF8.self) }
        }
        let sample = try row(&lines, given)
        if sample != nil { lines.unread() }
        let format = found.format
        let most = max(0, format.columns.values.map(number).max() ?? 0)
        let width =
            header?.count ?? (format.fieldCount > 0 ? format.fieldCount : sample?.count ?? most)
        guard width <= 4096 else {
            throw ImportError(.badHeader, file: file, line: 1, "the header has \(width) columns")
        }
        let planner = RowPlanner(
            format: format, file: file, header: header, width: width, sample: sample)
        var plan = try planner.plan()
        let data = rows.dropFirst(max(found.headerRows, header == nil ? 0 : 1))
        try found.completeInterval(plan, Array(data), header: header)
        plan.notes = found.notes + plan.notes
        return (plan, found.format)
    }

    /// The day from which times since midnight are counted; nil for other time formats.
    static func baseDate(
        _ plan: RowPlan, _ format: ImportFormat, _ source: ByteSource
    ) throws(ImportError) -> CivilDate? {
        guard plan.timeFormat == .millisSinceMidnight else { return nil }
        let archive = source.name.split(separator: "#").first.map(String.init) ?? ""
        if let date = format.baseDate ?? date(in: archive) ?? source.entryName.flatMap(date) {
            return date
        }
        throw ImportError(
            .badFormat, file: source.name,
            "times count from midnight, but the file name does not begin with a day (YYYYMMDD); "
                + "give the day with --date")
    }

    private static func number(_ place: ColumnPlace) -> Int {
        if case .number(let number) = place { number } else { 0 }
    }

    private static func expectsHeader(_ format: ImportFormat) -> Bool {
        switch format.header {
        case .present: true
        case .absent: false
        case .detect: format.columns.isEmpty || format.columns.values.contains { number($0) == 0 }
        }
    }

    /// The fields of the next line that is not blank.
    private static func row(
        _ lines: inout LineBuffer, _ format: ImportFormat
    ) throws(ImportError) -> [[UInt8]]? {
        while let line = try lines.next() {
            if isBlank(line) { continue }
            return RowFields.split(line, delimiter: format.delimiter)
                ?? [Array(line.prefix(80))]
        }
        return nil
    }

    private static func isBlank(_ line: some Sequence<UInt8>) -> Bool {
        line.allSatisfy { $0 == 32 || $0 == 9 }
    }

    private static func skipByteOrderMark(_ lines: inout LineBuffer) throws(ImportError) {
        guard let line = try lines.next() else { return }
        lines.unread(skipping: line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    }

    private static func date(in path: String) -> CivilDate? {
        let name = path.split(separator: "/").last ?? ""
        let digits = name.utf8.prefix(8)
        guard digits.count == 8, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}
