/// 32 random bytes from which the salts of a journal's leaves are computed: the file `secret` next
/// to the journal.
///
/// Whoever has it can compute every salt, so leave it out of copies that you give away. Without it
/// the tree of the signed checkpoints cannot be rebuilt.
public struct JournalSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public static let size = 32
    public static let fileName = "secret"

    let bytes: [UInt8]

    /// Hides the bytes from printing and dumping.
    public var description: String { "a journal's secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// - Returns: nil unless there are 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// - Returns: nil when the directory has none.
    /// - Throws: `ArchiveError.unusable` when other users can read it or when it does not have 32
    ///   bytes.
    public static func load(directory: String) throws(ArchiveError) -> JournalSecret? {
        let path = "\(directory)/\(fileName)"
        guard let bytes = try PrivateFile.readIfPresent(path) else { return nil }
        guard let secret = JournalSecret(bytes) else {
            throw ArchiveError(.unusable, at: path, "has \(bytes.count) bytes, not \(size)")
        }
        return secret
    }

    /// Makes a secret for a journal that has none.
    public static func create(directory: String) throws(ArchiveError) -> JournalSecret {
        let bytes = try RandomBytes.make(size)
        try PrivateFile.create("\(directory)/\(fileName)", bytes)
        return JournalSecret(random: bytes)
    }

    private init(random bytes: [UInt8]) { self.bytes = bytes }
}
