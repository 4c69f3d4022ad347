import LedgerDomain

/// Writes each event as one line of JSON, the same for every reader. Times and decimal numbers are
/// strings, so that no parser rounds them.
///
///     {"seq":7,"type":"OrderFilled","time":"…Z","account":"main","symbol":"AAPL","cause":5,…}
public struct JSONLineWriter {
    private var names: NameBook

    public init(names: NameBook = NameBook()) { self.names = names }

    /// Appends the line and its line feed. Remembers definitions, which provide names for later
    /// lines.
    public mutating func append(_ record: Record, to line: inout [UInt8]) throws(RecordError) {
        let known = EventCatalog.layout(record.rawType)
        let isReadable = known?.version == record.version
        if isReadable { try names.remember(record) }
        line.append("{\"seq\":")
        line.append(decimal: record.sequence.number)
        line.append(",\"type\":\"")
        if let known { line.append(known.name) } else { line.append("Unknown\(record.rawType)") }
        line.append("\",\"time\":\"")
        record.time.append(to: &line)
        line.append("\"")
        if record.recordTime != record.time {
            line.append(",\"recorded\":\"")
            record.recordTime.append(to: &line)
            line.append("\"")
        }
        if record.account != .none {
            line.append(key: "account", string: names.name(record.account))
            if let kind = record.account.kind {
                line.append(key: "accountKind", string: kind.word)
            }
        }
        // The symbol of a definition is a text of its own.
        if record.instrument != .none, record.type != .instrumentDefined {
            line.append(key: "symbol", string: names.symbol(record.instrument))
        }
        if record.cause != .none { line.append(key: "cause", number: record.cause.number) }
        if record.correlation != .none {
            line.append(key: "correlation", number: record.correlation.number)
        }
        if let known, isReadable {
            try append(fields: known.layout, of: record, to: &line)
        } else {
            line.append(key: "version", number: UInt64(record.version))
            line.append(",\"payload\":\"")
            for offset in Record.payloadOffset..<record.payloadEnd {
                line.append(hex: record.load(offset, as: UInt8.self))
            }
            line.append("\"")
        }
        line.append("}\n")
    }

    /// The names of the fields of a type, as they appear in its lines after those of every event.
    public static func fields(of type: EventType) -> [String] {
        guard let layout = EventCatalog.layout(type.rawValue)?.layout else { return [] }
        return layout.fields.map { "\($0.name)" } + layout.texts.map { "\($0)" }
    }

    /// The values of a record's fields as plain texts, in the order of `fields`; empty for another
    /// version's.
    public func values(of record: Record) throws(RecordError) -> [String] {
        guard let known = EventCatalog.layout(record.rawType), known.version == record.version
        else {
            return []
        }
        try record.expectSize(known.layout)
        let values = known.layout.fields.map { field in
            if case .strategy = field.kind {
                let id = StrategyID(record.load(field.offset))
                return id == .none ? "" : names.name(id)
            }
            if case .account = field.kind {
                let id = AccountID(record.load(field.offset))
                return id == .none ? "" : names.name(id)
            }
            var bytes: [UInt8] = []
            append(field, of: record, to: &bytes)
            return String(decoding: bytes.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        }
        return try values
            + record.texts(from: known.layout.size, count: known.layout.texts.count)
    }

    private func append(
        fields layout: Layout, of record: Record, to line: inout [UInt8]
    ) throws(RecordError) {
        try record.expectSize(layout)
        for field in layout.fields {
            line.append(",\"")
            line.append(field.name)
            line.append("\":")
            append(field, of: record, to: &line)
        }
        let texts = try record.texts(from: layout.size, count: layout.texts.count)
        for (name, text) in zip(layout.texts, texts) { line.append(key: name, string: text) }
    }

    private func append(_ field: Layout.Field, of record: Record, to line: inout [UInt8]) {
        let offset = field.offset
        switch field.kind {
        case .u8: line.append(decimal: UInt64(record.load(offset, as: UInt8.self)))
        case .u16: line.append(decimal: UInt64(record.load(offset, as: UInt16.self)))
        case .u32: line.append(decimal: UInt64(record.load(offset, as: UInt32.self)))
        case .u64, .order: line.append(decimal: record.load(offset, as: UInt64.self))
        case .i64: line.append(String(record.load(offset, as: Int64.self)))
        case .f64:
            let value = Double(bitPattern: record.load(offset))
            if value.isFinite { line.append(value.description) } else { line.append("null") }
        case .price: line.append(quoted: Int128(record.load(offset, as: Int64.self)))
        case .quantity: line.append(quoted: record.quantity(offset).raw)
        case .money: line.append(quoted: record.money(offset).raw)
        case .measure: line.append(quoted: record.measure(offset).raw)
        case .time:
            line.append("\"")
            Timestamp(nanoseconds: record.load(offset)).append(to: &line)
            line.append("\"")
        case .strategy:
            let id = StrategyID(record.load(offset))
            line.append(string: id == .none ? "" : names.name(id))
        case .account:
            let id = AccountID(record.load(offset))
            line.append(string: id == .none ? "" : names.name(id))
        case .hex64: line.append("\"\(record.load(offset, as: UInt64.self).hex)\"")
        case .hex128:
            let high = record.load(offset, as: UInt64.self)
            let low = record.load(offset + 8, as: UInt64.self)
            line.append("\"\(high.hex)\(low.hex)\"")
        case .names(let list):
            let value = Int(record.load(offset, as: UInt8.self))
            line.append("\"")
            line.append(value < list.count ? list[value] : "#\(value)")
            line.append("\"")
        }
    }
}

extension [UInt8] {
    public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    mutating func append(hex byte: UInt8) {
        for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 48 + digit : 87 + digit) }
    }

    mutating func append(quoted raw: Int128) {
        append(UInt8(ascii: "\""))
        FixedPoint.append(raw, to: &self)
        append(UInt8(ascii: "\""))
    }

    mutating func append(key: String, number: UInt64) {
        append(",\"")
        append(key)
        append("\":")
        append(decimal: number)
    }

    mutating func append(key: String, string: String) {
        append(",\"")
        append(key)
        append("\":")
        append(string: string)
    }

    /// Appends a JSON string. Only quotes, backslashes and control characters are escaped.
    public mutating func append(string: String) {
        append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 10: append("\\n")
            case 13: append("\\r")
            case 9: append("\\t")
            case 0..<32, 127:
                append("\\u00")
                append(hex: byte)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
