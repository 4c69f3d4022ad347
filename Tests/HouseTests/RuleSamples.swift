import Testing

/// The rules themselves, on small bad samples: a check that finds nothing is worse than none.
@Suite struct RuleSamples {
    private func file(_ text: String, path: String = "Sources/LedgerDomain/Sample.swift")
        -> SourceText
    {
        SourceText(path: path, text: text)
    }

    private func words(_ text: String) -> [String] {
        file(text).tokens.map(\.text)
    }

    @Test func `comments and strings are not code`() {
        #expect(words("let a = 1 // await\n") == ["let", "a", "=", "1"])
        #expect(words("/* a /* b */ await */ let") == ["let"])
        #expect(words("\"await \\\" Date()\"") == ["\"", "\""])
        #expect(words("#\"a \"quoted\" await\"#") == ["\"", "\""])
        #expect(words("\"\"\"\n await \"x\"\n\"\"\" let") == ["\"", "\"", "let"])
        #expect(words("func `a pow( b`()") == ["func", "_", "(", ")"])
    }

    @Test func `code inside a string is code`() {
        #expect(
            words("\"a \\(exp(\"b\")) c\"") == ["\"", "(", "exp", "(", "\"", "\"", ")", ")", "\""])
    }

    @Test func `lines are counted through comments and strings`() {
        let text = "/* 1\n2 */\nlet a = \"\"\"\n 4\n\"\"\"\nawait"
        #expect(file(text).tokens.last?.line == 6)
    }

    @Test func `a forbidden import is found and named`() {
        let sample = file(
            "import LedgerDomain\n@preconcurrency import Foundation\nimport struct Glibc.tm\n")
        let found = Fence.forbiddenImports(sample, allowed: ["LedgerDomain"])
        #expect(found.map(\.line) == [2, 3])
        #expect(found.first?.description.hasPrefix("Sources/LedgerDomain/Sample.swift:2: ") == true)
        #expect(found.first?.message.contains("Foundation") == true)
    }

    @Test(arguments: [
        "func a() async {}", "let x = await f()", "actor A {}", "let d = Date()", "Date.init()",
        "Int.random(in: 0..<6)", "SystemRandomNumberGenerator()", "ContinuousClock.now",
        "var s: Set<Int>", "var d: Dictionary<Int, Int>", "var d: [String: Int]",
        "var d: [Foo.Bar: [Int]] = [:]", "let d = [\"a\": 1]", "let d = [.a: 1]", "getenv(\"A\")",
        "exp(1)", "log(x)", "pow(2, x)", "Double.pow(2, x)", "sin(x)", "a.hashValue", "Hasher()",
        "list.shuffled()", "print(1)", "let m = Mutex(1)", "\"\\(exp(1))\"",
    ])
    func `a word that leads out of the fence is found`(sample: String) {
        #expect(!Fence.forbiddenWords(file(sample)).isEmpty)
    }

    @Test(arguments: [
        "var a: [Int] = []", "a[b: 1]", "x ? [a] : [b]", "let expected = 1", "a.log(1)",
        "func hash(into hasher: inout Hasher) {}", "var types: EventTypeSet", "// Date()",
        "let random = 1", "func time() -> Int { 1 }", "\"await\"", "case date(Int)", "a[B.c]",
        "let actor = 1", "actor: String",
    ])
    func `a word that only looks like one is not`(sample: String) {
        #expect(Fence.forbiddenWords(file(sample)) == [])
    }

    @Test(arguments: [
        ("try journal.append(&batch)", 1), ("try explainer.journal.append(&batch)", 1),
        ("let lease = try journal.acquireLease(holder: \"a\")", 1), ("try journal.submit([1])", 1),
        ("var sequencer = try Sequencer(journal)", 1), ("lines.append(1)", 0),
        ("try journal.storeCheckpoint(saved)", 0), ("// journal.append(&batch)", 0),
    ])
    func `a call that writes a journal is found`(sample: String, count: Int) {
        #expect(Boundaries.writingCalls(file(sample)).count == count, "\(sample)")
    }

    @Test(arguments: [
        ("try! f()", 1), ("a as! B", 1), ("a!.b", 1), ("var a: B!", 1), ("f()!", 1), ("a[0]!", 1),
        ("!a", 0), ("a != b", 0), ("a!=b", 0), ("f(!a)", 0), ("try f()", 0), ("\"a!\"", 0),
    ])
    func `what is forced is found`(sample: String, count: Int) {
        #expect(Shape.forcedOperators(file(sample)).count == count, "\(sample)")
    }

    @Test(arguments: [
        ("final class A: @unchecked Sendable {}", 1), ("var a: UnsafeRawPointer", 1),
        ("var a: UnsafeMutableBufferPointer<Int>", 1), ("unsafeBitCast(a, to: B.self)", 1),
        ("a.withUnsafeBytes { $0 }", 1), ("let l = NSLock()", 1), ("pthread_mutex_lock(&m)", 1),
        ("nonisolated(unsafe) var a = 1", 1), ("struct A: Sendable {}", 0), ("// Mutex", 0),
    ])
    func `unsafe constructs and locks are found`(sample: String, count: Int) {
        #expect(Shape.unsafeConstructs(file(sample)).count == count, "\(sample)")
    }

    @Test(arguments: [
        ("let a = Measure(raw: 1)", 1), ("a.map(Measure.init(raw:))", 1), ("Measure.count(1)", 0),
        ("var a: Measure", 0), ("// Measure(raw: 1)", 0), ("Money(raw: 1)", 0),
    ])
    func `a measure without a unit is found`(sample: String, count: Int) {
        #expect(Shape.measuresWithoutUnit(file(sample)).count == count, "\(sample)")
    }

    @Test func `a long function is found, a protocol's requirement is not taken for one`() {
        let body = String(repeating: "    a()\n", count: 60)
        let sample = file(
            "protocol P {\n    func x()\n    var y: Int { get }\n}\nfunc long(_ a: () -> Void = {}) {\n\(body)}\n"
        )
        let found = Shape.longFunctions(sample)
        #expect(found.map(\.line) == [5])
        #expect(found.first?.message.hasPrefix("long has 62 lines") == true)
        #expect(Shape.functions(sample).count == 1)
    }

    @Test func `a long file is found`() {
        #expect(Shape.longFile(file(String(repeating: "a\n", count: 450))) == [])
        #expect(Shape.longFile(file(String(repeating: "a\n", count: 451))).count == 1)
    }

    @Test func `names that say nothing are found`() {
        #expect(Shape.forbiddenName("Sources/Ledger/Utils/A.swift") != nil)
        #expect(Shape.forbiddenName("Sources/Common/A.swift") != nil)
        #expect(Shape.forbiddenName("Sources/CommonStock/Utils.swift") == nil)
        #expect(Shape.typeNamedLikeModule(file("enum A {}"), module: "A").count == 1)
        #expect(Shape.typeNamedLikeModule(file("enum Ab {}"), module: "A") == [])
    }

    @Test func `the manifest is read as it is written`() {
        let manifest = Manifest(
            """
            func pure(_ name: String, _ d: [Target.Dependency]) -> Target { .target(name: name) }
            // .target(name: "Ghost", dependencies: ["A"]),
            .systemLibrary(name: "CA", pkgConfig: "a", providers: [.apt(["liba-dev"])]),
            .target(name: "B"),
            pure("C", ["B"]),
            pure(
                "D",
                ["B", "C"], path: "Sources/Parts/D"),
            .executableTarget(
                name: "e",
                dependencies: ["D", .product(name: "P", package: "q-r"), "CA"],
                swiftSettings: settings),
            """)
        #expect(manifest.dependencies(of: "CA") == [])
        #expect(manifest.dependencies(of: "B") == [])
        #expect(manifest.dependencies(of: "C") == ["B"])
        #expect(manifest.dependencies(of: "D") == ["B", "C"])
        #expect(manifest.dependencies(of: "e") == ["D", "P", "CA"])
        #expect(manifest.dependencies(of: "Ghost") == nil)
        #expect(manifest.folder(of: "C") == "Sources/C")
        #expect(manifest.target(of: "Sources/Parts/D/A.swift") == "D")
        #expect(manifest.target(of: "Sources/Parts/E/A.swift") == nil)
        #expect(manifest.closure(of: "e").sorted() == ["B", "C", "CA", "D", "P", "e"])
        let sample = file("import B\nimport Testing\nimport C\n", path: "Sources/C/A.swift")
        #expect(Boundaries.undeclaredImports(sample, manifest).map(\.line) == [3])
        let stray = file("let a = 1", path: "Sources/Stray/A.swift")
        #expect(Boundaries.undeclaredImports(stray, manifest).count == 1)
        #expect(Boundaries.crossed(manifest).count == Boundaries.forbidden.count)
    }

    @Test func `a venue's name outside its folder is found`() {
        let names = VenueNames.all([
            "Sources/Venues/Acme/Wire/A.swift", "Sources/Venues/Acme/Exchange/B.swift",
            "Sources/Venues/Register/C.swift", "Sources/ledger/Main/Deep/D.swift",
        ])
        #expect(names == ["acme"])
        let text = "// acme in a comment\nimport AcmeWire\nlet a = 1\nlet b = \"acme.key\"\n"
        let outside = VenueNames.used(file(text, path: "Sources/ledger/A.swift"), names)
        #expect(outside.map(\.line) == [2, 4])
        #expect(VenueNames.used(file(text, path: "Sources/Venues/Acme/Wire/A.swift"), names) == [])
    }

    @Test func `a dependency that no file imports is found`() {
        let manifest = Manifest(
            """
            .executableTarget(name: "p", dependencies: ["A"]),
            .target(name: "B", dependencies: ["A", "C", "p"]),
            .target(name: "D", dependencies: ["A"]),
            """)
        #expect(manifest.programs == ["p"])
        let files = [
            file("import A\n", path: "Sources/p/main.swift"),
            file("import C\n", path: "Sources/B/C.swift"),
        ]
        let found = Boundaries.unusedDependencies(files, manifest)
        #expect(found.map(\.message) == ["B declares A and imports it nowhere. Take it out."])
    }

    @Test(arguments: [
        "func a(_ b: Int, _ c: Int) {}", "init(_ b: Int, d: Int, _ c: Int = 1) {}",
        "init?(_ b: inout [Int], _ c: [Int])", "func a<T: B<C>>(_ b: T, _ c: T) where T: D {}",
        "func a(_ b: some P, _ c: some P)", "func a(\n    _ b: A<B, C>,\n    _ c: A<B, C>\n) {}",
        "func a(_ b: (Int, Int), _ c: (Int, Int))", "func a(_: Int, _: Int) {}",
        "func a(@Lower _ b: String, _ c: borrowing String = \"\\(d(\"e\"))\") -> Int { 1 }",
        "func a(_ b: () -> Void, _ c: Int, _ d: Int)",
    ])
    func `two unlabelled parameters of one type are found`(sample: String) {
        #expect(Labels.missing(file(sample)).count == 1, "\(sample)")
    }

    @Test(arguments: [
        "func a(_ b: Int, c: Int) {}", "func a(_ b: Int, _ c: Int64) {}", "func a(b: Int, c: Int)",
        "static func == (_ b: Int, _ c: Int) -> Bool { true }", "func a(_ b: Int, _ c: Int?)",
        "func a(_ b: (Int) -> Int, _ c: (Int) -> Int)", "func a(_ b: A<B, C>, _ c: A<B, D>)",
        "let f: (_ b: Int, _ c: Int) -> Int", "self.init(b, c)", "func a(_ b: Int, by c: Int = 1)",
        "func a(_ b: Int) { func d(_ c: Int) {} }",
        "func a(_ b: @escaping (C) -> D, _ e: @escaping (C) -> D)",
    ])
    func `parameters that cannot be swapped unseen are not`(sample: String) {
        #expect(Labels.missing(file(sample)) == [], "\(sample)")
    }

    @Test func `broken links are found`() {
        let text = """
            # A title
            [a](B.md) [b](C.md#a-part) [c](#a-title) [d](https://example.org) `[e](x.md)`
            ```
            [f](x.md)
            ```
            [g](x.md) [h](C.md#none) [i](#none)
            """
        let found = Documents.brokenLinks(
            path: "docs/A.md", text: text,
            exists: { ["docs/A.md", "docs/B.md", "docs/C.md"].contains($0) },
            read: { _ in "## A part\n" })
        #expect(found.map(\.line) == [6, 6, 6])
        #expect(Documents.resolve("../LICENSE", from: "docs/decisions/A.md") == "docs/LICENSE")
    }

    @Test func `a regression without a test is found`() {
        let text = """
            | fault | right behaviour | test |
            |---|---|---|
            | It `fell`. | It stands. | `it stands` |
            | It fell. | It stands. | `it is gone` |
            | It fell. | It stands. | |
            """
        let found = Documents.missingTests(path: "a", text: text, tests: ["it stands", "fell"])
        #expect(found.map(\.line) == [4, 5])
    }

    @Test func `machine paths and promises are found`() {
        let place = Documents.machinePaths[0]
        #expect(Documents.machinePaths(path: "a", text: "see \(place)x").count == 1)
        #expect(Documents.machinePaths(path: "a", text: "see ..\(place)x net\(place)").isEmpty)
        #expect(
            Documents.promises(path: "a", text: "a\n// \(Documents.promises[0])").map(\.line) == [2]
        )
    }
}
