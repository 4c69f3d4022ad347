/// The 32 random bytes from which the salts of a journal's leaves are computed: the file `secret`
/// next to the journal.
///
/// Anyone who has the secret can compute every salt, so leave it out of copies that you give away.
/// The tree behind signed checkpoints cannot be rebuilt without it.
public struct JournalSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public static let size = 32
    public static let fileName = "secret"

    let bytes: [UInt8]

    /// Keeps the bytes out of printed and dumped values.
    public var description: String { "a journal's secret" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// - Returns: nil unless there are exactly 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// - Returns: nil if the directory has none.
    /// - Throws: `ArchiveError.unusable` if other users can read it or if it is not 32 bytes long.
    public static func load(directory: String) throws(ArchiveError) -> JournalSecret? {
        let path = "\(directory)/\(fileName)"
        guard let bytes = try PrivateFile.readIfPresent(path) else { return nil }
        guard let secret = JournalSecret(bytes) else {
            throw ArchiveError(.unusable, at: path, "has \(bytes.count) bytes, not \(size)")
        }
        return secret
    }

    /// Creates the secret of a journal that has none.
    public static func create(directory: String) throws(ArchiveError) -> JournalSecret {
        let bytes = try RandomBytes.make(size)
        try PrivateFile.create("\(directory)/\(fileName)", bytes)
        return JournalSecret(random: bytes)
    }

    private init(random bytes: [UInt8]) { self.bytes = bytes }
}
