import Foundation
import LedgerDomain
import LedgerTransport
import LedgerVenues
import Testing

/// Files of bars that grow at their ends.
@Suite struct BarFileTests {
    private let path = NSTemporaryDirectory() + "bars-\(UUID().uuidString)/new.csv"

    private func bar(_ day: Int) throws -> VenueBar {
        let price = try Price("10")
        return VenueBar(
            symbol: "A", start: .startOfDay(Int64(19_723 + day)), open: price, high: price,
            low: price, close: price, volume: try Quantity("5"))
    }

    private func write(_ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private var text: String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test func `a file without bars is not left behind, and one that was there stays`() throws {
        var file = try BarFile(path)
        try file.append([])
        file.close()
        #expect(text == nil)
        try write("time,open,high,low,close,volume\n")
        var old = try BarFile(path)
        try old.append([])
        old.close()
        #expect(text == "time,open,high,low,close,volume\n")
    }

    @Test func `a new file has its header once`() throws {
        for day in 0..<2 {
            var file = try BarFile(path)
            try file.append([bar(day)])
            file.close()
        }
        #expect(
            text == """
                time,open,high,low,close,volume
                2024-01-01T00:00:00Z,10,10,10,10,5
                2024-01-02T00:00:00Z,10,10,10,10,5

                """)
    }

    @Test func `a file whose lines end as Windows ends them is continued`() throws {
        let lines = "time,open,high,low,close,volume\r\n2024-01-01T00:00:00Z,10,10,10,10,5\r\n"
        try write(lines)
        var file = try BarFile(path)
        #expect(file.last == .startOfDay(19_723))
        #expect(try file.newest.map(\.close) == [Price("10")])
        try file.append([bar(0), bar(1)])
        file.close()
        #expect(text == lines + "2024-01-02T00:00:00Z,10,10,10,10,5\n")
        try write("time,open,high,low,close,volume\r\n")
        var empty = try BarFile(path)
        #expect(empty.last == nil)
        empty.close()
    }

    @Test func `bars of a venue that run backwards are refused and not read one alone`() throws {
        let bars = try [120, 60, 0].map { second in
            VenueBar(
                symbol: "A", start: Timestamp(nanoseconds: second * 1_000_000_000),
                open: try Price("1"), high: try Price("1"), low: try Price("1"),
                close: try Price("1"), volume: try Quantity("1"))
        }
        let problem = try #require(BarHistory.problem(with: bars))
        #expect(
            problem.hasPrefix(
                "its bars run backwards in time: 1970-01-01T00:01:00Z after 1970-01-01T00:02:00Z"))
        #expect(BarHistory.problem(with: bars.reversed()) == nil)
    }
}
