import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerReading

/// Prints events one after the other in any of the formats, without keeping them.
struct EventPrinter {
    private let format: OutputFormat
    /// The only type of the events, whose fields are columns of a CSV then.
    private let type: EventType?
    private var lines: JSONLineWriter
    private var bytes: [UInt8] = []
    private var isFirst = true
    private var names: NameBook
    private let sink: ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - types: the names of the types that are printed; all where there are none.
    ///   - sink: where the text goes; standard output by default.
    init(
        _ format: OutputFormat, _ names: NameBook, types: [String] = [],
        sink: @escaping ([UInt8]) throws -> Void = { Terminal.write($0) }
    ) {
        self.format = format
        self.names = names
        self.sink = sink
        type = types.count == 1 ? EventType(name: types[0]) : nil
        lines = JSONLineWriter(names: names)
    }

    mutating func begin() {
        switch format {
        case .json: bytes.append("[")
        case .csv:
            let fields = type.map(JSONLineWriter.fields) ?? ["event"]
            let columns = ["seq,time,type,account,symbol,cause,correlation"] + fields
            bytes.append(columns.joined(separator: ",") + "\n")
        case .table: bytes.append("     seq  time                            event\n")
        case .jsonl: break
        }
    }

    mutating func add(_ record: Record) throws {
        switch format {
        case .jsonl: try lines.append(record, to: &bytes)
        case .json:
            bytes.append(isFirst ? "\n  " : ",\n  ")
            try lines.append(record, to: &bytes)
            bytes.removeLast()
        case .csv: try addCSV(record)
        case .table: try addRow(record)
        }
        isFirst = false
        if bytes.count >= 1 << 16 { try flush() }
    }

    /// Remembers the names that an unprinted event defines.
    mutating func skip(_ record: Record) throws {
        guard let type = record.type, NameBook.types.contains(type) else { return }
        try names.remember(record)
        _ = try line(record)
    }

    mutating func flush() throws {
        if !bytes.isEmpty { try sink(bytes) }
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func end() throws {
        if format == .json { bytes.append(isFirst ? "]\n" : "\n]\n") }
        try flush()
    }

    private mutating func line(_ record: Record) throws -> String {
        var line: [UInt8] = []
        try lines.append(record, to: &line)
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    private mutating func addCSV(_ record: Record) throws {
        try names.remember(record)
        let json = try line(record)
        let fields = try type == nil ? [json] : lines.values(of: record)
        let cells =
            [
                "\(record.sequence)", "\(record.time)",
                record.type?.name ?? "Unknown\(record.rawType)",
                record.account == .none ? "" : names.name(record.account),
                record.instrument == .none ? "" : names.symbol(record.instrument),
                record.cause == .none ? "" : "\(record.cause)",
                record.correlation == .none ? "" : "\(record.correlation)",
            ] + fields
        bytes.append(cells.map(Table.quoted).joined(separator: ",") + "\n")
    }

    /// The type and the payload, without the quotes of JSON.
    private mutating func addRow(_ record: Record) throws {
        let name = record.type?.name ?? "Unknown\(record.rawType)"
        let json = try line(record)
        let rest = json.dropFirst("{\"seq\":\(record.sequence),\"type\":\"\(name)\",".count)
            .dropLast()
        let afterTime = rest.dropFirst("\"time\":\"\(record.time)\"".count)
        let plain = PlainText.line(EventText.plain(afterTime.drop { $0 == "," }))
        let sequence = "\(record.sequence)"
        let padding = String(repeating: " ", count: max(0, 8 - sequence.count))
        let time = "\(record.time)"
        let gap = String(repeating: " ", count: max(1, 30 - time.count))
        bytes.append("\(padding)\(sequence)  \(time)\(gap)  \(name)  \(plain)\n")
    }
}
