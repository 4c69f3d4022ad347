import Foundation
import LedgerArchive
import LedgerConfiguration
import LedgerEngine
import LedgerVenues
import Testing

/// Where keys may come from.
@Suite struct KeyFileTests {
    private final class File {
        let path: String

        init(_ text: String, mode: Int) throws {
            path =
                FileManager.default.temporaryDirectory
                .appendingPathComponent("ledger-keys-\(UUID().uuidString)").path
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func keys(
        _ environment: [String: String] = [:], file: File? = nil, yaml: String? = nil,
        path: String = "none.yaml", option: (String, String)? = nil
    ) throws -> VenueKeys {
        var options = option.map { [(key: $0.0, value: $0.1)] } ?? []
        if let file { options.append((key: "alpaca.key_file", value: file.path)) }
        return try KeyFile.keys(
            of: "alpaca",
            Configuration(path: path, text: yaml, environment: environment, overrides: options))
    }

    @Test func `keys come from the environment or from a private file, by any of their names`()
        throws
    {
        let environment = ["ALPACA_API_KEY": "PK1", "ALPACA_SECRET_KEY": "S1"]
        let wanted = VenueKeys(key: Secret("PK1"), secret: Secret("S1"))
        #expect(try keys(environment) == wanted)
        for text in [
            "api_key=PK1\napi_secret=S1\n", "# mine\n\n  api_key = PK1\r\n\tapi_secret = 'S1'",
            "ALPACA_API_KEY=PK1\nALPACA_SECRET_KEY=\"S1\"\n",
        ] {
            #expect(try keys(file: File(text, mode: 0o600)) == wanted)
            #expect(try keys(environment, file: File(text, mode: 0o400)) == wanted)
        }
        #expect(try !keys().areComplete)
    }

    @Test(arguments: [0o640, 0o604, 0o610, 0o666])
    func `a file that others may use is refused with its mend`(mode: Int) throws {
        let file = try File("api_key=PK-planted\napi_secret=S-planted\n", mode: mode)
        #expect {
            try keys(file: file)
        } throws: { error in
            "\(error)".contains("chmod 600") && "\(error)".contains(file.path)
                && !"\(error)".contains("planted")
        }
    }

    @Test func `keys on a command line and in a readable configuration are refused`() throws {
        #expect {
            try keys(option: ("alpaca.api_secret", "S-planted"))
        } throws: { "\($0)".contains("command line") && !"\($0)".contains("planted") }
        let yaml = "alpaca: {api_key: PK-planted, api_secret: S-planted}\n"
        let open = try File(yaml, mode: 0o644)
        #expect {
            try keys(yaml: yaml, path: open.path)
        } throws: { "\($0)".contains("chmod 600") && !"\($0)".contains("planted") }
        let closed = try File(yaml, mode: 0o600)
        #expect(try keys(yaml: yaml, path: closed.path).areComplete)
    }

    @Test func `two places that differ are refused, and so is a file that says something else`()
        throws
    {
        let file = try File("api_key=PK-planted\napi_secret=S-planted\n", mode: 0o600)
        #expect {
            try keys(["ALPACA_API_KEY": "other-planted"], file: file)
        } throws: { "\($0)".contains("alpaca.api_key") && !"\($0)".contains("planted") }
        for text in [
            "planted\n", "api_key=planted\n", "key=planted\napi_secret=planted\n", "", "api_key\n",
        ] {
            let file = try File(text, mode: 0o600)
            #expect {
                try keys(file: file)
            } throws: { !"\($0)".contains("planted") && "\($0)".contains(file.path) }
        }
        let large = try File(String(repeating: "#", count: 5000), mode: 0o600)
        #expect(throws: ArchiveError.self) { try keys(file: large) }
    }
}
