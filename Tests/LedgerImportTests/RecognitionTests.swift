import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

@Suite struct `Recognition` {
    struct Found {
        var bars: [String] = []
        var notes: [String] = []
        var message = "no error"
    }

    static func read(_ text: String, symbol: String = "X", interval: UInt32 = 0) -> Found {
        var format = ImportFormat(interval: interval)
        format.symbol = symbol
        var found = Found()
        do throws(ImportError) {
            let source = try ByteSource(bytes: Array(text.utf8), name: "t")
            let file = try DataFile(source, format: format, instrument: InstrumentID(1))
            while case .bar(let bar, let time)? = try file.next() {
                found.bars.append("\(time) \(bar.interval) \(bar.close) \(bar.volume)")
            }
            found.notes = file.report
        } catch { found.message = "\(error)" }
        return found
    }

    @Test(arguments: [
        ("1499040000000", "1499040059999", "milliseconds"),
        ("1499040000000000", "1499040059999999", "microseconds"),
    ])
    func `klines without a header are read in both units`(
        _ start: String, _ end: String, _ unit: String
    ) {
        let found = Self.read("\(start),1,3,0.5,2,10.5,\(end),2.5,308,1756.8,28.4,0\n")
        #expect(found.bars == ["2017-07-03T00:01:00Z 60 2 10.5"], "\(found.message)")
        #expect(
            found.notes == [
                "klines without a header, times in \(unit)",
                "bars of 60 seconds: the first bar lasts from \(start) to \(end)",
            ])
    }

    @Test(arguments: [
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
            + "taker_buy_quote_volume,ignore",
        "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,"
            + "Taker buy base asset volume,Taker buy quote asset volume,Ignore",
    ])
    func `klines with a header tell their interval`(_ header: String) {
        let found = Self.read(
            header + "\n1499040000000,1,3,0.5,2,10.5,1499126399999,2.5,308,1756.8,28.4,0\n")
        #expect(found.bars == ["2017-07-04T00:00:00Z 86400 2 10.5"], "\(found.message)")
    }

    @Test func `an interval that klines contradict is refused`() {
        let row = "1499040000000,1,3,0.5,2,10.5,1499040059999,2.5,308,1756.8,28.4,0\n"
        #expect(
            Self.read(row, interval: 3600).message
                == "t:1: the first bar lasts from 1499040000000 to 1499040059999, which are 60 "
                + "seconds, but --interval says 3600; give the bars' true length or none")
    }

    static let yahoo = """
        Price,Adj Close,Close,High,Low,Open,Volume
        Ticker,AAPL,AAPL,AAPL,AAPL,AAPL,AAPL
        Date,,,,,,
        2020-01-02,72.71607971191406,75.0875015258789,75.1500015258789,73.79750061035156,74.05999755859375,135480400
        2020-01-03,72.00912475585938,74.35749816894531,75.1449966430664,74.125,74.2874984741211,146322800
        2020-01-06,72.58291625976562,74.94999694824219,74.98999786376953,73.1875,73.44750213623047,118387200
        2020-01-07,72.24156188964844,74.59750366210938,75.2249984741211,74.37000274658203,74.95999908447266,108872000

        """

    @Test func `Yahoo's three header rows are read`() {
        let found = Self.read(Self.yahoo, symbol: "AAPL")
        #expect(found.bars.first == "2020-01-03T00:00:00Z 86400 75.087501526 135480400")
        #expect(found.bars.count == 4, "\(found.message)")
        #expect(
            found.notes == [
                "Yahoo's table with a header of three rows, columns of AAPL",
                "prices and volumes are rounded to nine decimals",
                "bars of 86400 seconds, by the distances of the first rows",
            ])
    }

    @Test func `of several tickers the named one is read`() {
        let rows = """
            Ticker,MSFT,MSFT,MSFT,MSFT,MSFT,AAPL,AAPL,AAPL,AAPL,AAPL
            Price,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume
            Date,,,,,,,,,,
            2020-01-02,1,2,1,1.5,10,3,4,3,3.5,30
            2020-01-03,1,2,1,1.5,10,3,4,3,3.5,30
            2020-01-06,1,2,1,1.5,10,3,4,3,3.5,30

            """
        #expect(
            Self.read(rows, symbol: "AAPL").bars.first == "2020-01-03T00:00:00Z 86400 3.5 30")
        #expect(
            Self.read(rows, symbol: "IBM").message
                == "t:1: the columns are of MSFT, AAPL and none of them of IBM; name one with --symbol"
        )
    }

    @Test func `a flat table of Yahoo's with offsets is read in its zone`() {
        let rows = """
            Date,Open,High,Low,Close,Volume,Dividends,Stock Splits
            2020-01-02 00:00:00-05:00,71.72101593017578,72.7765994,71.4668151,72.71607971191406,135480400,0.0,0.0
            2020-01-03 00:00:00-05:00,71.94132995605469,72.77174,71.7839,72.00912475585938,146322800,0.0,0.0
            2020-01-06 00:00:00-05:00,71.12786865234375,72.6216,70.876,72.58291625976562,118387200,0.0,0.0

            """
        let found = Self.read(rows)
        #expect(found.bars.first == "2020-01-03T05:00:00Z 86400 72.716079712 135480400")
        #expect(found.bars.count == 3, "\(found.message)")
    }

    @Test func `an index without a name is the time, or a running number`() {
        let times = Self.read(
            ",open,high,low,close,volume\n2020-01-06 10:00:00,1,2,1,2,5\n2020-01-06 11:00:00,1,2,1,2,5\n"
                + "2020-01-06 12:00:00,1,2,1,2,5\n")
        #expect(times.bars.first == "2020-01-06T11:00:00Z 3600 2 5", "\(times.message)")
        #expect(
            times.notes.first
                == "bars of 3600 seconds, by the distances of the first rows")
        #expect(
            times.notes.last
                == "the first column is an index of times, such as '2020-01-06 10:00:00'")
        let numbers = Self.read(
            ",date,open,high,low,close,volume\n0,2020-01-06,1,2,1,2,5\n1,2020-01-07,1,2,1,2,5\n",
            interval: 86_400)
        #expect(numbers.bars.count == 2, "\(numbers.message)")
        #expect(numbers.notes == ["the first column is a running number and is not read"])
    }

    @Test func `two columns that may both be the time are refused`() {
        let found = Self.read(
            ",timestamp,open,high,low,close,volume\n2020-01-06,2020-01-05T22:00:00Z,1,2,1,2,5\n",
            interval: 86_400)
        #expect(
            found.message
                == "t:1: the first column, without a name, and 'timestamp' may both be the time; "
                + "choose with --columns, as in time=timestamp")
    }

    @Test(arguments: [
        #"{"bars":{"X":[%]},"next_page_token":null}"#, #"{"bars":[%],"symbol":"X"}"#,
        #"{"X": [ % ]}"#, "[%]",
    ])
    func `Alpaca's bars are read from JSON`(_ frame: String) {
        let bars = ["03", "04", "05"].map {
            #"{"t":"2022-02-\#($0)T05:00:00Z","o":174,"h":174.84,"l":172.31,"c":174.61,"#
                + #""v":85998033,"n":732412,"vw":173.703516}"#
        }
        let text = frame.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: bars.joined(separator: ",\n"))
        let found = Self.read(text)
        #expect(found.bars.first == "2022-02-04T05:00:00Z 86400 174.61 85998033")
        #expect(found.bars.count == 3, "\(found.message)")
    }

    @Test func `a bar of JSON that is wrong is named by its number`() {
        let text =
            #"[{"t":"2022-02-03T05:00:00Z","o":1,"h":2,"l":1,"c":1,"v":1}, "#
            + #"{"t":"2022-02-04T05:00:00Z","o":1,"h":2,"l":1,"c":3,"v":1}]"#
        #expect(
            Self.read(text, interval: 86_400).message
                == "t#bar:2: column 5: the close '3' is outside the low '1' to the high '2'")
        #expect(
            Self.read(#"{"bars":{"AAPL":[],"MSFT":[]}}"#).message
                == "t: holds bars of 'AAPL', 'MSFT' and none of X; name one with --symbol")
        #expect(
            Self.read("{\"bars\":\n[{").message
                == "t:2: the JSON text breaks off or is none; fetch the file again")
    }

    @Test func `bars of several symbols are told apart`() {
        let rows =
            "symbol,timestamp,open,high,low,close,volume\n"
            + "A,2020-01-06,1,2,1,2,5\nX,2020-01-06,1,2,1,1.5,5\nA,2020-01-07,1,2,1,2,5\n"
        #expect(Self.read(rows, interval: 86_400).bars == ["2020-01-07T00:00:00Z 86400 1.5 5"])
        #expect(
            Self.read(rows, symbol: "B", interval: 86_400).message
                == "t: all 3 rows are of other symbols than B, such as 'A'; name one of them with "
                + "--symbol")
    }

    @Test func `volumes of meme coins are held, and rounded where a record has no room`() {
        let rows = ["1000000000001", "12345678901234567890.5", "9223372036854775807000000"]
            .enumerated().map { "2020-01-0\($0 + 1),1,1,1,1,\($1)\n" }.joined()
        let found = Self.read("date,open,high,low,close,volume\n" + rows, interval: 86_400)
        #expect(
            found.bars.map { $0.split(separator: " ").last } == [
                "1000000000001", "12345678901234567890", "9223372036854775807000000",
            ], "\(found.message)")
        #expect(
            found.notes == [
                "sizes rounded to the 18 digits that a record holds, in 1 row"
            ])
    }
}
