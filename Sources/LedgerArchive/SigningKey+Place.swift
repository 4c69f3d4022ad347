import Glibc

extension SigningKey {
    /// The file beside a journal that holds its key.
    public static let fileName = "signing.key"
    /// The environment variable that names a key file.
    public static let variable = "LEDGER_SIGNING_KEY"

    /// The key that a journal's checkpoints are signed with: of the file that is named, else of the one that
    /// the environment names, else of `signing.key` in the journal's directory.
    ///
    /// - Returns: nil when nothing names a key and the directory has none.
    /// - Throws: `ArchiveError.unusable` for a key that is named or there and cannot be used.
    public static func find(
        _ path: String?, directory: String
    ) throws(ArchiveError) -> SigningKey? {
        if let path { return try load(path) }
        if let named = getenv(variable).map({ String(cString: $0) }), !named.isEmpty {
            return try load(named)
        }
        let path = "\(directory)/\(fileName)"
        return access(path, F_OK) == 0 ? try load(path) : nil
    }
}
