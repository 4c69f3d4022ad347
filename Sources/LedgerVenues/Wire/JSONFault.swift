/// Why bytes are not the expected JSON, and where.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: UInt8, Hashable, Sendable {
        /// The bytes end inside a value.
        case cut
        /// A byte that is not allowed there.
        case unexpected
        /// Bytes after the document.
        case trailing
        /// A string with a control character, an unknown escape or invalid UTF-8.
        case badText
        case badNumber
        /// Containers nested deeper than `JSONReader.deepest`.
        case tooDeep
        case tooLong
        /// A value of another kind than its field requires.
        case wrongKind
        /// A number outside the range of its type.
        case outOfRange
        /// More than nine decimals that are not zeros.
        case tooPrecise
        /// An invalid time.
        case badTime
        /// A required field is missing; the offset is the end of its object.
        case missing
        /// A name that is not in the closed list required here.
        case unknownName
        /// An answer about another order than the requested one.
        case anotherOrder
    }

    public var kind: Kind
    /// Offset of the byte at which it was detected, from 0.
    public var offset: Int

    public init(_ kind: Kind, at offset: Int) {
        (self.kind, self.offset) = (kind, offset)
    }

    public var description: String { "\(kind) at byte \(offset)" }
}
