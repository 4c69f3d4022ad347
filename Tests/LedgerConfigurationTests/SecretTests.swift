import AlpacaWire
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerRunning
import LedgerSettings
import LedgerVenues
import Testing

/// A secret is told to whom it is for; everybody else sees its fingerprint.
@Suite struct SecretTests {
    private static let secret = "hunter2-and-more"
    /// `printf hunter2-and-more | sha256sum`.
    private static let fingerprint = "sha256:f15edafa"

    private func load(
        _ environment: [String: String], text: String? = nil
    ) throws(ConfigurationError) -> Configuration {
        try Configuration(path: "test.yaml", text: text, environment: environment)
    }

    @Test(arguments: RunbookVariableTests.secrets.map(\.variable))
    func `a secret is kept for who asks for it, and seen as a fingerprint`(variable: String)
        throws
    {
        let setting = try #require(
            SettingsSchema.all.first { $0.variables.contains(variable) })
        #expect(setting.isSecret && setting.defaultValue == "")
        for name in [variable, Configuration.variable(setting.key)] {
            guard setting.isInThisVersion else {
                #expect {
                    try load([name: Self.secret])
                } throws: {
                    "\($0)".contains("not in this version") && !"\($0)".contains(Self.secret)
                }
                continue
            }
            let configuration = try load([name: Self.secret])
            #expect(configuration.text(of: setting.key) == Self.fingerprint)
            #expect(configuration.secret(SettingKey(setting) { $0 }) == Self.secret)
            #expect(!configuration.settings.text.contains(Self.secret))
            #expect(
                configuration.entries.first { $0.key == setting.key }?.origin == .environment(name))
        }
    }

    @Test func `nothing has no fingerprint`() throws {
        #expect(try load([:]).text(of: "alpaca.api_key") == "")
        #expect(try load([:]).secret(VenueDescriptor.alpaca.credentials.key) == "")
    }

    @Test func `a fingerprint stays one and is no secret`() throws {
        let configuration = try load(["ALPACA_API_KEY": Self.fingerprint])
        #expect(configuration[VenueDescriptor.alpaca.credentials.key] == Self.fingerprint)
        #expect(configuration.secret(VenueDescriptor.alpaca.credentials.key) == nil)
    }

    @Test(arguments: ["sha256:hunter22", "sha256:F15EDAFA", "sha256:f15edaf", "sha256:f15edafa0"])
    func `a secret that only looks like a fingerprint is hidden`(secret: String) throws {
        let configuration = try load(["ALPACA_API_KEY": secret])
        #expect(!configuration.settings.text.contains(secret))
        #expect(configuration.secret(VenueDescriptor.alpaca.credentials.key) == secret)
    }

    /// Files and variables that are refused with a secret in them.
    static let refused: [(text: String?, environment: [String: String])] = [
        ("alpaca:\n  api_key: \(secret)\n  api_key: x\n", [:]),
        ("alpaca: {api_key: \"\(secret)\n", [:]),
        ("alpaca:\n  api_key: %\(secret)\n", [:]),
        ("alpaca:\n  api_key: *\(secret)\n", [:]),
        ("alpaca:\n  api_key: [{x: \(secret)}]\n", [:]),
        ("alpaca:\n\tapi_key: \(secret)\n", [:]),
        ("alpaca:\n  api_kee: \(secret)\n", [:]),
        ("alpaca:\n  api_key: \"\(secret)\\n\"\n", [:]),
        ("alpaca:\n  api_key: \(secret)\n---\nseed: 1\n", [:]),
        ("alpaca:\n  api_key: \(secret)\u{1}\n", [:]),
        (nil, ["ALPACA_API_SECRET": secret, "ALPACA_SECRET_KEY": "x"]),
        (nil, ["ALPACA_API_SECRET": "x", "LEDGER_ALPACA_API_SECRET": secret]),
        (nil, ["ALPACA_API_KEY": secret, "ALPACA_PAPER": "false"]),
        (nil, ["ALPACA_API_KEY": "\(secret)\n"]),
    ]

    @Test(arguments: refused.indices)
    func `no error quotes a secret`(index: Int) {
        let (text, environment) = Self.refused[index]
        #expect {
            try load(environment, text: text)
        } throws: { error in
            !"\(error)".contains(Self.secret) && "\(error)".contains(":")
        }
    }

    @Test func `the journal has no byte of it`() throws {
        let journal = MemoryJournal()
        let configuration = try load(["BINANCE_API_SECRET": Self.secret])
        var sequencer = try Sequencer(journal, holder: "test")
        let envelope = Envelope(time: Timestamp(nanoseconds: 0))
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: "", settings: configuration.settings.text), envelope
        )
        var seen = ""
        try journal.forEachRecord(from: .first) { record in
            seen += String(decoding: record.bytes, as: UTF8.self)
            return true
        }
        #expect(seen.contains(Self.fingerprint))
        #expect(!seen.contains(Self.secret))
        var state = StateWriter()
        sequencer.engine.encode(into: &state)
        #expect(!String(decoding: state.bytes, as: UTF8.self).contains(Self.secret))
        try sequencer.close()
    }
}
