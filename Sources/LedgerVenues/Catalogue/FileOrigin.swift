import LedgerDomain

/// What a file about a venue says of itself.
struct FileOrigin: Hashable, Sendable {
    var format: String
    var venue = ""
    /// The file or address that it was made from.
    var source = ""
    /// When the venue answered, not when it was imported; 0 if the file does not state it.
    var madeAt = Timestamp.zero

    /// Reads the field at which `json` stands, if it is one of these.
    ///
    /// - Returns: whether it was.
    mutating func read(_ json: inout JSONReader) throws(JSONFault) -> Bool {
        if json.isField("format") {
            format = try json.string()
        } else if json.isField("venue") {
            venue = try json.string()
        } else if json.isField("source") {
            source = try json.string()
        } else if json.isField("madeAt") {
            madeAt = try json.timestamp()
        } else {
            return false
        }
        return true
    }

    func write(to json: inout JSONWriter) {
        for (name, text): (StaticString, String) in [
            ("format", format), ("venue", venue), ("source", source),
        ] {
            json.field(name)
            json.string(text)
        }
        json.field("madeAt")
        json.timestamp(madeAt)
    }
}

extension JSONWriter {
    /// An array with one element a line.
    mutating func lines<Element>(
        _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        var lines: [UInt8] = []
        for element in elements {
            lines += (lines.isEmpty ? "\n" : ",\n").utf8
            var line = JSONWriter()
            body(&line, element)
            lines += line.bytes
        }
        raw("[".utf8 + lines + "\n]".utf8)
    }
}
