/// The bars of a JSON file, as rows of text: a venue's answer, kept as it came.
///
/// It knows objects with the keys `t`, `o`, `h`, `l`, `c` and `v`, alone, in lists, by symbol, and
/// under `bars`; and lists of lists, which are rows already.
struct JSONBars {
    /// The largest file; it is read whole.
    static let limit = 256 << 20

    /// One bar a line, without a header.
    private(set) var rows: [UInt8] = []
    /// Whether rows are the lists that klines are.
    private(set) var areLists = false
    private(set) var notes: [String] = []

    /// - Parameter symbol: whose bars to take, where the file has several.
    static func read(
        _ text: [UInt8], file: String, symbol: String
    ) throws(ImportError) -> JSONBars {
        var parser = JSONParser(text)
        guard let value = parser.read() else {
            throw ImportError(
                .badFormat, file: file, line: parser.line,
                "the JSON text breaks off or is none; fetch the file again")
        }
        var bars = JSONBars()
        try bars.fill(from: value, file, of: symbol)
        return bars
    }

    private mutating func fill(
        from value: JSONValue, _ file: String, of symbol: String
    ) throws(ImportError) {
        let bars = value["bars"] ?? value["bar"] ?? value
        if case .string = value["next_page_token"] {
            notes.append("the answer has further pages; this file holds one")
        }
        if case .string(let named) = value["symbol"], !symbol.isEmpty, named != symbol {
            throw ImportError(
                .badFormat, file: file, "holds the bars of \(quoted(named.utf8)), not of \(symbol)")
        }
        try add(try list(bars, file, of: symbol), file)
    }

    private func list(
        _ bars: JSONValue, _ file: String, of symbol: String
    ) throws(ImportError) -> [JSONValue] {
        switch bars {
        case .array(let list): return list
        case .object where bars["t"] != nil: return [bars]
        case .object(let symbols):
            if let found = bars[symbol] { return try list(found, file, of: symbol) }
            let names = symbols.prefix(8).map { quoted($0.name.utf8) }.joined(separator: ", ")
            throw ImportError(
                .badFormat, file: file,
                names.isEmpty
                    ? "holds no bars"
                    : "holds bars of \(names) and none of \(symbol); name one with --symbol")
        default: throw ImportError(.badFormat, file: file, "holds no bars")
        }
    }

    private mutating func add(_ list: [JSONValue], _ file: String) throws(ImportError) {
        var lines: [String] = []
        for (number, bar) in list.enumerated() {
            let fields: [JSONValue?]
            if case .array(let values) = bar {
                fields = values
                areLists = true
            } else {
                fields = ["t", "o", "h", "l", "c", "v"].map { bar[$0] }
            }
            guard fields.allSatisfy({ $0?.text?.utf8.contains(UInt8(ascii: ",")) == false }) else {
                throw ImportError(
                    .badFormat, file: file, line: number + 1,
                    "the bar lacks one of t, o, h, l, c and v")
            }
            lines.append(fields.map { $0?.text ?? "" }.joined(separator: ",") + "\n")
        }
        if let first = lines.first, let last = lines.last, !areLists,
            first.prefix(20) > last.prefix(20)
        {
            lines.reverse()
            notes.append("the newest bar came first; the order was turned round")
        }
        for line in lines { rows += line.utf8 }
    }
}
