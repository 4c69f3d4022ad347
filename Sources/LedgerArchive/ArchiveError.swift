/// What is wrong with a file of evidence, and where.
public struct ArchiveError: Error, Hashable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The file is damaged, cut, forged, or not what it says.
        case damaged
        /// The file or a key cannot be read or written.
        case unusable
        /// No room on the disk; nothing of the file is left.
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
