/// An error in an archive, tree or key file, with its path.
public struct ArchiveError: Error, Hashable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The file is damaged, truncated, forged or of another kind.
        case damaged
        /// The file or a key cannot be read or written.
        case unusable
        /// The disk is full. The partial file was removed.
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
