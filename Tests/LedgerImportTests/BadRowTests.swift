import LedgerDomain
import LedgerImport
import Testing

@Suite struct `Bad rows` {
    static let header = "ts_ns,open,high,low,close,volume\n"
    static let first = "1672531200000000000,10,12,9,11,5\n"

    @Test(arguments: [
        (
            "1672531260000000000,10,12,9,11",
            "the row has 5 fields instead of 6; is the row truncated, or is the delimiter not ','?"
        ),
        (
            "1672531260000000000,10,12,9,11,5,6",
            "the row has 7 fields instead of 6; quote values that contain ','"
        ),
        (
            "\"1672531260000000000,10,12,9,11,5",
            "a quoted field is not closed, or text follows its closing quote"
        ),
        (
            "1672531260000000000,10,12,9,\u{0}11,5",
            "the line contains a NUL byte; is this a UTF-8 text file?"
        ),
        ("1672531260000000000,,12,9,11,5", "open: the field is empty; fill it in or drop the row"),
        (
            "1672531260000000000,abc,12,9,11,5",
            "open: 'abc' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "1672531260000000000,10.5.9,12,9,11,5",
            "open: '10.5.9' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "1672531260000000000,10-11,12,9,11,5",
            "open: '10-11' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "1672531260000000000,1..0,12,9,11,5",
            "open: '1..0' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "1672531260000000000,10,1 2,9,11,5",
            "high: '1 2' is not a number; write a plain decimal such as 12.5"
        ),
        (
            "1672531260000000000,10,12,NaN,11,5",
            "low: 'NaN' is not a finite number; fill it in or drop the row"
        ),
        (
            "1672531260000000000,10,-inf,9,11,5",
            "high: '-inf' is not a finite number; fill it in or drop the row"
        ),
        (
            "1672531260000000000,10,12,9,11,55.906000000000006",
            "volume: '55.906000000000006' has more than nine decimals; add --round-to 9 to round it"
        ),
        (
            "1672531260000000000,9300000000,9300000000,9,11,5",
            "open: '9300000000' is too large; the largest price is 9223372036.854775807"
        ),
        (
            "1672531260000000000,10,12,9,11,9223372036854775807000001",
            "volume: '9223372036854775807000001' is too large; the largest size is "
                + "9223372036854775807000000"
        ),
        ("1672531260000000000,10,12,0,11,5", "low: '0' is not positive; a price must be"),
        ("1672531260000000000,10,12,-9,11,5", "low: '-9' is not positive; a price must be"),
        (
            "1672531260000000000,10,9,12,11,5",
            "high: the high '9' is below the low '12'; are the columns swapped?"
        ),
        (
            "1672531260000000000,8,12,9,11,5",
            "open: the open '8' is outside the low '9' to the high '12'"
        ),
        (
            "1672531260000000000,10,12,9,13,5",
            "close: the close '13' is outside the low '9' to the high '12'"
        ),
        (
            "1672531260000000000,10,12,9,11,-5",
            "volume: '-5' is negative; volume cannot be negative"
        ),
        (
            "1672531200000000000,10,12,9,11,5",
            "ts_ns: '1672531200000000000' repeats the time of the previous row; each bar needs "
                + "its own time"
        ),
        (
            "1672531199000000000,10,12,9,11,5",
            "ts_ns: '1672531199000000000' is before the first row, so rows run backwards in time; "
                + "put the oldest row first, for example with "
                + "`(head -n 1 t.csv; tail -n +2 t.csv | tac) > oldest-first.csv`"
        ),
        (
            "yesterday,10,12,9,11,5",
            "ts_ns: 'yesterday' is not a time between 1678 and 2261 written as "
                + "'1709649000000000000' (unixNanos); name its format with --time"
        ),
        (
            "99999999999999999999,10,12,9,11,5",
            "ts_ns: '99999999999999999999' is not a time between 1678 and 2261 written as "
                + "'1709649000000000000' (unixNanos); name its format with --time"
        ),
    ])
    func `each fault of a bar is told with its line, column and mend`(
        _ row: String, _ message: String
    ) {
        let reading = Reading(Self.header + Self.first + row + "\n", .bars)
        #expect(reading.events.count == 1)
        #expect(reading.message == "t.csv:3: " + message)
    }

    @Test(arguments: [
        ("1672531200000000001,0,0,1,1", "bid: neither side has a price; drop the row"),
        (
            "1672531200000000001,2,1,1,1",
            "ask: crossed quote: the ask '1' is below the bid '2'; drop the row or set "
                + "refuseCrossed to false"
        ),
        (
            "1672531199000000001,1,2,1,1",
            "ts_ns: '1672531199000000001' is before the first row, so rows run backwards in time; "
                + "put the oldest row first, for example with "
                + "`(head -n 1 t.csv; tail -n +2 t.csv | tac) > oldest-first.csv`"
        ),
        ("1672531200000000001,1,2,-1,1", "bid_size: '-1' is negative; bidSize cannot be negative"),
        ("1672531200000000001,,2,1,1", "bid: the field is empty; fill it in or drop the row"),
    ])
    func `each fault of a quote is told`(_ row: String, _ message: String) {
        var format = ImportFormat()
        format.refuseCrossed = true
        let text = "ts_ns,bid,ask,bid_size,ask_size\n1672531200000000001,1,2,3,4\n\(row)\n"
        let reading = Reading(text, format)
        #expect(reading.message == "t.csv:3: " + message)
        #expect(reading.events.count == 1)
    }

    @Test func `quotes may repeat a time, cross, and lack one side`() {
        let text = """
            ts_ns,bid,ask,bid_size,ask_size
            1672531200000000001,1,2,3,4
            1672531200000000001,2,1,3,4
            1672531200000000001,0,1,0,4
            """
        #expect(Reading(text, ImportFormat()).events.count == 3)
    }

    @Test(arguments: [
        ("side", "X", "'X' is not a side; write B, buy, S or sell, or leave the field empty"),
        ("trade_id", "12a", "'12a' is not a whole number below 2^64"),
        (
            "trade_id", "18446744073709551616",
            "'18446744073709551616' is too large; the largest identifier is 18446744073709551615"
        ),
    ])
    func `each fault of a trade is told`(_ column: String, _ value: String, _ message: String) {
        let reading = Reading("ts_ns,price,size,\(column)\n1,2,3,\(value)\n", ImportFormat())
        #expect(reading.message == "t.csv:2: \(column): \(message)")
    }

    @Test func `skipping counts every kind, lists twenty, and reads on`() {
        var format = ImportFormat.bars
        format.badRows = .skip
        let long = String(repeating: "9", count: 700_000)
        let bad = (0..<30).map { "16725312\($0 % 10)0000000000,x,12,9,11,5\n" }.joined()
        let text =
            Self.header + Self.first + bad + long + "\n" + "1672531260000000000,10,12,9,11,5\n"
            + Self.first
        let reading = Reading(text, format)
        #expect(reading.error == nil)
        #expect(reading.events.count == 2)
        #expect(reading.bad.total == 32)
        #expect(reading.bad.first.count == 20)
        #expect(reading.bad.first.map(\.line) == (3...22).map { $0 })
        #expect(reading.bad.summary == "30 notANumber, 1 backwardTime, 1 overlongLine")
    }

    @Test func `an overlong line at the end of the file is told`() {
        let reading = Reading(Self.header + String(repeating: "1", count: 65_537), .bars)
        #expect(reading.error?.kind == .overlongLine)
        #expect(reading.error?.line == 2)
    }

    @Test func `a damaged stream and a bad header stop even where bad rows are skipped`() {
        var format = ImportFormat.bars
        format.badRows = .skip
        #expect(Reading(Array(Sample.gzip.dropLast(9)), format).error?.kind == .damaged)
        #expect(Reading("a,b\n1,2\n", format).error?.kind == .badHeader)
    }

    /// Rows of three minutes, newest first.
    static let descending = ["120", "060", "000"].map { "1672531\($0)000000000,10,12,9,11,5\n" }

    @Test(arguments: [ImportFormat.BadRows.stop, .skip])
    func `a file whose rows run backwards is refused with its line and a mend`(
        _ badRows: ImportFormat.BadRows
    ) {
        var format = ImportFormat.bars
        format.badRows = badRows
        let reading = Reading(Self.header + Self.descending.joined(), format)
        let (line, why) =
            badRows == .stop
            ? (
                3,
                "ts_ns: '1672531060000000000' is before the first row, so rows run backwards in time"
            )
            : (
                4,
                "ts_ns: rows run backwards in time: '1672531000000000000' is before the row above it, "
                    + "and that before the first row"
            )
        #expect(
            reading.message == "t.csv:\(line): \(why); put the oldest row first, for example with "
                + "`(head -n 1 t.csv; tail -n +2 t.csv | tac) > oldest-first.csv`")
    }

    @Test
    func `one wrong time at the beginning or in the middle does not mean that rows run backwards`()
    {
        var format = ImportFormat.bars
        format.badRows = .skip
        let ascending = Array(Self.descending.reversed())
        for rows in [[Self.descending[0]] + ascending, ascending + [ascending[1], ascending[0]]] {
            let reading = Reading(Self.header + rows.joined(), format)
            #expect(reading.error == nil)
            #expect(reading.bad.total == 2 || reading.bad.total == 3)
        }
    }
}
