import LedgerReading

/// The result of a command: a sentence for a person, named fields for a program.
package struct Report {
    package typealias Field = (column: Table.Column, value: String?)

    private let sentence: String
    private let fields: [Field]

    package init(_ sentence: String, _ fields: [Field]) {
        self.sentence = sentence
        self.fields = fields
    }

    /// Prints the sentence, or the fields as one row of another format.
    package func write(_ style: OutputStyle) throws {
        var table = Table(fields.map(\.column))
        table.add(fields.map(\.value))
        try table.write(style, saying: sentence)
    }

    // MARK: Fields

    package static func text(_ name: String, _ value: (some CustomStringConvertible)?) -> Field {
        (Table.Column(name), value.map { "\($0)" })
    }

    package static func number(_ name: String, _ value: (some BinaryInteger)?) -> Field {
        (Table.Column(name, .number), value.map { "\($0)" })
    }

    package static func flag(_ name: String, _ value: Bool) -> Field {
        (Table.Column(name, .flag), "\(value)")
    }

    package static func list(_ name: String, _ values: [String]) -> Field {
        (Table.Column(name, .list), values.joined(separator: "\n"))
    }
}
