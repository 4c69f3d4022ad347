/// Why bytes are not the JSON that they should be, and where.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: UInt8, Hashable, Sendable {
        /// The bytes end inside a value.
        case cut
        /// A byte that cannot stand there.
        case unexpected
        /// Bytes after the document.
        case trailing
        /// A string with a control character, an unknown escape or bytes that are no UTF-8.
        case badText
        case badNumber
        /// Containers in containers, beyond `JSONReader.deepest`.
        case tooDeep
        case tooLong
        /// A value of another kind than its field has.
        case wrongKind
        /// A number that its type does not hold.
        case outOfRange
        /// More than nine decimals that are not zeros.
        case tooPrecise
        /// A time that is none.
        case badTime
        /// A field that must be there is not; the offset is where its object ends.
        case missing
        /// A name where one of a closed list must stand.
        case unknownName
        /// An answer about another order than the one that was asked about.
        case anotherOrder
    }

    public var kind: Kind
    /// Of the byte at which it was seen, from 0.
    public var offset: Int

    public init(_ kind: Kind, at offset: Int) {
        (self.kind, self.offset) = (kind, offset)
    }

    public var description: String { "\(kind) at byte \(offset)" }
}
