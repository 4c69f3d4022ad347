/// What is wrong with an input file, where, and what to do about it.
///
/// `prices.csv:7: close: 'abc' is not a number; write a plain decimal such as 12.5`
public struct ImportError: Error, Hashable, CustomStringConvertible {
    public var kind: Kind
    public var file: String
    /// From 1; nil where the file as a whole is wrong.
    public var line: Int?
    /// The offset in the file as it is stored, where a compressed stream is damaged.
    public var byte: Int?
    public var column: String?
    /// The offending text and the mend.
    public var problem: String

    public init(
        _ kind: Kind, file: String, line: Int? = nil, byte: Int? = nil, column: String? = nil,
        _ problem: String
    ) {
        self.kind = kind
        self.file = file
        self.line = line
        self.byte = byte
        self.column = column
        self.problem = problem
    }

    public var description: String {
        var place = file
        if let line { place += ":\(line)" }
        if let byte { place += ": byte \(byte)" }
        if let column { place += ": \(column)" }
        return "\(place): \(problem)"
    }

    /// The ways of being wrong. Those of a row can be skipped and counted; the others stop the reading.
    public enum Kind: String, Sendable, CaseIterable {
        // The file or what was asked of it.
        case cannotRead
        case damaged
        case unsupported
        case badFormat
        case badHeader
        case unknownZone
        // A row.
        case missingColumns
        case extraColumns
        case badQuoting
        case overlongLine
        case nulByte
        case emptyField
        case notANumber
        case notFinite
        case tooPrecise
        case tooLarge
        case notPositive
        case negative
        case unknownSide
        case unknownAction
        case notARatio
        case fallingFactor
        case noReference
        case highBelowLow
        case outsideRange
        case noQuote
        case crossedQuote
        case badTime
        case missingLocalTime
        case duplicateTime
        case backwardTime

        /// Whether only one row is wrong, so that reading can go on behind it.
        public var isOfARow: Bool {
            switch self {
            case .cannotRead, .damaged, .unsupported, .badFormat, .badHeader, .unknownZone: false
            default: true
            }
        }
    }
}

/// An offending text for a person: quoted, at most 40 bytes, control characters made visible.
func quoted(_ bytes: some Collection<UInt8>) -> String {
    var text = "'"
    for scalar in String(decoding: bytes.prefix(40), as: UTF8.self).unicodeScalars {
        if scalar.value < 32 || scalar.value == 127 {
            text += "\\x" + String(scalar.value, radix: 16)
        } else {
            text.unicodeScalars.append(scalar)
        }
    }
    return text + (bytes.count > 40 ? "…'" : "'")
}
