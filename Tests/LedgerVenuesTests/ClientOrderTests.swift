import LedgerDomain
import Testing

@testable import LedgerVenues

@Suite struct ClientOrderTests {
    @Test func `a client order id says intent and replacement`() {
        let intent = IntentID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
        for generation: UInt16 in [0, 1, 9, 10, 999, 1000, 1001, 2295, 2296, 34_695] {
            let id = ClientOrderID(intent, generation: generation)
            #expect(ClientOrderID("\(id)") == id)
            #expect("\(id)".utf8.count <= 36)
        }
    }

    @Test(arguments: [
        "", "0123456789abcdef", "0123456789abcdeffedcba9876543210-",
        "x123456789abcdeffedcba9876543210",
        "0123456789abcdeffedcba9876543210-0", "0123456789abcdeffedcba9876543210-01",
        "0123456789abcdeffedcba9876543210-1000", "0123456789abcdeffedcba9876543210_1",
        "0123456789ABCDEFfedcba9876543210",
    ])
    func `what is none of ours is no client order id`(_ text: String) {
        #expect(ClientOrderID(text) == nil)
    }
}
