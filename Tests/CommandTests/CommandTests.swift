import Foundation
import Testing

/// The program as a user meets it: cases in Cases/, with what they must print.
///
/// UPDATE_GOLDEN=1 rewrites the files with what the program prints now.
@Suite struct CommandTests {
    static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test func `there are cases, and a program to run them`() {
        #expect(CaseFile.names.count >= 10)
        #expect(FileManager.default.isExecutableFile(atPath: "\(Program.products)/ledger"))
    }

    @Test(arguments: CaseFile.names)
    func `every case of the file prints what it must`(name: String) throws {
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
