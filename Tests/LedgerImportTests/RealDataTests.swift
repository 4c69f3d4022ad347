import Glibc
import LedgerImport
import Testing

/// Third-party files, which are not part of this package.
enum RealData {
    /// The data that this package ships.
    static let sample =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/configs/sample"
    /// `LEDGER_DATA`, else `../shared/data` beside the package.
    static let folder: String = {
        if let named = getenv("LEDGER_DATA") { return String(cString: named) }
        return #filePath.split(separator: "/").dropLast(3).dropLast().reduce("") { $0 + "/" + $1 }
            + "/shared/data"
    }()
    static let isHere = access(folder + "/lean", R_OK) == 0
}

@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Real data` {
    @Test(arguments: [
        ("equity/usa/daily/aapl", "lean-daily", 5849), ("equity/usa/daily/spy", "lean-daily", 5849),
        ("equity/usa/daily/ibm", "lean-daily", 5849), ("equity/usa/hour/aapl", "lean-hour", 40_831),
        ("equity/usa/hour/spy", "lean-hour", 40_832),
        ("equity/usa/minute/spy/20131004_trade", "lean-minute-trade", 711),
        ("equity/usa/minute/spy/20131007_trade", "lean-minute-trade", 828),
        ("equity/usa/minute/spy/20131008_trade", "lean-minute-trade", 828),
        ("equity/usa/minute/spy/20131009_trade", "lean-minute-trade", 813),
        ("equity/usa/minute/spy/20131010_trade", "lean-minute-trade", 883),
        ("equity/usa/minute/spy/20131011_trade", "lean-minute-trade", 776),
        ("equity/usa/minute/spy/20131004_quote", "lean-minute-quote", 855),
        ("equity/usa/minute/spy/20131007_quote", "lean-minute-quote", 908),
        ("equity/usa/minute/spy/20131008_quote", "lean-minute-quote", 910),
        ("equity/usa/minute/spy/20131009_quote", "lean-minute-quote", 902),
        ("equity/usa/minute/spy/20131010_quote", "lean-minute-quote", 941),
        ("equity/usa/minute/spy/20131011_quote", "lean-minute-quote", 896),
        ("equity/usa/minute/aapl/20140605_trade", "lean-minute-trade", 686),
        ("equity/usa/minute/aapl/20140606_trade", "lean-minute-trade", 783),
        ("equity/usa/minute/aapl/20140609_trade", "lean-minute-trade", 834),
        ("equity/usa/minute/aapl/20140605_quote", "lean-minute-quote", 830),
        ("equity/usa/minute/aapl/20140606_quote", "lean-minute-quote", 835),
        ("equity/usa/minute/aapl/20140609_quote", "lean-minute-quote", 847),
        ("equity/usa/tick/ibm/20131007_trade", "lean-tick-trade", 24_293),
        ("equity/usa/tick/ibm/20131007_quote", "lean-tick-quote", 109_066),
        ("crypto/binance/hour/btcusdt_trade", "lean-hour-crypto", 120),
        ("crypto/coinbase/daily/btcusd_trade", "lean-daily-crypto", 1318),
        ("crypto/coinbase/minute/btcusd/20161007_trade", "lean-minute-trade-crypto", 1419),
        ("crypto/coinbase/minute/btcusd/20161008_trade", "lean-minute-trade-crypto", 1400),
        ("crypto/coinbase/minute/btcusd/20161009_trade", "lean-minute-trade-crypto", 1397),
        ("crypto/coinbase/minute/btcusd/20170903_trade", "lean-minute-trade-crypto", 1440),
        ("crypto/coinbase/minute/btcusd/20170904_trade", "lean-minute-trade-crypto", 1440),
        ("crypto/coinbase/minute/btcusd/20171217_trade", "lean-minute-trade-crypto", 1440),
        ("crypto/coinbase/minute/btcusd/20180404_trade", "lean-minute-trade-crypto", 1007),
        ("crypto/coinbase/minute/btcusd/20180405_trade", "lean-minute-trade-crypto", 1440),
        ("crypto/coinbase/minute/btcusd/20180406_trade", "lean-minute-trade-crypto", 1440),
        ("crypto/coinbase/minute/btcusd/20170903_quote", "lean-minute-quote-crypto", 1438),
        ("crypto/coinbase/minute/btcusd/20170904_quote", "lean-minute-quote-crypto", 1438),
        ("crypto/coinbase/minute/btcusd/20171217_quote", "lean-minute-quote-crypto", 1439),
        ("crypto/coinbase/minute/btcusd/20180404_quote", "lean-minute-quote-crypto", 1437),
        ("crypto/coinbase/minute/btcusd/20180405_quote", "lean-minute-quote-crypto", 1436),
    ])
    func `every row of LEAN's files is an event`(
        _ path: String, _ preset: String, _ rows: Int
    ) throws {
        let reading = Reading(
            path: "\(RealData.folder)/lean/\(path).zip", try ImportFormat(preset: preset))
        #expect(reading.error == nil, "\(reading.message)")
        #expect(reading.events.count == rows)
        #expect(reading.suspicious == (path.hasSuffix("ibm/20131007_quote") ? 1 : 0))
    }

    @Test func `first and last events are at the moments that the files mean`() throws {
        let lean = RealData.folder + "/lean/"
        let daily = Reading(
            path: lean + "equity/usa/daily/spy.zip", try ImportFormat(preset: "lean-daily"))
        #expect(daily.times.first == "1998-01-03T05:00:00Z")
        #expect(daily.times.last == "2021-04-01T04:00:00Z")
        let hours = Reading(
            path: lean + "equity/usa/hour/spy.zip", try ImportFormat(preset: "lean-hour"))
        #expect(hours.times.first == "1998-01-02T15:00:00Z")
        #expect(hours.times.last == "2021-03-31T20:00:00Z")
        let feed = Reading(
            path: lean + "crypto/coinbase/minute/btcusd/20180404_trade.zip",
            try ImportFormat(preset: "lean-minute-trade-crypto"))
        #expect(feed.times.last == "2018-04-04T16:48:00Z")
    }
}
