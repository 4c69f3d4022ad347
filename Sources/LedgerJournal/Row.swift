import CChecksum
import LedgerEvents

/// A row outside the blocks: a CRC-32C (4, little-endian) over key and body, then the body.
enum Row {
    static func sealed(_ body: [UInt8], key: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + body.count)
        let sum = checksum(key: key, body: body[...])
        for shift in stride(from: 0, through: 24, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift)))
        }
        bytes.append(contentsOf: body)
        return bytes
    }

    /// - Returns: nil when the row is damaged.
    static func body(of row: UnsafeRawBufferPointer, key: [UInt8]) -> [UInt8]? {
        guard row.count >= 4 else { return nil }
        let body = [UInt8](row[4...])
        let found = row.loadUnaligned(as: UInt32.self)
        return checksum(key: key, body: body[...]) == UInt32(littleEndian: found) ? body : nil
    }

    private static func checksum(key: [UInt8], body: ArraySlice<UInt8>) -> UInt32 {
        let ofKey = ledger_crc32c(0, key, key.count)
        return body.withUnsafeBytes { ledger_crc32c(ofKey, $0.baseAddress, $0.count) }
    }

    /// The bytes of a numbered key, as used in the checksum.
    static func key(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(number)
        return bytes
    }
}
