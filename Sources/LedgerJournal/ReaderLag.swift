/// One reader of the journal and how many commits its snapshot is behind; the pages of its snapshot
/// cannot be reused.
public struct ReaderLag: Hashable, Sendable {
    public var processID: Int32
    public var transactions: Int

    /// - Parameter line: a line of LMDB's table: process, thread, and transaction, or `-` for none.
    /// - Returns: nil for headings and idle readers.
    init?(line: String, lastTransaction: Int) {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count == 3, let process = Int32(fields[0]), let transaction = Int(fields[2])
        else { return nil }
        processID = process
        transactions = max(0, lastTransaction - transaction)
    }
}
