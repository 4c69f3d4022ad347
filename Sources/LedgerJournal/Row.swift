import LedgerEvents

/// A row beside the blocks: a CRC-32C (4, little-endian) over key and body, then the body.
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
        var sum = CRC32C()
        sum.add(key[...])
        sum.add(body)
        return sum.value
    }

    /// The bytes of a numbered key, as they enter the checksum.
    static func key(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(number)
        return bytes
    }
}

/// CRC-32C as the blocks have it, by a table: rows are few and short beside blocks.
struct CRC32C {
    private var register: UInt32 = .max

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in (crc >> 1) ^ (crc & 1 == 0 ? 0 : 0x82F6_3B78) }
    }

    var value: UInt32 { ~register }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        let table = Self.table
        for byte in bytes {
            register = (register >> 8) ^ table[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
        }
    }
}
