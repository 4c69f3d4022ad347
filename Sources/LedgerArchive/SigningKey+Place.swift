import Glibc

extension SigningKey {
    /// The file next to a journal that holds its key.
    public static let fileName = "signing.key"
    /// The environment variable that gives the path of a key file.
    public static let variable = "LEDGER_SIGNING_KEY"

    /// The key that signs a journal's checkpoints: from the given file, else from the file that the
    /// environment names, else from `signing.key` in the journal's directory.
    ///
    /// - Returns: nil if no key is named and the directory has none.
    /// - Throws: `ArchiveError.unusable` if a key exists or is named but cannot be used.
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
