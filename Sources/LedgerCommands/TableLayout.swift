import LedgerReading

/// The lines of a text table that is no wider than a limit.
///
/// Where the table is too wide, empty columns are left out and the columns' names are wrapped; then details
/// are left out, the last first; then texts are wrapped, if need be within words; then other columns are
/// left out, the last first. Numbers and times are never cut.
package struct TableLayout {
    private static let gap = 2
    /// Texts are not wrapped to less than this.
    private static let narrowest = 12
    /// Words up to this length are broken last.
    private static let longWord = 24

    private let columns: [Table.Column]
    private let rows: [[String]]
    private var shown: [Int]
    private var widths: [Int]
    private var gone: Set<Int> = []

    /// - Parameter limit: the most characters of a line; nil for no limit.
    package init(_ table: Table, limit: Int?) {
        columns = table.columns
        rows = table.rows.map { row in
            zip(table.columns, row).map { column, cell in
                let text = column.kind == .list ? Self.joined(cell ?? "") : cell ?? ""
                return PlainText.line(text)
            }
        }
        shown = Array(columns.indices)
        widths = []
        widths = columns.indices.map { max(columns[$0].name.count, widest($0)) }
        if let limit, total(widths) > limit { fit(into: limit) }
    }

    /// The columns that are left out although they say something.
    package var omitted: [String] {
        columns.indices.filter(gone.contains).map { columns[$0].name }
    }

    // MARK: Widths

    private mutating func fit(into limit: Int) {
        for index in columns.indices.reversed() where total(widths) > limit && widest(index) == 0 {
            if !rows.isEmpty { shown.removeAll { $0 == index } }
        }
        guard total(widths) > limit else { return }
        widths = columns.indices.map { max(Self.longestPart(columns[$0].name), widest($0)) }
        omit(into: limit, widths) { $0.isDetail }
        omit(into: limit, least(wordsUpTo: 0)) { _ in true }
        for length in [Int.max, Self.longWord, 0] {
            shrink(into: limit, least(wordsUpTo: length))
        }
    }

    private mutating func omit(
        into limit: Int, _ widths: [Int], where mayGo: (Table.Column) -> Bool
    ) {
        while total(widths) > limit, shown.count > 1,
            let place = shown.lastIndex(where: { mayGo(columns[$0]) })
        {
            gone.insert(shown.remove(at: place))
        }
    }

    /// Makes the widest texts narrower, one character at a time, down to `least`.
    private mutating func shrink(into limit: Int, _ least: [Int]) {
        func widest() -> Int? {
            shown.filter { isText($0) && widths[$0] > least[$0] }.max { widths[$0] < widths[$1] }
        }
        while total(widths) > limit, let index = widest() { widths[index] -= 1 }
    }

    private func total(_ widths: [Int]) -> Int {
        shown.reduce(0) { $0 + widths[$1] } + Self.gap * (shown.count - 1)
    }

    /// The longest cell of a column.
    private func widest(_ index: Int) -> Int { rows.reduce(0) { max($0, $1[index].count) } }

    private func isText(_ index: Int) -> Bool {
        columns[index].kind == .text || columns[index].kind == .list
    }

    /// The least width of each column.
    ///
    /// - Parameter length: words up to this length stay whole.
    private func least(wordsUpTo length: Int) -> [Int] {
        columns.indices.map { index in
            guard isText(index) else { return widths[index] }
            let word = rows.reduce(0) { longest, row in
                row[index].split(separator: " ").reduce(longest) {
                    max($0, Self.isTime($1) ? $1.count : min($1.count, length))
                }
            }
            let name = Self.longestPart(columns[index].name)
            return min(widths[index], max(name, Self.narrowest, word))
        }
    }

    private static func isTime(_ word: Substring) -> Bool {
        word.last == "Z" && (20...30).contains(word.count)
            && word.dropFirst(10).first == "T" && word.first?.isNumber == true
    }

    private static func longestPart(_ name: String) -> Int {
        parts(name).reduce(0) { max($0, $1.count) }
    }

    /// `average_cost` as `average_` and `cost`.
    private static func parts(_ name: String) -> [String] {
        let words = name.split(separator: "_")
        return words.indices.map { $0 == words.count - 1 ? "\(words[$0])" : "\(words[$0])_" }
    }

    /// A column's name in lines of at most `width` characters.
    private static func heading(_ name: String, _ width: Int) -> [String] {
        parts(name).reduce(into: [""]) { lines, part in
            if lines[lines.count - 1].count + part.count <= width {
                lines[lines.count - 1] += part
            } else {
                lines.append(part)
            }
        }
    }

    // MARK: Lines

    /// - Parameter isColoured: whether the lines contain the codes of a terminal for colours.
    package func lines(isColoured: Bool = false) -> [String] {
        let names = shown.map { Self.heading(columns[$0].name, widths[$0]) }
        let height = names.reduce(1) { max($0, $1.count) }
        // Short names stand next to the rule.
        let padded = names.map { Array(repeating: "", count: height - $0.count) + $0 }
        let head = (0..<height).map { number in
            line(padded.map { $0[number] }) { text, _ in
                isColoured ? Colour.bold.around(text) : text
            }
        }
        let rule = line(shown.map { String(repeating: "-", count: widths[$0]) }) { text, _ in text }
        return head + [rule]
            + rows.flatMap { row in
                lines(of: row) { text, index in
                    guard isColoured, let colour = colour(of: row[index], index) else {
                        return text
                    }
                    return colour.around(text)
                }
            }
    }

    private func lines(of row: [String], _ paint: (String, Int) -> String) -> [String] {
        let cells = shown.map { isText($0) ? Self.wrapped(row[$0], widths[$0]) : [row[$0]] }
        let height = cells.reduce(1) { max($0, $1.count) }
        return (0..<height).map { number in
            line(cells.map { number < $0.count ? $0[number] : "" }, paint)
        }
    }

    private func line(_ cells: [String], _ paint: (String, Int) -> String) -> String {
        var text = ""
        var blanks = 0
        for (index, cell) in zip(shown, cells) {
            let padding = widths[index] - cell.count
            let isLeft = columns[index].kind != .decimal && columns[index].kind != .number
            if !isLeft { blanks += padding }
            if !cell.isEmpty {
                text += String(repeating: " ", count: blanks) + paint(cell, index)
                blanks = 0
            } else if !isLeft {
                blanks -= padding
                blanks += widths[index]
            }
            if isLeft { blanks += cell.isEmpty ? widths[index] : padding }
            blanks += Self.gap
        }
        return text
    }

    private static func joined(_ list: String) -> String {
        list.split(separator: "\n").joined(separator: "; ")
    }

    /// A text in lines of at most `width` characters, broken between words where that is possible.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var rest = String(word)
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines.append(line)
                line = ""
            } else if !line.isEmpty {
                rest = line + " " + rest
                line = ""
            }
            while rest.count > width {
                let piece = rest.prefix(width)
                // Names break behind their parts.
                let end = piece.lastIndex { "._/-,".contains($0) }.map(piece.index(after:))
                let part = end.map { piece[..<$0] } ?? piece
                let taken = 2 * part.count > width ? part : piece
                lines.append(String(taken))
                rest.removeFirst(taken.count)
            }
            line = rest
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    // MARK: Colours

    private func colour(of cell: String, _ index: Int) -> Colour? {
        switch columns[index].kind {
        case .decimal, .number: cell.hasPrefix("-") ? .red : nil
        case .text, .flag, .list: Colour(state: cell)
        }
    }
}

/// A colour of a terminal.
private enum Colour: Int {
    case bold = 1
    case red = 31
    case green = 32
    case yellow = 33

    /// The colour of a word that names a state; nil for any other text.
    init?(state: String) {
        switch state.lowercased() {
        case "pass", "ok", "healthy": self = .green
        case "fail", "halt", "panic", "critical", "error", "live": self = .red
        case "warn", "warning", "rampup", "skip", "skipped": self = .yellow
        default: return nil
        }
    }

    func around(_ text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}
