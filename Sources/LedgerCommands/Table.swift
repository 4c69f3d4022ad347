import ArgumentParser
import LedgerEvents
import LedgerReading

package enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, jsonl, csv
}

/// How a table is shown: as a table, JSON, JSON lines or CSV.
extension Table {
    /// - Parameters:
    ///   - isRecord: a table of one row is shown with a line for each column.
    ///   - reason: why a table has no rows; shown on standard error below an empty one.
    package func write(
        _ format: OutputFormat, isRecord: Bool = false, emptyBecause reason: String? = nil
    ) {
        defer {
            if let reason, rows.isEmpty, format == .table {
                Terminal.complain("no rows: \(reason)")
            }
        }
        var bytes: [UInt8] = []
        switch format {
        case .table where isRecord && rows.count == 1: upright.appendTable(&bytes)
        case .table: appendTable(&bytes)
        case .json: appendJSON(&bytes)
        case .jsonl:
            for row in rows {
                appendObject(row, &bytes)
                bytes.append("\n")
            }
        case .csv: appendCSV(&bytes)
        }
        Terminal.write(bytes)
    }

    /// As a JSON array, without a line feed behind it.
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

    private func appendTable(_ bytes: inout [UInt8]) {
        let rows = rows.map { row in
            zip(columns, row).map { column, cell in
                cell.map { Self.shown(column.kind == .list ? Self.joined($0) : $0) }
            }
        }
        let widths = columns.indices.map { index in
            rows.reduce(columns[index].name.count) { max($0, ($1[index] ?? "").count) }
        }
        func line(_ cells: [String]) {
            var text = ""
            for (index, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                let isLeft = columns[index].kind != .decimal && columns[index].kind != .number
                text += isLeft ? cell + padding : padding + cell
                text += "  "
            }
            while text.last == " " { text.removeLast() }
            bytes.append(text + "\n")
        }
        line(columns.map(\.name))
        line(widths.map { String(repeating: "-", count: $0) })
        for row in rows { line(row.map { $0 ?? "" }) }
    }

    private static func joined(_ list: String) -> String {
        list.split(separator: "\n").joined(separator: "; ")
    }

    /// What moves a terminal's cursor or changes its colours is not passed on to it.
    package static func shown(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: isControl) else { return cell }
        var shown = String.UnicodeScalarView()
        for scalar in cell.unicodeScalars { shown.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(shown)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127..<160).contains(scalar.value)
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
            case (nil, _): bytes.append("null")
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

    /// RFC 4180: quotes where a cell needs them.
    package static func quoted(_ cell: String) -> String {
        let needs = cell.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
        guard needs else { return cell }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
