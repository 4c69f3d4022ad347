import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

@Suite struct `Formats` {
    @Test(arguments: [
        "\u{FEFF}" + Sample.csv, Sample.csv.replacingLineEnds(), Sample.csv + "\n\r\n  \n",
        Sample.csv.quotingFields(), String(Sample.csv.dropLast()),
    ])
    func `marks, line ends, blank lines and quotes change nothing`(_ text: String) {
        let reading = Reading(text, .bars)
        #expect(reading.events == Reading(Sample.csv, .bars).events, "\(reading.message)")
        #expect(reading.events.count == 3)
    }

    @Test func `a bar is known at its end`() throws {
        let event = try #require(Reading(Sample.csv, .bars).events.first)
        let bar = Bar(
            instrument: InstrumentID(1), interval: 60, open: try Price("30000"),
            high: try Price("30001.78"), low: try Price("29977.35"), close: try Price("29978.4"),
            volume: try Quantity("55.906"))
        #expect(event == .bar(bar, Timestamp(nanoseconds: 1_672_531_260_000_000_000)))
    }

    @Test(arguments: [
        ("1672531200", "2023-01-01T00:00:00Z"), ("1672531200.25", "2023-01-01T00:00:00.250Z"),
        ("1672531200250", "2023-01-01T00:00:00.250Z"),
        ("1672531200000001", "2023-01-01T00:00:00.000001Z"),
        ("20230101", "2023-01-01T00:00:00Z"), ("20230101 09:30", "2023-01-01T09:30:00Z"),
        ("2023-01-01", "2023-01-01T00:00:00Z"),
        ("2023-01-01T09:30:00+01:00", "2023-01-01T08:30:00Z"),
        ("2023-01-01 09:30:01.5", "2023-01-01T09:30:01.500Z"),
        ("2023-01-01T09:30Z", "2023-01-01T09:30:00Z"),
    ])
    func `a first time tells its format`(_ text: String, _ time: String) {
        let reading = Reading("timestamp,price,size\n\(text),1,1\n", ImportFormat())
        #expect(reading.times == [time], "\(reading.message)")
    }

    @Test func `Yahoo's and bokeh's headers are known`() {
        for header in [
            "Date,Open,High,Low,Close,Volume,Adj Close",
            "date,open,high,low,close,volume,adj_close",
        ] {
            let reading = Reading(
                header + "\n2000-03-01,118.56,132.06,118.5,130.31,38478000,31.68\n",
                ImportFormat(interval: 86_400))
            #expect(reading.times == ["2000-03-02T00:00:00Z"], "\(reading.message)")
        }
    }

    /// Settings hold them, in maps of columns.
    @Test func `columns keep their words`() {
        let words = """
            time open high low close volume bid ask bidSize askSize price size side tradeId \
            predicted error horizon suspicious symbol action value priceFactor splitFactor \
            referencePrice payDate
            """
        #expect(Column.words == words.split(separator: " ").map(String.init))
        #expect(Column.allCases.allSatisfy { Column(word: $0.word) == $0 && "\($0)" == $0.word })
    }

    @Test func `columns are mapped by name and by number, with any delimiter`() throws {
        var format = ImportFormat(kind: .prediction)
        format.delimiter = UInt8(ascii: ";")
        try format.setColumns("time=2,predicted=1,error=3,horizon=4")
        let reading = Reading("12.5;2023-01-01T00:00:00Z;0.25;3600\n", format)
        let prediction = PredictionRecorded(
            instrument: InstrumentID(1), predicted: try Price("12.5"), error: try Price("0.25"),
            horizon: Nanoseconds(3_600_000_000_000))
        #expect(
            reading.events == [
                .prediction(prediction, Timestamp(nanoseconds: 1_672_531_200_000_000_000))
            ])
        try format.setColumns("time=when,predicted=Our Guess")
        #expect(Reading("Our Guess;when\n12.5;2023-01-01\n", format).events.count == 1)
    }

    @Test(arguments: [
        (
            "ts_ns,open,high,low,volume\n",
            "t.csv:1: bar rows need a column for close; the header has ts_ns, open, high, low, "
                + "volume. Map it with --columns close=NAME or close=NUMBER"
        ),
        ("", "t.csv: the file is empty; it needs a header"),
    ])
    func `a header that lacks a column names it and what it has`(_ text: String, _ message: String)
    {
        #expect(Reading(text, .bars).message == message)
    }

    @Test func `an invalid format is rejected`() throws {
        #expect(Reading(Sample.csv, ImportFormat(kind: .bar)).error?.kind == .badFormat)
        #expect(throws: ImportError.self) { try ImportFormat(preset: "lean-weekly") }
        var format = ImportFormat.bars
        #expect(throws: ImportError.self) { try format.setPriceDivisor(12) }
        #expect(throws: ImportError.self) { try format.setColumns("tim=1") }
        format.roundTo = 10
        #expect(Reading(Sample.csv, format).error?.kind == .badFormat)
        format = .bars
        format.delimiter = UInt8(ascii: "1")
        #expect(Reading(Sample.csv, format).error?.kind == .badFormat)
        for name in ImportFormat.presetNames {
            #expect(throws: Never.self) { try ImportFormat(preset: name) }
        }
    }

    @Test(arguments: [
        ("55.906000000000006", 3, "55.906"), ("0.125", 2, "0.12"), ("0.375", 2, "0.38"),
        ("0.1250000000000000000000000000000000000000000000001", 2, "0.13"), ("1e-05", 9, "0.00001"),
        ("2.5E3", 0, "2500"), ("2.5", 0, "2"), ("0.00000000049", 9, "0"), ("+7", 9, "7"),
        ("000000000000000000000000000000000000000000007.50", 9, "7.5"),
        ("12345678901.5", 9, "12345678901.5"),
    ])
    func `sizes are rounded half to even where that is asked for`(
        _ text: String, _ decimals: Int, _ expected: String
    ) throws {
        var format = ImportFormat(kind: .trade)
        format.roundTo = decimals
        let reading = Reading("ts_ns,price,size\n1,1,\(text)\n", format)
        guard case .trade(let trade, _) = reading.events.first else {
            Issue.record("\(reading.message)")
            return
        }
        #expect(trade.size == (try Quantity(expected)))
    }

    @Test func `LEAN's suspicious ticks are left out and counted, absent sides are none`() throws {
        let format = try ImportFormat(preset: "lean-tick-quote")
        let reading = Reading(
            "14400054,0,0,1836300,100,Q,1,0\n14400055,1,0,1836300,100,Q,1,1\n14400056,,,1836300,7,Q,1,0\n",
            format, name: "20131007_quote.csv")
        #expect(reading.suspicious == 1)
        #expect(reading.times == ["2013-10-07T08:00:00.054Z", "2013-10-07T08:00:00.056Z"])
        guard case .quote(let quote, _) = reading.events.first else { return }
        #expect(quote.bid == .zero)
        #expect(quote.ask == (try Price("183.63")))
        #expect(Reading("1,2,3,4,5,6,7,0", format, name: "quote.csv").error?.kind == .badFormat)
    }

    @Test func `sides are read in upper and lower case, and trade numbers whole`() {
        let rows = ["B,1", "s,2", "Buy,18446744073709551615", "SELL,4", ",", "unknown,5"]
        let reading = Reading(
            "ts_ns,price,size,side,trade_id\n" + rows.map { "1,1,1,\($0)\n" }.joined(),
            ImportFormat())
        let trades = reading.events.compactMap { event -> Trade? in
            if case .trade(let trade, _) = event { trade } else { nil }
        }
        #expect(trades.map(\.aggressor) == [.buy, .sell, .buy, .sell, nil, nil])
        #expect(trades.map(\.tradeId) == [1, 2, .max, 4, 0, 5])
    }
}

extension String {
    fileprivate func replacingLineEnds() -> String {
        split(separator: "\n").joined(separator: "\r\n") + "\r\n"
    }

    fileprivate func quotingFields() -> String {
        split(separator: "\n").map { line in
            line.split(separator: ",").map { " \"\($0)\"" }.joined(separator: ",")
        }.joined(separator: "\n")
    }
}
