import LedgerDomain

/// What the first lines say about the rows: the header, the number of fields, the time format, and
/// the day in the file's name.
enum FirstLines {
    static func plan(
        _ lines: inout LineBuffer, _ format: ImportFormat
    ) throws(ImportError) -> RowPlan {
        let file = lines.source.name
        try skipByteOrderMark(&lines)
        var header: [String]?
        if expectsHeader(format) {
            guard let fields = try row(&lines, format) else {
                throw ImportError(.badHeader, file: file, "the file is empty; it needs a header")
            }
            header = fields.map { String(decoding: $0, as: UTF8.self) }
        }
        let sample = try row(&lines, format)
        if sample != nil { lines.unread() }
        let most = max(0, format.columns.values.map(number).max() ?? 0)
        let width =
            header?.count ?? (format.fieldCount > 0 ? format.fieldCount : sample?.count ?? most)
        guard width <= 4096 else {
            throw ImportError(.badHeader, file: file, line: 1, "the header has \(width) columns")
        }
        let planner = RowPlanner(
            format: format, file: file, header: header, width: width, sample: sample)
        return try planner.plan()
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
            if line.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            return RowFields.split(line, delimiter: format.delimiter)
                ?? [Array(line.prefix(80))]
        }
        return nil
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
