import ArgumentParser
import LedgerEvents

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, jsonl, csv
}

/// Rows that are shown as a table, JSON, JSON lines or CSV: the same cells in each.
struct Table {
    struct Column {
        enum Kind {
            /// A JSON string, aligned left.
            case text
            /// A JSON string, because it may have more digits than a double; aligned right.
            case decimal
            /// A JSON number, aligned right.
            case number
        }

        let name: String
        let kind: Kind

        init(_ name: String, _ kind: Kind = .text) {
            self.name = name
            self.kind = kind
        }
    }

    let columns: [Column]
    private(set) var rows: [[String?]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [String?]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells)
    }

    func write(_ format: OutputFormat) {
        var bytes: [UInt8] = []
        switch format {
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

    private func appendTable(_ bytes: inout [UInt8]) {
        let rows = rows.map { $0.map { $0.map(Self.shown) } }
        let widths = columns.indices.map { index in
            rows.reduce(columns[index].name.count) { max($0, ($1[index] ?? "").count) }
        }
        func line(_ cells: [String]) {
            var text = ""
            for (index, cell) in cells.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                text += columns[index].kind == .text ? cell + padding : padding + cell
                text += "  "
            }
            while text.last == " " { text.removeLast() }
            bytes.append(text + "\n")
        }
        line(columns.map(\.name))
        line(widths.map { String(repeating: "-", count: $0) })
        for row in rows { line(row.map { $0 ?? "" }) }
    }

    /// What moves a terminal's cursor or changes its colours is not passed on to it.
    static func shown(_ cell: String) -> String {
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
            case (let cell?, .number): bytes.append(cell)
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
    static func quoted(_ cell: String) -> String {
        let needs = cell.utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }
        guard needs else { return cell }
        return "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
