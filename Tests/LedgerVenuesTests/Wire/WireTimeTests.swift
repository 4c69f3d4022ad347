import LedgerDomain
import Testing

@testable import LedgerVenues

@Suite struct WireTimeTests {
    private func time(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        return WireTime.timestamp(bytes, 0..<bytes.count)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2021-03-16T18:38:01.942282Z", 1_615_919_881_942_282_000),
            ("2022-03-18T14:03:13.661518592Z", 1_647_612_193_661_518_592),
            ("2022-03-18T10:03:13.661518592-04:00", 1_647_612_193_661_518_592),
            ("1969-12-31T23:59:59.999999999Z", -1), ("2021-03-16", 1_615_852_800_000_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ] as [(String, Int64)])
    func `times are read to the nanosecond`(_ text: String, _ nanoseconds: Int64) {
        #expect(time(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2021", "2021-13-01T00:00:00Z", "2021-02-29T00:00:00Z", "2021-03-16T24:00:00Z",
        "2021-03-16T18:38:01", "2021-03-16T18:38Z", "2021-03-16T18:38:01.Z",
        "2021-03-16T18:38:01Zx",
        "2021-03-16T18:38:01+4:00", "9999-01-01T00:00:00Z", "x021-03-16T18:38:01Z",
    ])
    func `what is no time is none`(_ text: String) { #expect(time(text) == nil) }

    @Test func `written times are read back`() {
        for nanoseconds: Int64 in [0, 1, -1, 1_615_919_881_942_282_000, 4_102_444_800_000_000_123] {
            var bytes: [UInt8] = []
            Timestamp(nanoseconds: nanoseconds).append(to: &bytes)
            #expect(WireTime.timestamp(bytes, 0..<bytes.count)?.nanoseconds == nanoseconds)
        }
        #expect(WireTime.milliseconds(Timestamp(nanoseconds: -1)) == -1)
    }
}
