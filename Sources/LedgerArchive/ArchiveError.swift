/// An error in a file of evidence, and its place.
public struct ArchiveError: Error, Hashable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The file is damaged, truncated, forged, or of another kind.
        case damaged
        /// The file or a key cannot be read or written.
        case unusable
        /// The disk is full; nothing of the file is left.
        case diskFull
    }

    public var kind: Kind
    public var path: String
    public var problem: String

    public init(_ kind: Kind, at path: String, _ problem: String) {
        (self.kind, self.path, self.problem) = (kind, path, problem)
    }

    public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}
