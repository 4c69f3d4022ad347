import LedgerArchive
import Testing

@Suite struct ArchiveErrorTests {
    @Test func `an error names its file`() {
        #expect("\(ArchiveError(.damaged, at: "a.zst", "cut"))" == "a.zst: cut")
        #expect("\(ArchiveError(.damaged, at: "", "cut"))" == "cut")
    }
}
