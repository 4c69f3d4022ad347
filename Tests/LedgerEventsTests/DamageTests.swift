import CChecksum
import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

/// Damaged and hostile bytes: found, named, never a crash.
@Suite struct DamageTests {
    @Test func `the checksum is CRC-32C`() {
        #expect(BlockBytes.fast(Array("123456789".utf8)) == 0xE306_9283)
        #expect(BlockBytes.checksum("123456789".utf8) == 0xE306_9283)
        #expect(BlockBytes.fast([]) == 0)
        #expect(BlockBytes.fast([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test func `instruction and table agree on every length and alignment`() {
        var generator = Seeded(seed: 0x5EED_0010)
        let bytes = (0..<40_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        bytes.withUnsafeBytes { buffer in
            let lengths = Array(0...600) + (0..<400).map { _ in generator.below(39_000) }
            for length in lengths {
                let start = generator.below(32)
                let from = buffer.baseAddress.map { $0 + start }
                let hardware = ledger_crc32c(0, from, length)
                #expect(hardware == ledger_crc32c_table(0, from, length), "\(length) at \(start)")
                let cut = length == 0 ? 0 : generator.below(length)
                let first = ledger_crc32c(0, from, cut)
                let joined = ledger_crc32c(first, from.map { $0 + cut }, length - cut)
                #expect(joined == hardware, "\(length) at \(start), joined at \(cut)")
            }
        }
    }

    private func smallBlock() throws -> [UInt8] {
        var batch = Batch(next: SequenceNumber(41))
        try batch.append(CashDeposited(amount: Money(raw: 5)), EventSamples.envelopes[1])
        try batch.append(RunFailed(reason: "disk full"), EventSamples.envelopes[2])
        return try #require(BlockBytes.sealed(&batch).first)
    }

    @Test func `every single flipped bit of a block is found`() throws {
        let good = try smallBlock()
        var lines = JSONLineWriter()
        #expect(try BlockBytes.readAll(good, lines: &lines).count == 2)
        for bit in 0..<good.count * 8 {
            var bad = good
            bad[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: BlockError.self, "bit \(bit % 8) of byte \(bit / 8)") {
                try bad.withUnsafeBytes { _ = try Block($0) }
            }
        }
    }

    @Test func `every shortened block is found`() throws {
        let good = try smallBlock()
        for length in 0..<good.count {
            #expect(throws: BlockError.self, "\(length) bytes") {
                try good[..<length].withUnsafeBytes { _ = try Block($0) }
            }
        }
    }

    @Test func `a payload that holds more or fewer records than counted is found`() throws {
        let payload = Array(try smallBlock()[BlockHeader.size...])
        var lines = JSONLineWriter()
        for count in [0, 1, 3, .max] as [UInt32] {
            let block = BlockBytes.block(count: count, payload: payload)
            #expect(throws: BlockError.count(count > 2 ? count - 2 : 0), "\(count)") {
                try BlockBytes.readAll(block, lines: &lines)
            }
        }
    }

    @Test func `a length that leads outside is found`() throws {
        var lines = JSONLineWriter()
        for words in [0, 1, 2, 4, 0xFFFF] as [UInt16] {
            var record = [UInt8](repeating: 0, count: 24)
            record[0] = UInt8(truncatingIfNeeded: words)
            record[1] = UInt8(words >> 8)
            #expect(throws: BlockError.self, "\(words) words") {
                try BlockBytes.readAll(BlockBytes.block(count: 1, payload: record), lines: &lines)
            }
        }
    }

    @Test func `a header with any numbers and a good checksum is read or refused`() {
        var generator = Seeded(seed: 0x5EED_0011)
        for _ in 0..<20_000 {
            var block = BlockBytes.block(count: 0, payload: [])
            for _ in 0...generator.below(6) {
                let word = 8 + generator.below(12) * 8
                let value: UInt64 = [.max, 0, 1, generator.next()][generator.below(4)]
                for byte in 0..<8 {
                    block[word + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
                }
            }
            for byte in 20..<24 { block[byte] = 0 }
            let sum = BlockBytes.fast(Array(block[..<108]))
            for byte in 0..<4 { block[108 + byte] = UInt8(truncatingIfNeeded: sum >> (8 * byte)) }
            block.withUnsafeBytes { buffer in
                guard let header = try? BlockHeader(buffer) else { return }
                _ = header.nextSequence
                _ = EventFilter(correlation: SequenceNumber(5)).mayMatch(header)
            }
        }
    }

    /// Each lane mutates records of every type, makes the checksums right and reads them.
    @Test(arguments: 0..<4) func `damaged records never crash a reader`(lane: Int) throws {
        let seed = 0x5EED_0100 + UInt64(lane)
        var generator = Seeded(seed: seed)
        var batch = try EventSamples.batch()
        var records: [[UInt8]] = []
        batch.forEachRecord(from: .first) {
            if $0.byteCount < 1024 { records.append(Array($0.bytes)) }
        }
        batch.removeAll(next: .first)
        var lines = JSONLineWriter()
        var read = 0
        for _ in 0..<75_000 {
            var payload = records[generator.below(records.count)]
            mutate(&payload, &generator)
            let block = BlockBytes.block(count: 1, payload: payload)
            if (try? BlockBytes.readAll(block, lines: &lines)) != nil { read += 1 }
        }
        #expect(read > 10_000, "seed \(seed): hardly any mutation was read, so they prove nothing")
    }

    private func mutate(_ payload: inout [UInt8], _ generator: inout Seeded) {
        for _ in 0...generator.below(4) {
            let at = generator.below(payload.count)
            switch generator.below(5) {
            case 0: payload[at] = UInt8(truncatingIfNeeded: generator.next())
            case 1: payload[at] ^= 1 << generator.below(8)
            case 2: payload[at] = [0, 1, 0x7F, 0x80, 0xFF][generator.below(5)]
            case 3:
                let word = at & ~7
                let value: UInt64 = [0, .max, 1 << 63, .max >> 1, 1][generator.below(5)]
                for byte in word..<min(word + 8, payload.count) {
                    payload[byte] = UInt8(truncatingIfNeeded: value >> (8 * (byte - word)))
                }
            default:
                guard generator.below(8) == 0, payload.count > 24 else { break }
                payload.removeLast(min(8 * (1 + generator.below(8)), payload.count - 24))
                payload[0] = UInt8(truncatingIfNeeded: payload.count / 8)
                payload[1] = UInt8((payload.count / 8) >> 8)
            }
        }
        // A payload's length is a whole number of words and its first record's length mostly true.
        if generator.below(4) != 0 {
            payload[0] = UInt8(truncatingIfNeeded: payload.count / 8)
            payload[1] = UInt8((payload.count / 8) >> 8)
        }
    }
}
