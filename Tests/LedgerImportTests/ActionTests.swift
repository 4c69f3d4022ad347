import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

extension MarketEvent {
    /// `2000-06-21T04:00:00Z split 2:1`, `2012-08-09T04:00:00Z dividend 2.65`.
    var actionText: String {
        switch self {
        case .split(let split, let time): "\(time) split \(split.numerator):\(split.denominator)"
        case .dividend(let dividend, let time): "\(time) dividend \(dividend.perUnit)"
        case .scheduled(let dividend, let time):
            "\(time) dividend \(dividend.perUnit) paid \(dividend.payable)"
        default: "\(time) is no action"
        }
    }
}

@Suite struct `Actions` {
    static let header = "Symbol,Date,Action,Value\n"
    static let first = "AAPL,2000-06-21,split,2:1\n"

    static func format(_ symbol: String = "AAPL", zone: String = "America/New_York") throws
        -> ImportFormat
    {
        var format = try ImportFormat(preset: "actions")
        format.symbol = symbol
        format.zone = zone
        return format
    }

    @Test func `splits and dividends begin with their local day`() throws {
        let text =
            Self.header + Self.first
            + "AAPL,2005-02-28,SPLIT,3:2\nAAPL,2012-08-09,Dividend,2.65\n"
            + "\"AAPL\", 2012-11-07 ,dividend,\"0.000000001\"\nAAPL,2013-02-07,split,1:1000000\n"
        let reading = Reading(text, try Self.format())
        #expect(
            reading.events.map(\.actionText) == [
                "2000-06-21T04:00:00Z split 2:1", "2005-02-28T05:00:00Z split 3:2",
                "2012-08-09T04:00:00Z dividend 2.65",
                "2012-11-07T05:00:00Z dividend 0.000000001",
                "2013-02-07T05:00:00Z split 1:1000000",
            ], "\(reading.message)")
    }

    @Test(arguments: ["pay_date", "Payment Date", "payable-date"])
    func `a dividend may have a pay date, at the local midnight of its day`(
        _ name: String
    ) throws {
        let text =
            "Symbol,Date,Type,Value,\(name)\nAAPL,2012-08-09,Dividend,2.65,2012-08-16\n"
            + "AAPL,2012-11-07,dividend,2.65,20121115\nAAPL,2013-02-07,dividend,2.65,\n"
            + "AAPL,2014-06-09,split,7:1,2014-06-09\nAAPL,2014-08-07,dividend,0.47,2014-08-07\n"
        let reading = Reading(text, try Self.format())
        #expect(
            reading.events.map(\.actionText) == [
                "2012-08-09T04:00:00Z dividend 2.65 paid 2012-08-16T04:00:00Z",
                "2012-11-07T05:00:00Z dividend 2.65 paid 2012-11-15T05:00:00Z",
                "2013-02-07T05:00:00Z dividend 2.65", "2014-06-09T04:00:00Z split 7:1",
                "2014-08-07T04:00:00Z dividend 0.47",
            ], "\(reading.message)")
    }

    @Test(arguments: [
        (
            "2012-08-08",
            "the pay date '2012-08-08' is before the ex-date '2012-08-09'; are the columns swapped?"
        ),
        (
            "soon",
            "'soon' is not a pay date; write a day such as 2024-02-15, or leave the field empty"
        ),
    ])
    func `an impossible pay date is refused with its line`(
        _ date: String, _ problem: String
    ) throws {
        let text =
            "Symbol,Date,Action,Value,pay_date\nAAPL,2000-06-21,split,2:1,\n"
            + "AAPL,2012-08-09,dividend,2.65,\(date)\n"
        let reading = Reading(text, try Self.format())
        #expect(reading.error?.line == 3)
        #expect(reading.message.contains(problem), "\(reading.message)")
    }

    @Test(arguments: [
        ("2000-06-21 09:30", "America/New_York", "2000-06-21T04:00:00Z"),
        ("2000-06-21T03:59:59Z", "America/New_York", "2000-06-20T04:00:00Z"),
        ("961560000", "America/New_York", "2000-06-21T04:00:00Z"),
        ("20000621", "UTC", "2000-06-21T00:00:00Z"),
        ("2000-06-21", "Asia/Tokyo", "2000-06-20T15:00:00Z"),
        // Clocks went from midnight to one o'clock: the day begins there.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ])
    func `a time of day names its day`(_ date: String, _ zone: String, _ time: String) throws {
        let reading = Reading(
            Self.header + "AAPL,\(date),split,2:1\n", try Self.format(zone: zone))
        #expect(reading.times == [time], "\(reading.message)")
    }

    @Test func `a day's bar ends when the next day's action happens`() throws {
        let bars = Reading(
            "Date,Open,High,Low,Close,Volume\n2000-06-20,1,2,1,2,3\n",
            .local("America/New_York", 86_400))
        let actions = Reading(Self.header + Self.first, try Self.format())
        #expect(bars.times == actions.times)
    }

    @Test func `rows of other symbols are passed over, whatever they hold, and are not bad`() throws
    {
        var format = try Self.format()
        let text =
            Self.header + "MSFT,2003-02-18,split,2:1\nAAPL,2000-06-21,split,2:1\n"
            + "aapl,1999-01-01,merger,x\n,,,\nAAPL,2005-02-28,spit,2:1\nAAPL,2005-02-28,split,2:1\n"
        let stopped = Reading(text, format)
        #expect(stopped.error?.line == 6)
        format.badRows = .skip
        let reading = Reading(text, format)
        #expect(reading.events.count == 2)
        #expect(reading.otherSymbols == 3)
        #expect(reading.bad.summary == "1 unknownAction")
        format.symbol = ""
        #expect(Reading(Self.header + "X,2000-06-21,split,2:1\n", format).events.count == 1)
    }

    @Test func `predictions may name a symbol`() throws {
        var format = ImportFormat(kind: .prediction)
        format.symbol = "IBM"
        let reading = Reading(
            "Ticker,time,predicted\nIBM,2024-03-05,2\nAAPL,2023-03-05,x\n\"IBM\",2024-03-06,3\n",
            format)
        #expect(reading.events.count == 2, "\(reading.message)")
        #expect(reading.otherSymbols == 1)
    }

    @Test func `columns are told by their names, or mapped`() throws {
        #expect(
            Reading("date,value,action\n2000-06-21,2:1,split\n", ImportFormat()).events.count == 1)
        var format = ImportFormat(kind: .action)
        try format.setColumns("time=1,action=3,value=2")
        #expect(Reading("2000-06-21,2:1,split\n", format).events.count == 1)
        #expect(
            Reading("Date,Action\n2000-06-21,split\n", try Self.format()).message
                == "t.csv:1: action rows need a column for value; the header has Date, Action. "
                + "Map it with --columns value=NAME or value=NUMBER"
        )
    }

    @Test func `a dividend of the day of a split keeps its place, and two dividends are two`()
        throws
    {
        let text =
            Self.header + "AAPL,2000-06-21,dividend,1\n" + Self.first
            + "AAPL,2000-06-21,dividend,0.5\nAAPL,2000-06-21,dividend,0.5\n"
        let reading = Reading(text, try Self.format())
        #expect(
            reading.events.map { $0.actionText.dropFirst(21) } == [
                "dividend 1", "split 2:1", "dividend 0.5", "dividend 0.5",
            ])
    }

    @Test(arguments: [
        (
            "AAPL,2005-02-28,split",
            "the row has 3 fields instead of 4; is the row truncated, or is the delimiter not ','?"
        ),
        (
            "AAPL,2005-02-28,split,2,1",
            "the row has 5 fields instead of 4; quote values that contain ','"
        ),
        (
            "AAPL,28.2.2005,split,2:1",
            "Date: '28.2.2005' is not a time between 1678 and 2261 written as "
                + "'2024-03-05T14:30:00Z' (iso); name its format with --time"
        ),
        ("AAPL,2005-02-28,,2:1", "Action: the field is empty; fill it in or drop the row"),
        (
            "AAPL,2005-02-28,spinoff,2:1",
            "Action: 'spinoff' is not an action; write split or dividend"
        ),
        ("AAPL,2005-02-28,split,", "Value: the field is empty; fill it in or drop the row"),
        ("AAPL,2005-02-28,split,2", Self.ratio("2")),
        ("AAPL,2005-02-28,split,two", Self.ratio("two")),
        ("AAPL,2005-02-28,split,2:", Self.ratio("2:")),
        ("AAPL,2005-02-28,split,:1", Self.ratio(":1")),
        ("AAPL,2005-02-28,split,2:1:1", Self.ratio("2:1:1")),
        ("AAPL,2005-02-28,split,1.5:1", Self.ratio("1.5:1")),
        ("AAPL,2005-02-28,split,-2:1", Self.ratio("-2:1")),
        ("AAPL,2005-02-28,split,2 : 1", Self.ratio("2 : 1")),
        ("AAPL,2005-02-28,split,0:1", Self.ratio("0:1")),
        ("AAPL,2005-02-28,split,2:0", Self.ratio("2:0")),
        ("AAPL,2005-02-28,split,1000001:1", Self.ratio("1000001:1")),
        ("AAPL,2005-02-28,split,00000002:1", Self.ratio("00000002:1")),
        (
            "AAPL,2005-02-28,dividend,2:1",
            "Value: '2:1' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "AAPL,2005-02-28,dividend,NaN",
            "Value: 'NaN' is not a finite number; fill it in or drop the row"
        ),
        (
            "AAPL,2005-02-28,dividend,0.0000000001",
            "Value: '0.0000000001' has more than nine decimals; add --round-to 9 to round it"
        ),
        ("AAPL,2005-02-28,dividend,0", "Value: '0' is not positive; a dividend must be"),
        ("AAPL,2005-02-28,dividend,-1", "Value: '-1' is not positive; a dividend must be"),
        (
            "AAPL,2005-02-28,dividend,9300000000",
            "Value: '9300000000' is too large; the largest price is 9223372036.854775807"
        ),
        (
            "AAPL,2000-06-21,split,2:1",
            "Date: '2000-06-21' already has a split; an instrument splits at most once a day"
        ),
        (
            "AAPL,2000-06-20,dividend,1",
            "Date: '2000-06-20' is before the first row, so rows run backwards in time; "
                + "put the oldest row first, for example with "
                + "`(head -n 1 t.csv; tail -n +2 t.csv | tac) > oldest-first.csv`"
        ),
    ])
    func `each fault of an action is told with its line, column and mend`(
        _ row: String, _ message: String
    ) throws {
        let reading = Reading(Self.header + Self.first + row + "\n", try Self.format())
        #expect(reading.events.count == 1)
        #expect(reading.message == "t.csv:3: " + message)
    }

    private static func ratio(_ text: String) -> String {
        "Value: '\(text)' is not a split ratio; write new units to old units as in 2:1, each a "
            + "whole number from 1 to 1000000"
    }
}
