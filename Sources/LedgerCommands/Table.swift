import LedgerEvents
import LedgerReading

/// Prints a table as text, JSON, JSON lines or CSV.
extension Table {
    /// - Parameters:
    ///   - isRecord: print a text table with a single row as one line per column, as one that is too wide
    ///     always is.
    ///   - sentence: what a person reads instead of a text table.
    ///   - reason: why a table has no rows; shown on standard error below an empty one.
    /// - Throws: `CommandError` for a column that does not exist.
    package func write(
        _ style: OutputStyle, isRecord: Bool = false, saying sentence: String? = nil,
        emptyBecause reason: String? = nil
    ) throws {
        let table = try selected(style.columns)
        switch style.format {
        case .table:
            if let sentence { return Terminal.print(sentence) }
            table.show(style, isRecord: isRecord)
            if let reason, rows.isEmpty { Terminal.complain("no rows: \(reason)") }
        case .json, .jsonl, .csv: Terminal.write(table.bytes(style.format))
        }
    }

    private func selected(_ names: [String]) throws -> Table {
        guard !names.isEmpty else { return self }
        if let table = selecting(names) { return table }
        let unknown = names.filter { index($0) == nil }.joined(separator: ", ")
        throw CommandError(
            "--columns \(unknown): no such column; the columns are "
                + columns.map(\.name).joined(separator: ","), code: 64)
    }

    private func show(_ style: OutputStyle, isRecord: Bool) {
        var layout = TableLayout(self, limit: style.columns.isEmpty ? style.width : nil)
        if rows.count == 1, isRecord || !layout.omitted.isEmpty {
            layout = TableLayout(upright, limit: style.width)
        }
        let lines = layout.lines(isColoured: style.isColoured)
        Terminal.write(Array(lines.joined(separator: "\n").utf8) + [10])
        guard !layout.omitted.isEmpty, !rows.isEmpty else { return }
        Terminal.complain(
            "not shown: \(layout.omitted.joined(separator: ", ")); add --wide for all columns")
    }

    private func bytes(_ format: OutputFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        switch format {
        case .jsonl:
            for row in rows {
                appendObject(row, &bytes)
                bytes.append("\n")
            }
        case .csv: appendCSV(&bytes)
        case .json, .table: appendJSON(&bytes)
        }
        return bytes
    }

    /// As a JSON array on one line.
    package var line: String {
        let objects = rows.map { row in
            var bytes: [UInt8] = []
            appendObject(row, &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        return "[" + objects.joined(separator: ",") + "]"
    }

    /// As a JSON array, without a trailing line feed.
    package var json: String {
        var bytes: [UInt8] = []
        appendJSON(&bytes)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    private var upright: Table {
        var table = Table([Column("what"), Column("value")])
        for (column, cell) in zip(columns, rows[0]) { table.add([column.name, cell]) }
        return table
    }

    private func appendJSON(_ bytes: inout [UInt8]) {
        bytes.append("[")
        for (index, row) in rows.enumerated() {
            bytes.append(index == 0 ? "\n  " : ",\n  ")
            appendObject(row, &bytes)
        }
        bytes.append(rows.isEmpty ? "]\n" : "\n]\n")
    }

    private func appendObject(_ row: [String?], _ bytes: inout [UInt8]) {
        bytes.append("{")
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(",") }
            bytes.append(string: column.name)
            bytes.append(":")
            switch (row[index], column.kind) {
            case (nil, _), (Table.unknown, .decimal): bytes.append("null")
            case (let cell?, .number), (let cell?, .flag): bytes.append(cell)
            case (let cell?, .list):
                bytes.append("[")
                for (index, item) in cell.split(separator: "\n").enumerated() {
                    if index > 0 { bytes.append(",") }
                    bytes.append(string: String(item))
                }
                bytes.append("]")
            case (let cell?, _): bytes.append(string: cell)
            }
        }
        bytes.append("}")
    }

    private func appendCSV(_ bytes: inout [UInt8]) {
        func line(_ cells: [String]) {
            bytes.append(cells.map(Self.quoted).joined(separator: ",") + "\n")
        }
        line(columns.map(\.name))
        for row in rows { line(row.map { $0 ?? "" }) }
    }

    /// RFC 4180: quotes a cell if necessary.
    package static func quoted(_ cell: String) -> String {
        let needs = cell.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
        guard needs else { return cell }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
