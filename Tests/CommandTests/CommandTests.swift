import Foundation
import TestSupport
import Testing

/// The program as a user meets it: cases in Cases/, with what they must print.
///
/// UPDATE_GOLDEN=1 rewrites the files with what the program prints now.
@Suite struct CommandTests {
    static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test func `there are cases, and a program to run them`() {
        #expect(CaseFile.names.count >= 10)
        #expect(FileManager.default.isExecutableFile(atPath: "\(Checkout.products)/ledger"))
    }

    /// Needs the right to mount a small disk.
    static let mounting = "11-fulldisk.txt"
    static let canMount: Bool = {
        guard let folder = try? Folder() else { return false }
        let trial = try? Program(folder: folder).run(
            "mkdir d && mount -t tmpfs -o size=1m tmpfs d && umount d")
        return trial?.code == 0
    }()

    @Test(.enabled(if: canMount, "mounting a small disk is not permitted here"))
    func `a full disk is survived`() throws { try check(Self.mounting) }

    @Test(arguments: CaseFile.names.filter { $0 != mounting })
    func `every case of the file prints what it must`(name: String) throws { try check(name) }

    private func check(_ name: String) throws {
        let file = try CaseFile(name)
        let program = Program(folder: try Folder())
        var found: [CaseFile.Case] = []
        for entry in file.cases {
            let result = try program.run(
                entry.command.joined(separator: "\n"),
                input: entry.input.map { $0 + "\n" }.joined())
            found.append(entry.with(result))
            if !Self.updates {
                #expect(found.last?.text == entry.text, "\(name): \(entry.title)")
            }
        }
        if Self.updates { try file.write(found) }
    }
}
