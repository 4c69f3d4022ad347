import Testing

/// The rules about settings, over this package's own files and over samples.
@Suite struct SettingRuleTests {
    private func expectNone(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation)") }
    }

    @Test func `a library that one target may import is imported nowhere else`() throws {
        for file in try Repository.swift(in: ["Sources", "Tests"]) {
            expectNone(SettingRules.foreignImports(file))
        }
    }

    @Test func `settings are read by typed keys`() throws {
        for file in try Repository.swift(in: ["Sources", "Tests"]) {
            expectNone(SettingRules.untypedReads(file))
        }
    }

    @Test func `every key is registered`() throws {
        var count = 0
        for file in try Repository.swift(in: ["Sources"]) {
            count += SettingRules.declarations(file).count
            expectNone(SettingRules.unregistered(file))
        }
        #expect(count > 200)
    }

    private func file(_ text: String, path: String = "Sources/LedgerRunning/A.swift") -> SourceText
    {
        SourceText(path: path, text: text)
    }

    @Test func `a second importer is found`() {
        #expect(SettingRules.foreignImports(file("import Yams\n")).count == 1)
        let owner = file("import Yams\n", path: "Sources/LedgerConfiguration/A.swift")
        #expect(SettingRules.foreignImports(owner).isEmpty)
    }

    @Test(arguments: ["settings[\"a.b\"]", "configuration[\"a.b\"]", "configuration?[\"a.b\"]"])
    func `a read by text is found`(sample: String) {
        #expect(SettingRules.untypedReads(file("let a = \(sample)\n")).count == 1)
        #expect(SettingRules.untypedReads(file("let a = settings[RunKeys.seed]\n")).isEmpty)
    }

    @Test func `a key that is not listed is found`() {
        let key =
            "enum Keys {\n    static let a = SettingKey.flag(\"a\", default: true, help: \"\")\n"
        #expect(SettingRules.unregistered(file(key + "}\n")).count == 1)
        #expect(
            SettingRules.unregistered(file(key + "    static let all = [a.setting]\n}\n")).isEmpty)
    }
}
