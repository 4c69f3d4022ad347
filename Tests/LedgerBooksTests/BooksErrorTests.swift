import LedgerBooks
import LedgerDomain
import Testing

@Suite struct BooksErrorTests {
    @Test func `an error names its event`() {
        #expect("\(BooksError(SequenceNumber(7), "x"))" == "event 7: x")
    }
}
