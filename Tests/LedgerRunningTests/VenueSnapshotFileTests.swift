import LedgerDomain
import LedgerEvents
import LedgerRunning
import LedgerVenues
import Testing

/// The file that `ledgerd snapshot` writes and `ledger reconcile` reads.
@Suite struct VenueSnapshotFileTests {
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)

    private func read(_ account: VenueAccount) throws -> VenueSnapshotFile {
        try VenueSnapshotFile(
            VenueSnapshotFile.text(of: account, venue: "alpaca", takenAt: noon),
            name: "venue.json", kind: .reconciliation)
    }

    @Test func `an account is read as it was written, to the last digit`() throws {
        let account = try VenueAccount(
            cash: Money("-0.000000001"), portfolioValue: Money("123456789012.5"),
            buyingPower: Money("3"),
            positions: [
                VenuePosition(
                    symbol: "BTC/USD", quantity: Quantity("0.099750001"),
                    averagePrice: Price("100.1"), mark: Price("101"), kind: .crypto),
                VenuePosition(
                    symbol: "\"Ä\\\n", quantity: Quantity("-5"), averagePrice: .zero, mark: .zero,
                    kind: .equity),
            ],
            openOrders: [
                VenueOrder(
                    clientOrder: "", venueOrder: "61e6", symbol: "AAPL", side: .sell,
                    status: .accepted, quantity: Quantity("10"), filled: Quantity("4"),
                    limitPrice: Price("9.5")),
                VenueOrder(
                    clientOrder: "mine", venueOrder: "61e7", symbol: "AAPL", side: .buy,
                    status: .accepted, quantity: .zero, filled: .zero, limitPrice: .zero),
            ])
        #expect(try read(account).account == account)
    }

    @Test func `what the venue's answer hid is a difference in the file too`() throws {
        let account = try VenueAccount(
            cash: Money("1"),
            unread: [
                VenueUnread(
                    .order, symbols: ["XYZ", "ABC"], id: "m1", isOfOtherKind: true,
                    detail: "no side"),
                VenueUnread(.position, symbols: ["UVW"], detail: "qty is 1e40"),
            ])
        let file = try read(account).account
        #expect(file.unread.map(\.item) == [.position, .order])
        #expect(file.unread.map(\.symbols) == [["UVW"], ["XYZ", "ABC"]])
        #expect(file.unread.map(\.isOfOtherKind) == [false, true])
        #expect(file.unread.map(\.id) == ["", "m1"])
        #expect(file.positions.isEmpty && file.openOrders.isEmpty)
    }

    @Test func `two snapshots of one account are two`() throws {
        let account = try VenueAccount(cash: Money("1"))
        let texts = [noon, noon.advanced(by: Nanoseconds(1))].map {
            VenueSnapshotFile.text(of: account, venue: "alpaca", takenAt: $0)
        }
        let numbers = try texts.map {
            try VenueSnapshotFile($0, name: "venue.json", kind: .reconciliation).number
        }
        #expect(numbers[0] != numbers[1])
    }
}
