import LedgerDomain
import LedgerEvents

/// What an account realised in one currency other than its own.
struct CurrencyGain: Hashable, Sendable {
    let account: AccountID
    let currency: String
    /// In the account's currency: each gain at the rate of its time.
    private(set) var counted = Money.zero
    /// In its own currency: what waits for the first rate, which converts it.
    private(set) var pending = Money.zero

    init(_ account: AccountID, _ currency: String) {
        (self.account, self.currency) = (account, currency)
    }

    mutating func add(_ gain: Money) { pending += gain }

    mutating func count(_ rate: Conversion) throws(NumberError) {
        counted += try rate.worth(of: pending)
        pending = .zero
    }

    func encode(into writer: inout StateWriter) {
        writer.write(account)
        writer.write(currency)
        writer.write(counted)
        writer.write(pending)
    }

    init(from reader: inout StateReader) throws(StateError) {
        account = try reader.read()
        currency = try reader.read()
        counted = try reader.readSum()
        pending = try reader.readSum()
    }
}
