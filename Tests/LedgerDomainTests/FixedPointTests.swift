import LedgerDomain
import TestSupport
import Testing

@Suite struct FixedPointTests {
    static let readable: [(text: String, raw: Int128)] = [
        ("0", 0), ("-0", 0), ("+0", 0), ("1", 1_000_000_000), ("-1", -1_000_000_000),
        ("12.5", 12_500_000_000), ("-12.5", -12_500_000_000), ("+12.5", 12_500_000_000),
        (".5", 500_000_000), ("5.", 5_000_000_000), ("0.000000001", 1), ("-0.000000001", -1),
        ("1.123456789", 1_123_456_789), ("1.1234567890000", 1_123_456_789),
        ("007", 7_000_000_000), ("1000000000000", 1_000_000_000_000_000_000_000),
        ("99999999999999999999999999999", 99_999_999_999_999_999_999_999_999_999_000_000_000),
    ]

    @Test(arguments: readable) func `a plain decimal is read exactly`(text: String, raw: Int128)
        throws
    {
        #expect(try FixedPoint.parse(Array(text.utf8)) == raw)
    }

    static let refused: [(text: String, error: NumberError)] = [
        ("", .malformed("")), ("-", .malformed("-")), (".", .malformed(".")),
        ("--1", .malformed("--1")), ("1e5", .malformed("1e5")), ("1,000", .malformed("1,000")),
        (" 1", .malformed(" 1")), ("1 ", .malformed("1 ")), ("1.2.3", .malformed("1.2.3")),
        ("NaN", .malformed("NaN")), ("inf", .malformed("inf")), ("0x10", .malformed("0x10")),
        ("٣", .malformed("٣")), ("1.0000000001", .tooPrecise("1.0000000001")),
        (
            "1000000000000000000000000000000000000000",
            .overflow("a number of more than 38 digits")
        ),
        ("99999999999999999999999999999999999999", .overflow("a number beyond 128 bits")),
    ]

    @Test(arguments: refused) func `any other text is rejected by name`(
        text: String, error: NumberError
    ) {
        #expect(throws: error) { try FixedPoint.parse(Array(text.utf8)) }
    }

    @Test func `what is written reads as the same number`() throws {
        var generator = Seeded(seed: 0x5EED_0001)
        for round in 0..<20_000 {
            let bits = generator.below(96)
            let magnitude = Int128(generator.next()) << 64 | Int128(generator.next())
            let raw = (magnitude >> (127 - Int128(bits))) * (generator.below(2) == 0 ? 1 : -1)
            let text = FixedPoint.format(raw)
            #expect(try FixedPoint.parse(Array(text.utf8)) == raw, "round \(round): \(raw)")
            #expect(!text.contains(".") || !text.hasSuffix("0"), "round \(round): \(text)")
        }
    }

    static let written: [(raw: Int128, text: String)] = [
        (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (100_000_000, "0.1"),
        (12_500_000_000, "12.5"), (-12_500_000_000, "-12.5"), (1_000_000_000, "1"),
        (Int128(Int64.max), "9223372036.854775807"), (Int128(Int64.min), "-9223372036.854775808"),
        (.max, "170141183460469231731687303715.884105727"),
        (.min, "-170141183460469231731687303715.884105728"),
    ]

    @Test(arguments: written) func `the shortest decimal is written`(raw: Int128, text: String) {
        #expect(FixedPoint.format(raw) == text)
    }

    static let rounded: [(value: Int128, divisor: Int128, result: Int128)] = [
        (5, 10, 0), (15, 10, 2), (25, 10, 2), (35, 10, 4), (-5, 10, 0), (-15, 10, -2),
        (-25, 10, -2), (-35, 10, -4), (4, 10, 0), (6, 10, 1), (-6, 10, -1), (14, 10, 1),
        (16, 10, 2), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (0, 7, 0), (.max, 1, .max), (.min, 1, .min),
        (.max, .max, 1), (.min, .max, -1), (.max - 1, .max, 1), (.max / 2, .max, 0),
        (.max / 2 + 1, .max, 1),
    ]

    @Test(arguments: rounded)
    func `halves go to the even neighbour`(value: Int128, divisor: Int128, result: Int128) {
        #expect(FixedPoint.dividedHalfEven(value, by: divisor) == result)
    }

    @Test func `a rounded quotient differs by at most half, and is even on a tie`() {
        var generator = Seeded(seed: 0x5EED_0002)
        for round in 0..<20_000 {
            let value = Int128(Int64(bitPattern: generator.next()))
            let divisor = Int128(generator.below(1 << 20) + 1)
            let quotient = FixedPoint.dividedHalfEven(value, by: divisor)
            let twice = (value - quotient * divisor).magnitude * 2
            #expect(twice <= divisor.magnitude, "round \(round): \(value) / \(divisor)")
            #expect(
                twice < divisor.magnitude || quotient % 2 == 0,
                "round \(round): \(value) / \(divisor)")
        }
    }
}
