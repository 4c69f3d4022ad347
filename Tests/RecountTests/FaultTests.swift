import Foundation
import Testing

/// tools/faults in a small size: kills and full disks under the archive's commands.
@Suite(.serialized) struct FaultTests {
    private func faults(_ words: String...) throws -> (output: String, code: Int32) {
        let folder = (Outside.program as NSString).deletingLastPathComponent
        return try Outside.withHome { home in
            try Outside.run(
                ["tools/faults"] + words + ["--events", "6000", "--bin", folder], home: home)
        }
    }

    @Test func `what is killed leaves nothing half, and is finished by the same command`() throws {
        let rounds =
            ProcessInfo.processInfo.environment["LEDGER_FUZZ_CASES"].flatMap(Int.init) ?? 12
        let (output, code) = try faults("kill", "--rounds", "\(min(rounds, 1000))")
        #expect(code == 0, "\(output)")
        #expect(output.contains("every rerun finished the work"), "\(output)")
    }

    @Test func `changed bytes of a journal are named, or are of no event`() throws {
        let (output, code) = try faults("flip", "--rounds", "40")
        #expect(code == 0 && output.contains("none missed"), "\(output)")
    }

    @Test func `a full disk leaves nothing half and loses nothing`() throws {
        let (output, code) = try faults("disk")
        if code == 3 { return print("skipped: mounting a small disk is not permitted here") }
        #expect(code == 0, "\(output)")
    }
}
