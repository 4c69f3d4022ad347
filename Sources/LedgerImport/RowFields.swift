/// Splits a line into fields and removes quotes and surrounding blanks. This is the slow path, for
/// headers and for rows that the fast path rejected.
enum RowFields {
    /// Nil if a quoted field is not closed or text follows its closing quote.
    static func split(
        _ line: some Collection<UInt8>, delimiter: UInt8
    ) -> [[UInt8]]? {
        var fields: [[UInt8]] = []
        var index = line.startIndex
        while true {
            guard let field = next(line, &index, delimiter) else { return nil }
            fields.append(field)
            guard index < line.endIndex else { return fields }
            index = line.index(after: index)
        }
    }

    /// Reads one field; leaves `index` at the delimiter after it or at the end.
    private static func next<Line: Collection<UInt8>>(
        _ line: Line, _ index: inout Line.Index, _ delimiter: UInt8
    ) -> [UInt8]? {
        let rest = line[index...]
        let first = rest.firstIndex { !isBlank($0, delimiter: delimiter) } ?? rest.endIndex
        if first < rest.endIndex, rest[first] == UInt8(ascii: "\"") {
            index = line.index(after: first)
            return quotedField(line, &index, delimiter)
        }
        index = rest.firstIndex(of: delimiter) ?? line.endIndex
        return trimmed(Array(rest[..<index]), delimiter)
    }

    private static func quotedField<Line: Collection<UInt8>>(
        _ line: Line, _ index: inout Line.Index, _ delimiter: UInt8
    ) -> [UInt8]? {
        var field: [UInt8] = []
        let quote = UInt8(ascii: "\"")
        while index < line.endIndex {
            let byte = line[index]
            index = line.index(after: index)
            guard byte == quote else {
                field.append(byte)
                continue
            }
            if index < line.endIndex, line[index] == quote {
                field.append(quote)
                index = line.index(after: index)
                continue
            }
            while index < line.endIndex, isBlank(line[index], delimiter: delimiter) {
                index = line.index(after: index)
            }
            return index == line.endIndex || line[index] == delimiter
                ? trimmed(field, delimiter) : nil
        }
        return nil
    }

    private static func trimmed(_ field: [UInt8], _ delimiter: UInt8) -> [UInt8] {
        guard let first = field.firstIndex(where: { !isBlank($0, delimiter: delimiter) }),
            let last = field.lastIndex(where: { !isBlank($0, delimiter: delimiter) })
        else { return [] }
        return Array(field[first...last])
    }

    private static func isBlank(_ byte: UInt8, delimiter: UInt8) -> Bool {
        (byte == 32 || byte == 9) && byte != delimiter
    }
}
