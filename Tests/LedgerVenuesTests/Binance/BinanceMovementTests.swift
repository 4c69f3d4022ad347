import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

/// The wallet's answers in the shapes of Binance's documents.
@Suite struct BinanceMovementTests {
    private func read(_ kind: BinanceMovements, _ text: String) throws -> [String] {
        let list = try kind.read(Array(text.utf8), cash: "USDT")
        return list.elements.flatMap { $0 }.map {
            "\($0.id) \($0.kind) \($0.symbol) \($0.amount) \($0.quantity) \($0.occurred)"
        } + list.unread.map { "unread \($0.id)" }
    }

    @Test func `deposits are booked once they are credited`() throws {
        let found = try read(
            .deposits,
            """
            [{"id":"769800519366885376","amount":"0.001","coin":"BNB","network":"BNB","status":0,
              "insertTime":1661493146000},
             {"id":"769754833590042625","amount":"100.50000000","coin":"USDT","status":1,
              "insertTime":1599621997000},
             {"id":"7","amount":"0.5","coin":"BTC","status":6,"insertTime":1599621998000},
             {"id":"8","amount":"much","coin":"BTC","status":1,"insertTime":1599621998000}]
            """)
        #expect(
            found == [
                "deposit 769754833590042625 transfer  100.5 0 2020-09-09T03:26:37Z",
                "deposit 7 transfer BTCUSDT 0 0.5 2020-09-09T03:26:38Z", "unread 8",
            ])
    }

    @Test func `a withdrawal is booked with its fee`() throws {
        let found = try read(
            .withdrawals,
            """
            [{"id":"b6ae22b3","amount":"8.91000000","transactionFee":"0.004","coin":"USDT","status":6,
              "applyTime":"2019-10-12 11:12:02","completeTime":"2019-10-12 11:22:02"},
             {"id":"c7","amount":"1","transactionFee":"0","coin":"BTC","status":1,
              "applyTime":"2019-10-12 11:12:02"}]
            """)
        #expect(
            found == [
                "withdrawal b6ae22b3 transfer  -8.91 0 2019-10-12T11:12:02Z",
                "withdrawalFee b6ae22b3-fee fee  -0.004 0 2019-10-12T11:12:02Z",
            ])
    }

    @Test func `distributions and conversions move units`() throws {
        #expect(
            try read(
                .distributions,
                """
                {"rows":[{"id":1637366104,"amount":"10.00000000","asset":"BHFT",
                 "divTime":1563189166000,"enInfo":"BHFT distribution","tranId":2968885920,
                 "direction":1}],"total":1}
                """) == ["distribution 1637366104 other BHFTUSDT 0 10 2019-07-15T11:12:46Z"])
        #expect(
            try read(
                .conversions,
                """
                {"total":1,"userAssetDribblets":[{"operateTime":1615985535000,
                 "totalTransferedAmount":"0.00132256","transId":45178372831,
                 "userAssetDribbletDetails":[{"transId":4359321,"serviceChargeAmount":"0.000009",
                 "amount":"0.0009","operateTime":1615985535000,"transferedAmount":"0.000441",
                 "fromAsset":"USDT"}]}]}
                """)
                == [
                    "conversion 4359321 other  -0.0009 0 2021-03-17T12:52:15Z",
                    "conversion 4359321-into other BNBUSDT 0 0.000441 2021-03-17T12:52:15Z",
                ])
    }

    @Test func `what is no list is a fault`() {
        for kind in BinanceMovements.allCases {
            #expect(throws: JSONFault.self) { try kind.read(Array("17".utf8), cash: "USDT") }
        }
    }
}
