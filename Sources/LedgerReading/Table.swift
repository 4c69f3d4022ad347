/// Rows of cells under named columns, the same for every output format.
public struct Table: Sendable {
    public struct Column: Hashable, Sendable {
        public enum Kind: Hashable, Sendable {
            /// A JSON string, aligned left.
            case text
            /// A JSON string, because it may have more digits than a double holds; aligned right.
            case decimal
            /// A JSON number, aligned right.
            case number
            /// `true` or `false`.
            case flag
            /// Texts, one per line: a JSON array.
            case list
        }

        public let name: String
        public let kind: Kind
        /// Whether a text table leaves the column out where it is too narrow for all.
        public let isDetail: Bool

        public init(_ name: String, _ kind: Kind = .text, isDetail: Bool = false) {
            self.name = name
            self.kind = kind
            self.isDetail = isDetail
        }
    }

    /// The text of a decimal that nobody knows; JSON has null for it.
    public static let unknown = "unknown"

    public let columns: [Column]
    public private(set) var rows: [[String?]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    public mutating func add(_ cells: [String?]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(cells)
    }

    /// The same columns with the rows that `isIncluded` selects.
    public func filter(_ isIncluded: ([String?]) -> Bool) -> Table {
        var table = Table(columns)
        table.rows = rows.filter(isIncluded)
        return table
    }

    /// The named columns alone, in the given order; nil if one does not exist.
    public func selecting(_ names: [String]) -> Table? {
        let places = names.compactMap(index)
        guard places.count == names.count else { return nil }
        var table = Table(places.map { columns[$0] })
        table.rows = rows.map { row in places.map { row[$0] } }
        return table
    }

    /// The index of a column.
    public func index(_ column: String) -> Int? { columns.firstIndex { $0.name == column } }
}
