import LedgerDomain
import Testing

/// Intent identities are on disk and at venues: these may never change.
@Suite struct IntentIDTests {
    private func identity(
        _ account: String = "main", _ strategy: String = "sma", _ symbol: String = "AAPL",
        _ side: Side = .buy, at seconds: Int64 = 1_709_649_000, _ ordinal: UInt32 = 0
    ) -> IntentID {
        IntentID(
            decider: IntentID.Decider(account: account, strategy: strategy, symbol: symbol),
            side: side, decidedAt: Timestamp(nanoseconds: seconds * 1_000_000_000),
            ordinal: ordinal)
    }

    @Test func `an identity is what it was in the first release`() {
        #expect(identity().description == "d1d53f3296a838f817b9e4b5179a1000")
        #expect(
            identity("", "", "", .sell, at: -1, 7).description == "2f8f7da2d2033d08ffffffffc4653600"
        )
        #expect(IntentID(high: 1, low: 2).description == "00000000000000010000000000000002")
    }

    @Test func `every part counts`() {
        let all = [
            identity(), identity("other"), identity("main", "other"),
            identity("main", "sma", "IBM"),
            identity("main", "sma", "AAPL", .sell), identity(at: 1_709_649_001),
            identity("main", "sma", "AAPL", .buy, at: 1_709_649_000, 1),
            identity("mains", "ma"), identity("main", "smaA", "APL"),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `the hash is Fowler, Noll and Vo's 1a`() {
        var hash = FNV1a()
        #expect(hash.value == 0xCBF2_9CE4_8422_2325)
        hash.add("a".utf8)
        #expect(hash.value == 0xAF63_DC4C_8601_EC8C)
        var word = FNV1a()
        word.add("foobar".utf8)
        #expect(word.value == 0x8594_4171_F739_67E8)
    }
}
