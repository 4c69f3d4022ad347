import CProcess

/// The exchange of two folders' names in one step, so that there is never none.
public enum FolderExchange {
    /// - Returns: false on a file system that cannot do it; then nothing has changed.
    public static func swap(_ one: String, with other: String) -> Bool {
        ledger_exchange_names(one, other) == 0
    }
}
