import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

@Suite struct `Factors` {
    static let last = "20501231,1,1,0\n"

    static func reading(_ rows: String, skip: Bool = false) throws -> Reading {
        var format = try ImportFormat(preset: "lean-factors")
        format.badRows = skip ? .skip : .stop
        return Reading(rows, format)
    }

    @Test(arguments: [
        ("0.01785710", "0.03571430", "2:1"), ("0.00892857", "0.01785710", "2:1"),
        ("0.03571430", "0.25", "7:1"), ("0.25", "1", "4:1"), ("0.6666667", "1", "3:2"),
        ("0.5", "1", "2:1"), ("8", "1", "1:8"), ("1.0000000", "0.125", "1:8"),
        ("15", "1.5", "1:10"), ("0.9523810", "1", "21:20"), ("0.9708738", "1", "103:100"),
        ("0.0000667", "0.1", "1499:1"), ("0.00001", "1", "100000:1"), ("1", "0.00001", "1:100000"),
        ("0.99", "1", "100:99"), ("0.333333", "1", "3:1"), ("7.11111022", "10.6667", "3:2"),
        ("0.666667", "1", "3:2"), ("0.6667", "1", "3:2"), ("0.333", "1.0", "3:1"),
        ("0.333333", "0.5", "3:2"), ("0.9524", "1", "21:20"), ("0.0666667", "1", "15:1"),
        ("0.3333333333333333", "1", "3:1"), ("3.333333", "1", "3:10"), ("3.33333e-1", "1", "3:1"),
        ("0.7", "1", "10:7"), ("0.142857", "1", "7:1"), ("0.035714", "0.25", "7:1"),
        ("10.6667", "7.11111022", "2:3"), ("0.0178571", "0.0357143", "2:1"),
        ("21.3333", "32", "3:2"), ("0.857143", "1", "7:6"),
    ])
    func `a split is the smallest ratio that the factors' decimals allow`(
        _ old: String, _ new: String, _ ratio: String
    ) throws {
        let reading = try Self.reading("20000620,1,\(old),101\n20000704,1,\(new),50\n")
        #expect(
            reading.events.map(\.actionText) == ["2000-06-21T04:00:00Z split \(ratio)"],
            "\(reading.message)")
    }

    @Test(arguments: [
        ("0.8613657", "0.8650639", "619.86", "2.65"), ("0.9085079", "1", "2.5", "0.2287"),
        ("0.9949942", "0.9967882", "455.61", "0.82"), ("0.9984789", "1", "137.39", "0.209"),
        ("0.5", "1", "0.0003", "0.0002"), ("0.998479", "1", "137.39", "0.209"),
        ("0.99848", "1", "137.39", "0.21"), ("0.9984789012345", "1", "137.39", "0.209"),
    ])
    func `a dividend is the shortest decimal that the factors allow, of four places at most`(
        _ old: String, _ new: String, _ reference: String, _ perUnit: String
    ) throws {
        let reading = try Self.reading("20120808,\(old),1,\(reference)\n20500101,\(new),1,0\n")
        #expect(
            reading.events.map(\.actionText) == ["2012-08-09T04:00:00Z dividend \(perUnit)"],
            "\(reading.message)")
    }

    @Test func `unchanged factors make no event`() throws {
        let rows = "19980102,1,1,1\n19990104,1,1,5\n20000103,1.0000004,1.0000004,1\n"
        #expect(try Self.reading(rows + "20501231,1.0000004,1.0000004,0\n").events.isEmpty)
        #expect(try Self.reading("20501231,1,1,0\n").events.isEmpty)
    }

    @Test func `a row holds until the weekday behind it, and pays before it splits`() throws {
        let reading = try Self.reading(
            "20140605,0.98,0.5,40\n20140606,0.99,0.5,50\n20140702,1,1,20\n20140703,1,2,20\n"
                + "20501231,1,1,0\n")
        #expect(
            reading.events.map(\.actionText) == [
                "2014-06-06T04:00:00Z dividend 0.404", "2014-06-09T04:00:00Z dividend 0.5",
                "2014-06-09T04:00:00Z split 2:1", "2014-07-03T04:00:00Z split 2:1",
                "2014-07-04T04:00:00Z split 1:2",
            ], "\(reading.message)")
    }

    @Test(arguments: [
        (
            "20140606,0.9,0.5",
            "the row has 3 fields instead of 4; is the row truncated, or is the delimiter not ','?"
        ),
        (
            "2014-06-06,0.9,0.5,1",
            "column 1: '2014-06-06' is not a time between 1678 and 2261 written as '20240305 "
                + "14:30' (yyyymmdd hh:mm); name its format with --time"
        ),
        ("20140606,,0.5,1", "column 2: the field is empty; fill it in or drop the row"),
        (
            "20140606,abc,0.5,1",
            "column 2: 'abc' is not a number; write a plain decimal such as 12.5"
        ),
        ("20140606,0,0.5,1", "column 2: '0' is not positive; a factor must be"),
        ("20140606,0.9,-0.5,1", "column 3: '-0.5' is not positive; a factor must be"),
        ("20140606,0.9,0.5,-1", "column 4: '-1' is negative; referencePrice cannot be negative"),
        (
            "20140605,0.9,0.5,1",
            "column 1: '20140605' is the day of the previous row or the weekend after it; drop "
                + "one row"
        ),
        (
            "20140604,0.9,0.5,1",
            "column 1: '20140604' is before the first row, so rows run backwards in time; put the "
                + "oldest row first, for example with `tac t.csv > oldest-first.csv`"
        ),
        (
            "20140606,0.89,0.5,1",
            "column 2: '0.89' is below the previous row's factor, which would be a negative "
                + "dividend"
        ),
        (
            "20140606,0.91,0.5,1",
            "column 2: '0.91' differs from the previous row's factor, but that row lacks the "
                + "reference price needed to compute the dividend"
        ),
        (
            "20140606,0.9,500000.5,1",
            "column 3: '500000.5' and the previous row's factor are in no ratio of whole numbers "
                + "from 1 to 1000000"
        ),
        (
            "20140606,0.9,0.00000005,1",
            "column 3: '0.00000005' and the previous row's factor are in no ratio of whole "
                + "numbers from 1 to 1000000"
        ),
    ])
    func `each fault of a factor file is told, and stops it even where bad rows are skipped`(
        _ row: String, _ message: String
    ) throws {
        for skip in [false, true] {
            let reading = try Self.reading("20140605,0.9,0.5,0\n\(row)\n" + Self.last, skip: skip)
            #expect(reading.events.isEmpty)
            #expect(reading.message == "t.csv:2: " + message)
        }
    }

    @Test(
        .enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"),
        arguments: [
            (
                "aapl", 39,
                [
                    "2000-06-21T04:00:00Z split 2:1", "2005-02-28T05:00:00Z split 2:1",
                    "2014-06-09T04:00:00Z split 7:1", "2020-08-31T04:00:00Z split 4:1",
                ],
                [
                    "2012-08-09T04:00:00Z dividend 2.65", "2013-05-09T04:00:00Z dividend 3.05",
                    "2014-08-07T04:00:00Z dividend 0.47", "2020-11-06T05:00:00Z dividend 0.205",
                ]
            ),
            (
                "ibm", 94, ["1999-05-27T04:00:00Z split 2:1"],
                ["2000-05-08T04:00:00Z dividend 0.13", "2020-11-09T05:00:00Z dividend 1.63"]
            ),
            (
                "spy", 94, [],
                ["2019-12-20T05:00:00Z dividend 1.57", "2020-12-18T05:00:00Z dividend 1.58"]
            ),
        ])
    func `LEAN's factor files give the splits and dividends that happened`(
        _ symbol: String, _ count: Int, _ splits: [String], _ dividends: [String]
    ) throws {
        let reading = Reading(
            path: "\(RealData.folder)/lean/equity/usa/factor_files/\(symbol).csv",
            try ImportFormat(preset: "lean-factors"))
        let texts = reading.events.map(\.actionText)
        #expect(reading.error == nil, "\(reading.message)")
        #expect(texts.count == count)
        #expect(texts.filter { $0.contains("split") } == splits)
        #expect(dividends.allSatisfy(texts.contains))
    }

    /// Both were made from prices by different hands.
    @Test(
        .enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"),
        arguments: ["AAPL", "IBM"])
    func `the shipped actions are those of LEAN's factor files`(_ symbol: String) throws {
        let factors = Reading(
            path: "\(RealData.folder)/lean/equity/usa/factor_files/\(symbol.lowercased()).csv",
            try ImportFormat(preset: "lean-factors"))
        let shipped = Reading(path: RealData.sample + "/actions.csv", try Actions.format(symbol))
        #expect(shipped.error == nil, "\(shipped.message)")
        let range = "2000-03-01"..<"2013-03-01"
        let expected = factors.events.map(\.actionText).filter { range.contains($0) }
        #expect(shipped.events.map(\.actionText) == expected)
    }
}
