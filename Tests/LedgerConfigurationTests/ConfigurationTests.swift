import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerSettings
import Testing

@Suite struct ConfigurationTests {
    private func load(
        _ text: String?, environment: [String: String] = [:],
        _ overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationError) -> Configuration {
        try Configuration(
            path: "test.yaml", text: text, environment: environment, overrides: overrides)
    }

    @Test func `many settings in one line are not deep`() throws {
        let names = (0..<600).map { "S\($0)" }
        let data = names.map { "{path: venue, symbol: \($0), tick: 0.01, lot: 1}" }
        let loaded = try load("data: [\(data.joined(separator: ", "))]")
        #expect(loaded.text(of: "data.599.symbol") == "S599")
    }

    @Test(arguments: [
        "- ", "? ", ": ", "- ? : ", "- !t ", "- &a ", "- 'x': ", "- a: ", "a: ", "? a : ", "-\t",
        "\r- - - ", "\u{85}- ", "\u{2028}- ? ", "é: ", "[", "{a: ", "? [", "- {", "x\r- ",
    ])
    func `nothing that opens levels in one line ends the program`(part: String) {
        #expect(throws: ConfigurationError.self) {
            try load(String(repeating: part, count: 50_000))
        }
        #expect(throws: ConfigurationError.self) {
            try load("data: [\n" + String(repeating: part, count: 50_000))
        }
    }

    @Test func `an option wins over the environment, it over the file, the file over the default`()
        throws
    {
        let key = "venue.fee_fixed"
        let file = "venue:\n  fee_fixed: 1\n"
        let variable = ["LEDGER_VENUE_FEE_FIXED": "2"]
        #expect(try load(nil).text(of: key) == "0")
        #expect(try load(file).text(of: key) == "1")
        #expect(try load(file, environment: variable).text(of: key) == "2")
        #expect(try load(file, environment: variable, [(key, "3")]).text(of: key) == "3")
        let entries = try load(file, environment: variable).entries
        #expect(
            entries.first { $0.key == key }?.origin == .environment("LEDGER_VENUE_FEE_FIXED"))
        #expect(
            try load(file).entries.first { $0.key == key }?.origin
                == .file("test.yaml", line: 2))
    }

    /// What is refused, and how it is said.
    private static let refusals: [(text: String, message: String)] = [
        (
            "venue:\n  fee_fixd: 1\n",
            "test.yaml:2: venue.fee_fixd is not known; `ledger config show --all` lists all keys"
        ),
        (
            "seed: -1\n",
            "test.yaml:1: seed '-1' is not a whole number from 0 to 9223372036854775807"
        ),
        (
            "account:\n  cash: 1e6\n",
            "test.yaml:2: account.cash '1e6' is not a decimal number from 0 to 1000000000000"
        ),
        (
            "account:\n  cash: 1000000000000.000000001\n",
            "test.yaml:2: account.cash '1000000000000.000000001' is not a decimal number from 0 to "
                + "1000000000000"
        ),
        (
            "account:\n  kind: real\n",
            "test.yaml:2: account.kind 'real' is not one of simulated, paper, live"
        ),
        (
            "account:\n  allow_short: yes\n",
            "test.yaml:2: account.allow_short 'yes' must be true or false"
        ),
        ("data:\n  - symbol: A\n", "test.yaml:2: data.0 lacks 'path'"),
        (
            "strategies:\n  - kind: threshold\n    symbols: A\n    fast: 3\n",
            "test.yaml:4: strategies.0.fast belongs to sma_crossover, not to threshold"
        ),
        ("- a\n- b\n", "test.yaml:1: the file must be a list of `key: value`"),
        (
            "data:\n  path: x\n",
            "test.yaml:2: data.path is not known; `ledger config show --all` lists all keys"
        ),
        (String(repeating: "[", count: 5000), "test.yaml:1: is nested too deeply"),
        (String(repeating: "- ", count: 5000), "test.yaml:1: is nested too deeply"),
    ]

    @Test(arguments: refusals.indices)
    func `a bad setting is refused with its file, line and key`(index: Int) {
        let (text, message) = Self.refusals[index]
        #expect {
            try load(text)
        } throws: { error in
            "\(error)" == message
        }
    }

    @Test func `a key that stands twice is refused`() {
        #expect(throws: ConfigurationError.self) { try load("seed: 1\nseed: 2\n") }
    }

    @Test func `aliases of aliases do not become billions of settings`() {
        var text = "a: &a0 [{x: 1},{x: 1},{x: 1},{x: 1},{x: 1},{x: 1},{x: 1},{x: 1},{x: 1}]\n"
        for level in 1...7 {
            let parts = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
            text += "b\(level): &a\(level) [\(parts)]\n"
        }
        #expect(throws: ConfigurationError.self) { try load(text) }
    }

    @Test func `settings survive their journaled form`() throws {
        let configuration = try load(
            "strategies:\n  - kind: sma_crossover\n    symbols: [A, B]\n    fast: 5\n")
        let settings = configuration.settings
        #expect(Settings(text: settings.text) == settings)
        #expect(settings.text(of: "strategies.0.symbols") == "A,B")
        #expect(settings.text(of: "strategies.0.slow") == "30")
        #expect(settings.text(of: "strategies.0.k_sigma") == nil)
    }

    @Test func `the reader survives mutations`() {
        let good = """
            seed: 7
            account: {name: main, cash: 1000.50, allow_short: false}
            venue:
              fee_fixed: 1
              slippage_basis_points: 7.5
            data:
              - path: a.csv
                symbol: A
                columns: {time: 1, open: Open}
            strategies:
              - {kind: threshold, symbols: A, k_sigma: 1.5}
              - kind: sma_crossover
                symbols: [A, B]
            """
        var state: UInt64 = 20_240_305
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let alphabet = Array("{}[]:-,\"'&*!|>%@#?\n\t 0azAZ\u{0}\u{7F}é".utf8)
        var taken = 0
        for _ in 0..<20_000 {
            var bytes = Array(good.utf8)
            for _ in 0...random(4) {
                let place = random(bytes.count)
                switch random(4) {
                case 0: bytes[place] = alphabet[random(alphabet.count)]
                case 1: bytes.insert(alphabet[random(alphabet.count)], at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + random(20)))
                }
                if bytes.isEmpty { bytes = [10] }
            }
            if (try? load(String(decoding: bytes, as: UTF8.self))) != nil { taken += 1 }
        }
        #expect(taken > 0 && taken < 20_000)
    }
}
