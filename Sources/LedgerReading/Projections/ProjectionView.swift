/// A table of a journal's state that can be compared between two moments.
public struct ProjectionView: Hashable, Sendable {
    public let name: String
    /// The columns that identify a row; empty for a table with one row.
    private let keys: [String]
    /// The key column whose day differs between two moments although the row is the same.
    private let dayColumn: String?
    private let make: @Sendable (inout ProjectionTables) throws -> Table
    private let makeCompared: @Sendable (inout ProjectionTables) throws -> Table

    /// - Parameter compared: the rows to compare, if another view compares some of them; nil for all.
    init(
        _ name: String, keys: [String] = [], sameAcrossDays dayColumn: String? = nil,
        compared: (@Sendable (inout ProjectionTables) throws -> Table)? = nil,
        _ make: @escaping @Sendable (inout ProjectionTables) throws -> Table
    ) {
        (self.name, self.keys, self.dayColumn, self.make) = (name, keys, dayColumn, make)
        makeCompared = compared ?? make
    }

    /// The view with that name; nil if there is none.
    public init?(named name: String) {
        guard let view = Self.all.first(where: { $0.name == name }) else { return nil }
        self = view
    }

    public static var all: [ProjectionView] { ProjectionRegister.views }

    public static func == (one: ProjectionView, other: ProjectionView) -> Bool {
        one.name == other.name
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The rows that `ledger project` prints, including closed positions.
    public func table(_ tables: inout ProjectionTables) throws -> Table { try make(&tables) }

    /// The rows that `ledger diff` compares.
    func compared(_ tables: inout ProjectionTables) throws -> Table { try makeCompared(&tables) }

    /// Identifies a row: its keys as one text. A day that differs between two moments reads "day",
    /// so that the rows can be compared.
    public func subject(_ row: [String?], of table: Table) -> String {
        let cells = keys.compactMap { key -> String? in
            let cell = table.index(key).flatMap { row[$0] }
            return key == dayColumn && cell != "total" ? "day" : cell
        }
        return cells.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether a column is compared: it is not a key, or `subject` shortens it.
    func compares(_ column: String) -> Bool {
        !keys.contains(column) || dayColumn != nil
    }
}
