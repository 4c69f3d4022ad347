import Foundation
import TestSupport
import Testing

/// `ledger data check` and `inspect` on real files: what really happened is told from what is odd in them.
@Suite(.enabled(if: RecountCases.hasData, "there is no shared data beside the package"))
struct QualityCases {
    private func run(_ command: String) throws -> Program.Result {
        try Program(folder: Folder()).run(
            """
            US='\(Checkout.data)/lean/equity/usa'
            COINS='\(Checkout.data)/lean/crypto/coinbase'
            LAST=2021-04-01T04:00:00Z
            ledger data \(command)
            """)
    }

    /// The cells of each row of CSV that hold no commas.
    private func cells(_ text: String, _ columns: [Int]) -> [String] {
        text.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return columns.map { String(cells[$0]) }.joined(separator: " ")
        }
    }

    @Test(arguments: [("SPY", ""), ("IBM", "--factors $US/factor_files/ibm.csv")])
    func `23 years of days pass`(symbol: String, splits: String) throws {
        let file = "$US/daily/\(symbol.lowercased()).zip"
        let result = try run("check \(file) \(splits) --preset lean-daily --at $LAST --format csv")
        #expect(result.code == 0, "\(result.output)")
        #expect(
            result.output.hasSuffix("\(symbol),ok,5849,2021-04-01T04:00:00Z,0,0,5849,0,,\n"))
    }

    @Test func `without its splits IBM is an outlier`() throws {
        let result = try run("check $US/daily/ibm.zip --preset lean-daily --at $LAST --format csv")
        #expect(result.code == 1)
        #expect(result.output.contains("-50.7176 % in a day at 1999-05-28T04:00:00Z"))
    }

    private static let apple = "$US/daily/aapl.zip --preset lean-daily --at $LAST --format csv"
    private static let factors = "--factors $US/factor_files/aapl.csv"

    @Test
    func `Apple's splits are outliers where nobody tells of them, and its worst day always is`()
        throws
    {
        let unaware = try run("inspect \(Self.apple)")
        #expect(
            cells(unaware.output, [1, 3, 5]).filter { $0.hasPrefix("price_outlier") } == [
                "price_outlier 2000-09-30T04:00:00Z -0.516485575",
                "price_outlier 2014-06-10T04:00:00Z -0.854856948",
                "price_outlier 2020-09-01T04:00:00Z -0.741521944",
            ])
        let aware = try run("inspect \(Self.apple) \(Self.factors)")
        #expect(
            cells(aware.output, [1, 3, 5]) == [
                "jump 2000-09-30T04:00:00Z -0.516485575",
                "price_outlier 2000-09-30T04:00:00Z -0.516485575",
            ])
        #expect(try run("check \(Self.apple) \(Self.factors)").code == 1)
    }

    @Test func `since 2010 Apple passes with its splits and not without`() throws {
        #expect(try run("check \(Self.apple) \(Self.factors) --from 2010-01-04").code == 0)
        let unaware = try run("check \(Self.apple) --from 2010-01-04")
        #expect(unaware.code == 1)
        #expect(unaware.output.contains("-85.4857 % in a day at 2014-06-10T04:00:00Z"))
    }

    @Test func `a blocked symbol blocks itself alone`() throws {
        let result = try run(
            "check $US/daily/{aapl,spy}.zip --preset lean-daily --at $LAST --format csv")
        #expect(result.code == 1)
        #expect(cells(result.output, [0, 1]) == ["AAPL PRICE_OUTLIER", "SPY ok"])
    }

    @Test func `a tape of Apple with its splits is judged like the files`() throws {
        let program = Program(folder: try Folder())
        let result = try program.run(
            """
            US='\(Checkout.data)/lean/equity/usa'
            ledger data import $US/daily/aapl.zip --preset lean-daily --symbol AAPL --tick 0.0001 \\
                --journal aapl > /dev/null
            check() { ledger data check --journal aapl --at 2021-04-01T04:00:00Z --format csv "$@"; }
            check --from 2010-01-04 | cut -d, -f1,2,3
            check --from 2010-01-04 --factors $US/factor_files/aapl.csv | cut -d, -f1,2,3
            """)
        #expect(
            cells(result.output, [0, 1, 2]).filter { $0.hasPrefix("AAPL") } == [
                "AAPL PRICE_OUTLIER 2830", "AAPL ok 2830",
            ])
    }

    @Test(arguments: [
        // Until the bar of the 31st ends, the one of the 30th is the last that is due.
        ("2021-04-01T03:59:59Z", "ok 0"), ("2021-04-01T04:00:00Z", "ok 0"),
        ("2021-04-02T03:59:59Z", "ok 0"), ("2021-04-02T04:00:00Z", "STALE_DATA 1"),
        // Good Friday and a week-end; Monday's bar is due when Monday is over.
        ("2021-04-06T03:59:59Z", "STALE_DATA 1"), ("2021-04-06T04:00:00Z", "STALE_DATA 2"),
    ])
    func `the last session that is over decides what is stale`(
        _ time: String, _ result: String
    ) throws {
        let found = try run(
            "check $US/daily/spy.zip --preset lean-daily --at \(time) --format csv")
        #expect(cells(found.output, [1, 4]) == [result])
    }

    @Test func `a feed that broke off shows its gap`() throws {
        let minutes = "--symbol BTCUSD --preset lean-minute-trade-crypto --format csv"
        let alone = try run(
            "inspect $COINS/minute/btcusd/20180404_trade.zip \(minutes) --at 2018-04-05")
        #expect(
            cells(alone.output, [1, 3, 4, 5]) == [
                "missing_bars 2018-04-04T16:47:00Z 2018-04-04T16:46:00Z 1",
                "missing_bars 2018-04-05T00:00:00Z 2018-04-04T16:48:00Z 432",
            ])
        let next = try run(
            "inspect $COINS/minute/btcusd/2018040{4,5}_trade.zip \(minutes) --at 2018-04-06")
        #expect(cells(next.output, [1, 3, 4, 5]) == cells(alone.output, [1, 3, 4, 5]))
    }

    @Test func `a fall by exactly half is no outlier, a rise by more is`() throws {
        let result = try run(
            "inspect $COINS/daily/btcusd_trade.zip --preset lean-daily-crypto --at 2018-08-14 "
                + "--format csv")
        let found = cells(result.output, [1, 3, 5])
        #expect(found.contains("jump 2015-01-15T00:00:00Z -0.5"))
        #expect(
            found.filter { $0.hasPrefix("price_outlier") } == [
                "price_outlier 2015-01-16T00:00:00Z 0.570923077"
            ])
        #expect(found.filter { $0.hasPrefix("gap") }.count == 3)
        #expect(found.filter { $0.hasPrefix("missing_sessions") }.count == 8)
    }

    @Test func `hours of 23 years lack only the late opening of 2002`() throws {
        let result = try run("inspect $US/hour/spy.zip --preset lean-hour --at $LAST --format csv")
        #expect(
            cells(result.output, [1, 3, 4]) == [
                "missing_bars 2002-09-11T15:00:00Z 2002-09-11T13:30:00Z"
            ])
    }
}
