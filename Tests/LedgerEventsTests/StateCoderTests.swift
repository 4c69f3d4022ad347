import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

@Suite struct StateCoderTests {
    private func sample() -> StateWriter {
        var writer = StateWriter()
        writer.write(UInt8(7))
        writer.write(true)
        writer.write(-0.1)
        writer.write(Price(raw: .min))
        writer.write(Quantity(raw: .max))
        writer.write(Money(raw: .min))
        writer.write(Timestamp(nanoseconds: -1))
        writer.write("é漢")
        writer.write([1, 2, 3] as [UInt32]) { $0.write($1) }
        return writer
    }

    private func read(_ bytes: [UInt8]) throws -> Bool {
        var reader = StateReader(bytes)
        let byte: UInt8 = try reader.read()
        let flag: Bool = try reader.read()
        let number: Double = try reader.read()
        let price: Price = try reader.read()
        let quantity: Quantity = try reader.read()
        let money: Money = try reader.read()
        let time: Timestamp = try reader.read()
        let text: String = try reader.read()
        let list = try reader.readArray { reader throws(StateError) in try reader.read(UInt32.self)
        }
        return byte == 7 && flag && number == -0.1 && price.raw == .min && quantity.raw == .max
            && money.raw == .min && time.nanoseconds == -1 && text == "é漢" && list == [1, 2, 3]
            && reader.isAtEnd
    }

    @Test func `what is written is read`() throws {
        #expect(try read(sample().bytes))
    }

    @Test func `every shortened state is an error`() {
        let bytes = sample().bytes
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) { try read(Array(bytes[..<length])) }
        }
    }

    @Test func `damaged states never crash a reader`() {
        let bytes = sample().bytes
        var generator = Seeded(seed: 0x5EED_0020)
        for _ in 0..<20_000 {
            var bad = bytes
            for _ in 0...generator.below(6) {
                bad[generator.below(bad.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? read(bad)
        }
    }

    @Test func `the digest sees every bit`() {
        let bytes = sample().bytes
        var digests = [sample().digest]
        for bit in 0..<bytes.count * 8 {
            var writer = StateWriter()
            var bad = bytes
            bad[bit / 8] ^= 1 << (bit % 8)
            for byte in bad { writer.write(byte) }
            digests.append(writer.digest)
        }
        #expect(Set(digests).count == digests.count)
    }
}
