/// An error in an input file: where it is and how to fix it.
///
/// `prices.csv:7: close: 'abc' is not a number; write a plain decimal such as 12.5`
public struct ImportError: Error, Hashable, CustomStringConvertible {
    public var kind: Kind
    public var file: String
    /// The line, from 1; nil if the error concerns the whole file.
    public var line: Int?
    /// The offset in the stored file at which a compressed stream is damaged.
    public var byte: Int?
    public var column: String?
    /// The offending text and the fix.
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

    /// The kinds of errors. Row errors can be skipped and counted; the others stop the import.
    public enum Kind: String, Sendable, CaseIterable {
        // Errors of the file or of the request.
        case cannotRead
        case damaged
        case unsupported
        case badFormat
        case badHeader
        case unknownZone
        case shortInterval
        case changedOffset
        /// Each row is earlier than the one before it.
        case backwardRows
        // Errors of a row.
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
        case badPayDate
        case earlyPayDate
        case highBelowLow
        case outsideRange
        case noQuote
        case crossedQuote
        case badTime
        case missingLocalTime
        case duplicateTime
        case backwardTime

        /// Whether only one row is affected, so that reading can continue after it.
        public var isOfARow: Bool {
            switch self {
            case .cannotRead, .damaged, .unsupported, .badFormat, .badHeader, .unknownZone,
                .shortInterval, .changedOffset, .backwardRows:
                false
            default: true
            }
        }
    }
}

/// A quoted excerpt for messages: at most 40 bytes, control characters made visible.
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
