import LedgerDomain
import Testing

/// What rules compare is kept in 10^-9 of its unit, whatever the unit is.
@Suite struct MeasureTests {
    @Test func `each unit is kept in 10^-9`() throws {
        #expect(Measure.money(try Money("12.5")).raw == 12_500_000_000)
        #expect(Measure.quantity(try Quantity("0.000000001")).raw == 1)
        #expect(Measure.price(try Price("-1")).raw == -1_000_000_000)
        #expect(Measure.share(try Price("0.08")).raw == 80_000_000)
        #expect(Measure.count(3).raw == 3_000_000_000)
        #expect(Measure.milliseconds(250) == .metric(try Price("250")))
        #expect(Measure.rate(try Price("0.5")).raw == 500_000_000)
        #expect(Measure.price(wide: .max) == .unbounded)
        #expect(Measure.count(UInt32.max).raw == 4_294_967_295_000_000_000)
    }

    @Test(arguments: [
        (Int64(7_200_000_000_000), "2"), (5_400_000_000_000, "1.5"), (3_599, "0"),
        (3_600, "0.000000001"), (-7_199, "-0.000000001"),
    ])
    func `a time is in its unit, towards zero`(nanoseconds: Int64, hours: String) {
        let measure = Measure.duration(Nanoseconds(nanoseconds), in: .hour)
        #expect(measure.description == hours)
    }

    @Test(
        arguments: [
            (0.25, "0.25"), (0x1p-10, "0.000976562"), (0x3p-10, "0.002929688"), (-1, "-1"),
            (.infinity, "0"), (.nan, "0"), (1e20, "0"),
        ] as [(Double, String)])
    func `a share of a double is rounded half to even`(share: Double, text: String) {
        #expect(Measure.share(rounding: share).description == text)
    }

    @Test(
        arguments: [
            (2, 3, "0.666666667", "0.666666666", "0.666666667"),
            (1, 3, "0.333333334", "0.333333333", "0.333333333"),
            (-1, 3, "-0.333333334", "-0.333333333", "-0.333333333"), (1, 4, "0.25", "0.25", "0.25"),
        ] as [(Int128, Int128, String, String, String)])
    func `a share of a whole is rounded as asked`(
        part: Int128, whole: Int128, up: String, down: String, even: String
    ) {
        #expect(Measure.share(part, of: whole, .up)?.description == up)
        #expect(Measure.share(part, of: whole, .down)?.description == down)
        #expect(Measure.share(part, of: whole, .halfEven)?.description == even)
    }

    @Test(arguments: [Measure.ShareRounding.up, .down, .halfEven])
    func `no share is of nothing or beyond what fits`(_ rounding: Measure.ShareRounding) {
        #expect(Measure.share(1, of: 0, rounding) == nil)
        #expect(Measure.share(1, of: -1, rounding) == nil)
        #expect(Measure.share(.max, of: 1, rounding) == nil)
    }

    @Test func `a text is the plain decimal`() {
        #expect(Measure.count(12).description == "12")
        #expect(Measure(raw: -1).description == "-0.000000001")
        #expect(Measure.zero < Measure.unbounded)
    }
}
