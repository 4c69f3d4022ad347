import LedgerDomain
import Testing

/// Money, prices, quantities and basis points: exact or refused.
@Suite struct AmountTests {
    static let notionals: [(price: String, quantity: String, amount: String)] = [
        ("100", "2", "200"), ("100", "-2", "-200"), ("-37.63", "10", "-376.3"),
        ("0.000000001", "0.5", "0"), ("0.000000003", "0.5", "0.000000002"),
        ("0.000000001", "1.5", "0.000000002"), ("0.000000001", "2.5", "0.000000002"),
        ("33.333333333", "3", "99.999999999"), ("1", "1000000000000", "1000000000000"),
        ("9000000000", "111.111111111", "999999999999"),
    ]

    @Test(arguments: notionals)
    func `a notional is exact or rounded half to even`(
        price: String, quantity: String, amount: String
    ) throws {
        #expect(try Money.notional(Price(price), Quantity(quantity)) == Money(amount))
    }

    @Test func `a notional beyond a million million is refused`() throws {
        #expect(throws: NumberError.self) {
            try Money.notional(Price("2"), Quantity("500000000001"))
        }
        #expect(throws: NumberError.self) {
            try Money.notional(Price(raw: .max), Quantity(raw: .max))
        }
        #expect(throws: NumberError.self) {
            try Money.notional(Price(raw: .min), Quantity(raw: .max))
        }
    }

    @Test func `shares of an amount`() throws {
        let amount = try Money("100")
        #expect(try amount.share(Quantity("1"), of: Quantity("3")) == Money("33.333333333"))
        #expect(try amount.share(Quantity("2"), of: Quantity("3")) == Money("66.666666667"))
        #expect(try amount.share(Quantity("-1"), of: Quantity("-4")) == Money("25"))
        #expect(try amount.share(Quantity("1"), of: Quantity("-4")) == Money("-25"))
        #expect(try amount.share(Quantity("3"), of: Quantity("3")) == amount)
        #expect(throws: NumberError.self) {
            try Money(raw: .max).share(Quantity("3"), of: Quantity("2"))
        }
        // The product passes 128 bits, the share does not.
        let third = try Money(raw: .max).share(Quantity("1"), of: Quantity("3"))
        #expect(third.raw == Int128.max / 3)
        let large = try Money("-1000000000000").share(.limit, of: Quantity("3000000000000"))
        #expect(large.description == "-333333333333.333333333")
    }

    @Test func `basis points of an amount`() throws {
        #expect(try Money("10000").basisPoints(BasisPoints("1")) == Money("1"))
        #expect(try Money("-10000").basisPoints(BasisPoints("7.5")) == Money("-7.5"))
        #expect(try Money("0.000000005").basisPoints(BasisPoints("1000")) == Money.zero)
        #expect(try BasisPoints("7.5").raw == 7500)
        #expect(try BasisPoints("7.5").description == "7.5")
        #expect(throws: NumberError.self) { try BasisPoints("0.0001") }
        #expect(throws: NumberError.self) { try BasisPoints("9223372036854775.808") }
        #expect(throws: NumberError.self) { try Money(raw: .max).basisPoints(BasisPoints("1")) }
    }

    @Test func `a price that does not fit 64 bits is refused`() throws {
        #expect(try Price("9223372036.854775807").raw == .max)
        #expect(throws: NumberError.overflow("price 9223372036.854775808")) {
            try Price("9223372036.854775808")
        }
        #expect(Price(rounding: .nan) == nil)
        #expect(Price(rounding: .infinity) == nil)
        #expect(Price(rounding: 1e10) == nil)
        #expect(Price(rounding: 0.1)?.raw == 100_000_000)
    }

    static let ticks: [(price: String, tick: String, down: String, up: String)] = [
        ("10.01", "0.05", "10", "10.05"), ("10.05", "0.05", "10.05", "10.05"),
        ("-10.01", "0.05", "-10.05", "-10"), ("0.01", "0.25", "0", "0.25"),
        ("10.123456789", "0.000000001", "10.123456789", "10.123456789"),
    ]

    @Test(arguments: ticks)
    func `a price rounds to its tick in the given direction`(
        price: String, tick: String, down: String, up: String
    ) throws {
        #expect(try Price(price).rounded(to: Price(tick), .down) == Price(down))
        #expect(try Price(price).rounded(to: Price(tick), .up) == Price(up))
    }

    @Test func `a price at the edge of its range is refused, not wrapped`() throws {
        #expect(throws: NumberError.self) { try Price(raw: .max).rounded(to: Price("1"), .up) }
        #expect(throws: NumberError.self) { try Price(raw: .min).rounded(to: Price("1"), .down) }
    }

    @Test func `quantities truncate to their lot and scale with a split`() throws {
        #expect(try Quantity("10.9").truncated(to: Quantity("1")) == Quantity("10"))
        #expect(try Quantity("-10.9").truncated(to: Quantity("1")) == Quantity("-10"))
        #expect(try Quantity("1.23456").truncated(to: Quantity("0.001")) == Quantity("1.234"))
        #expect(try Quantity("3").scaled(by: 7, over: 1) == Quantity("21"))
        #expect(try Quantity("1").scaled(by: 1, over: 3) == Quantity("0.333333333"))
        #expect(throws: NumberError.self) { try Quantity(raw: .max).scaled(by: 2, over: 1) }
    }
}
