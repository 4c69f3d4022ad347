import LedgerDomain
import LedgerJournal

extension Journal {
    /// All bytes of all blocks.
    public func blocks() throws -> [[UInt8]] {
        let reader = try reader(from: .first)
        var found: [[UInt8]] = []
        while let block = try reader.next() { found.append(Array(block.bytes)) }
        return found
    }
}
