import CChecksum
import CCrypto
import LedgerDomain
import LedgerEvents
import Testing

/// Blocks made and taken apart without the code under test, from the format's description.
enum BlockBytes {
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return ~crc
    }

    static func fast(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { ledger_crc32c(0, $0.baseAddress, $0.count) }
    }

    /// A block with correct checksums round any payload; the header's other fields are the given ones.
    static func block(first: UInt64 = 1, count: UInt32, payload: [UInt8]) -> [UInt8] {
        var header = Array("LGRB".utf8)
        header.append(little: UInt16(1))
        header.append(little: UInt16(112))
        header.append(little: first)
        header.append(little: count)
        header.append(little: UInt32(payload.count))
        header += [UInt8](repeating: 0, count: 40)
        header.append(little: fast(payload))
        header += [UInt8](repeating: 0, count: 40)
        header.append(little: fast(header))
        return header + payload
    }

    static func sealed(_ batch: inout Batch, after link: ChainLink = .origin) -> [[UInt8]] {
        var previous = link
        var result: [[UInt8]] = []
        for index in batch.blocks.indices {
            let block = batch.seal(index) { header, payload in
                previous = sha256(bytes(of: previous) + Array(header) + Array(payload))
                return previous
            }
            result.append(Array(block))
        }
        return result
    }

    /// The same block with the link of a first block and a new header checksum.
    static func chained(_ block: [UInt8]) -> [UInt8] {
        var result = block
        let covered = [UInt8](repeating: 0, count: 32) + block[8..<24] + block[112...]
        result.replaceSubrange(72..<104, with: bytes(of: sha256(Array(covered))))
        var sum: [UInt8] = []
        sum.append(little: fast(Array(result[..<108])))
        result.replaceSubrange(108..<112, with: sum)
        return result
    }

    static func bytes(of link: ChainLink) -> [UInt8] {
        var result: [UInt8] = []
        for word in [link.words.0, link.words.1, link.words.2, link.words.3] {
            result.append(little: word)
        }
        return result
    }

    static func sha256(_ bytes: [UInt8]) -> ChainLink {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        _ = EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
        let words = (0..<4).map { word in
            digest.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self) }
        }
        return ChainLink((words[0], words[1], words[2], words[3]))
    }

    /// Reads every record of a block in every way a program does.
    static func readAll(_ bytes: [UInt8], lines: inout JSONLineWriter) throws -> [String] {
        try bytes.withUnsafeBytes { buffer in
            let block = try Block(buffer)
            var iterator = block.records()
            var result: [String] = []
            while let record = try iterator.next() {
                if let decode = decoders.first(where: { $0.type.rawValue == record.rawType }) {
                    _ = try? decode.init(record)
                }
                var line: [UInt8] = []
                try lines.append(record, to: &line)
                result.append(String(decoding: line, as: UTF8.self))
            }
            return result
        }
    }

    private static let decoders = EventCatalog.payloads
}

extension [UInt8] {
    mutating func append<T: FixedWidthInteger>(little value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Batch {
    /// The record with this sequence; a test without it fails.
    borrowing func required(_ sequence: SequenceNumber) throws -> Record {
        let found = record(sequence)
        return try #require(found)
    }
}
