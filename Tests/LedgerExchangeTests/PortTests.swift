import LedgerReading
import Testing

@Suite struct PortTests {
    @Test func `a port that is in use is named`() throws {
        let first = try TestExchange(.alpaca)
        #expect(
            throws: InputError(
                "cannot listen on 127.0.0.1:\(first.port): port \(first.port) is in use; stop the "
                    + "other process or choose another port with --port")
        ) { try TestExchange(.alpaca, ["exchange.port": "\(first.port)"]) }
    }
}
