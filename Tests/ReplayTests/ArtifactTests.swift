import LedgerDomain
import LedgerJournal
import LedgerReading
import TestSupport
import Testing

/// Files for operators, made of golden journals.
@Suite struct ArtifactTests {
    @Test func `event lines are filed by the account's day`() throws {
        let folder = try GoldenJournal.copy("v2-backtest")
        let journal = try LMDBJournal.open(directory: folder.path(""), mode: .readOnly)
        var days = try AccountDays(of: journal)
        var (lines, others) = (0, 0)
        try Artifacts.build(journal) { file in
            guard file.path.hasPrefix("logs/events/events_") else { return }
            let name = file.path.suffix(14).prefix(8)
            for line in String(decoding: file.bytes, as: UTF8.self).split(separator: "\n") {
                let text = line.dropFirst(#"{"timestamp": ""#.count).prefix { $0 != "\"" }
                let time = try #require(Timestamp(String(text)), "\(line)")
                let date = CivilDate(daysSinceEpoch: days.day(of: time).number)
                #expect(date.description.filter { $0 != "-" } == name)
                lines += 1
                if text.prefix(10).filter({ $0 != "-" }) != name { others += 1 }
            }
        }
        #expect(lines > 50)
        #expect(others > 50, "bars of a day are known at the midnight after it")
    }
}
